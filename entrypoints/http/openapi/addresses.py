"""The addresses that an application serves, as its routes say."""

from collections.abc import Mapping
from typing import cast
from urllib.parse import unquote

from attrs import frozen
from tornado.routing import PathMatches, URLSpec
from tornado.web import Application

from entrypoints.http.openapi.operation import Operation


@frozen
class Address:
    """A path, the names of its variable parts in braces, and what it does by method."""

    path: str
    operations: Mapping[str, Operation]


def addresses_of(application: Application) -> list[Address]:
    """List them in the order of the routes."""
    specs = [rule for rule in application.wildcard_router.rules if isinstance(rule, URLSpec)]
    return [Address(_template(spec), _operations(spec)) for spec in specs]


def _template(spec: URLSpec) -> str:
    matcher = cast("PathMatches", spec.matcher)  # a URLSpec has no other
    names = [f"{{{name}}}" for name in spec.regex.groupindex]
    return unquote(matcher.reverse(*names) or spec.regex.pattern)


def _operations(spec: URLSpec) -> Mapping[str, Operation]:
    declared: Mapping[str, Operation] = spec.handler_class.operations
    route = (spec.kwargs or {}).get("route")
    return declared or (route.operations if route else {})
