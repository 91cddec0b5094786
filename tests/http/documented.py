"""Every answer that a test gets is one that the document tells of."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
from attrs import frozen
from jsonschema_rs import Draft202012Validator
from tornado import locale
from tornado.httpclient import HTTPResponse
from tornado.routing import URLSpec
from tornado.web import Application

from entrypoints.http.base import BaseHandler
from entrypoints.http.openapi.addresses import addresses_of
from entrypoints.http.openapi.document import PROBLEM, document

JSON = "application/json"
NOT_THERE = {404, 405, 501}
"""For addresses and methods that are none."""

Operations = Mapping[str, Mapping[str, Any]]


@frozen
class Documented:
    """What an application says of itself."""

    application: Application

    def hold(self, method: str, target: str, response: HTTPResponse) -> None:
        """Hold an answer to it."""
        operations = self._operations_at(target.partition("?")[0])
        operation = operations.get("GET" if method == "HEAD" else method)
        if operation is None:
            return
        status, responses = str(response.code), operation["responses"]
        if method == "HEAD" and status not in responses and response.code in NOT_THERE:
            return
        assert status in responses, f"{method} {target}: {status} is not declared"
        content = responses[status].get("content", {})
        media_type = response.headers.get("Content-Type", "").partition(";")[0].lower()
        assert not response.body or {media_type, "*/*"} & content.keys(), f"{media_type}: {content}"
        if media_type == JSON and JSON in content and method != "HEAD":
            schema = orjson.dumps(content[JSON]["schema"]).decode()
            _validator(schema).validate(orjson.loads(response.body))

    def _operations_at(self, path: str) -> Operations:
        specs = [
            rule
            for rule in self.application.wildcard_router.rules
            if isinstance(rule, URLSpec) and issubclass(rule.handler_class, BaseHandler)
        ]
        if not specs:
            return {}
        patterns = tuple(spec.regex.pattern for spec in specs)
        known = _known(self.application, patterns)
        return next((known[p] for p in patterns if re.match(p, path)), {})


_DOCUMENTS: dict[tuple[str, ...], Mapping[str, Operations]] = {}


def _known(application: Application, patterns: tuple[str, ...]) -> Mapping[str, Operations]:
    """Return what is said of each route, by its pattern; put together once for all tests."""
    if patterns not in _DOCUMENTS:
        addresses = addresses_of(application)
        paths = strict(document(addresses, locale.get("en"), "", demo=False))["paths"]
        said = [
            {method.upper(): said for method, said in paths.get(address.path, {}).items()}
            for address in addresses
        ]
        _DOCUMENTS[patterns] = dict(zip(patterns, said, strict=True))
    return _DOCUMENTS[patterns]


def strict(tree: Any) -> Any:
    """Let no object have a field that is not declared."""
    if isinstance(tree, list):
        return [strict(each) for each in tree]
    if not isinstance(tree, dict):
        return tree
    closed = {"unevaluatedProperties": False} if isinstance(tree.get("properties"), dict) else {}
    return {name: strict(value) for name, value in tree.items()} | closed


@cache
def _validator(schema: str) -> Draft202012Validator:
    components = {"schemas": {"Problem": strict(PROBLEM)}}
    return Draft202012Validator({**orjson.loads(schema), "components": components})
