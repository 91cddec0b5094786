"""The document (OpenAPI 3.1.1), put together from what the handlers declare."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from tornado.locale import Locale

from domain.refusal import Refusal
from entrypoints.http.dashboard.cookie import PLAIN_NAME
from entrypoints.http.openapi.addresses import Address
from entrypoints.http.openapi.described import described
from entrypoints.http.openapi.schema import fields, text
from entrypoints.texts import say

GROUPS = ("sessions", "control", "browsers", "gate", "health", "operator", "documents", "demo")
_SCHEMES = ("client", "admin", "grant")

PROBLEM = fields(
    {
        "detail": text("detail"),
        "code": text("code"),
        "reason": text("reason", enum=[reason.value for reason in Refusal]),
    },
    optional=("reason",),
)


def document(
    addresses: Sequence[Address], language: Locale, url: str, *, demo: bool
) -> dict[str, Any]:
    """Write the document for a server that callers find at ``url``, empty for where it was got."""
    written = {
        "openapi": "3.1.1",
        "info": {
            "title": "framegate",
            "version": _version(),
            "summary": "api.summary",
            "description": "api.description",
        },
        "servers": [{"url": url or "/"}],
        "tags": [
            {"name": group, "description": f"api.group.{group}"} for group in _groups(addresses)
        ],
        "paths": _paths(addresses, demo=demo),
        "components": {
            "schemas": {"Problem": PROBLEM},
            "securitySchemes": _schemes(),
        },
    }
    in_words: dict[str, Any] = _in_words(written, language)
    return in_words


def _schemes() -> dict[str, dict[str, str]]:
    bearers = {
        name: {"type": "http", "scheme": "bearer", "description": f"api.scheme.{name}"}
        for name in _SCHEMES
    }
    cookie = {"type": "apiKey", "in": "cookie", "name": PLAIN_NAME}
    return {**bearers, "dashboard": {**cookie, "description": "api.scheme.dashboard"}}


def _groups(addresses: Sequence[Address]) -> list[str]:
    there = {one.group for address in addresses for one in address.operations.values()}
    return [*(group for group in GROUPS if group in there), *sorted(there - set(GROUPS))]


def _paths(addresses: Sequence[Address], *, demo: bool) -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = {}
    names: set[str] = set()
    for address in addresses:
        for method, operation in address.operations.items():
            name = operation.name
            if name in names:
                name = f"{name}_{method.lower()}"
            names.add(name)
            path = paths.setdefault(address.path, {})
            path[method.lower()] = described(operation, name, demo=demo)
    return paths


def _in_words(tree: Any, language: Locale) -> Any:
    """Put texts in the place of their keys; of several, those that there are in a row."""
    if isinstance(tree, dict):
        return {name: _in_words(value, language) for name, value in tree.items()}
    if isinstance(tree, list):
        return [_in_words(value, language) for value in tree]
    if isinstance(tree, tuple):
        said = [text for key in tree if (text := say(language, key)) != key or "`" in key]
        return " ".join(said)
    if isinstance(tree, str) and tree.startswith("api."):
        return say(language, tree)
    return tree


def _version() -> str:
    try:
        return version("framegate")
    except PackageNotFoundError:  # run from a folder, and not installed
        return "0"
