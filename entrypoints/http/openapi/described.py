"""One operation, in the terms of OpenAPI."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from attrs import define, field

from entrypoints.http.openapi.codes import EVERYWHERE, KNOWN
from entrypoints.http.openapi.operation import JSON, Operation, Told, Who
from entrypoints.http.openapi.schema import Schema, text

PROBLEM: Schema = {"$ref": "#/components/schemas/Problem"}

_KEYS: Mapping[Who, Sequence[Mapping[str, Any]]] = {
    Who.ANYONE: [],
    Who.CLIENT: [{"client": []}],
    Who.ADMIN: [{"admin": []}],
    Who.KEY: [{"client": []}, {"admin": []}],
    Who.HOLDER: [{}, {"client": []}],
    Who.BROWSER: [{}, {"grant": []}],
    Who.GRANT: [{"grant": []}],
    Who.OPERATOR: [{"dashboard": []}],
}


def described(operation: Operation, name: str, *, demo: bool) -> dict[str, Any]:
    """Describe an operation under a ``name`` of its own. In a demo none asks for a key."""
    keys = _KEYS[operation.who]
    if demo and operation.who is not Who.GRANT and keys:
        keys = [{}, *(key for key in keys if key)]
    said: dict[str, Any] = {
        "operationId": name,
        "tags": [operation.group],
        "summary": f"api.{operation.name}",
        "description": (f"api.{operation.name}.more", f"api.who.{operation.who.value}"),
        "security": list(keys),
        "parameters": [
            *_parameters("path", operation.path, operation.path),
            *_parameters("query", operation.query, operation.required),
            *_parameters("header", operation.headers, operation.required),
        ],
        "responses": _responses(operation),
    }
    if operation.bodies:
        content = {
            media_type: {"schema": schema} for media_type, schema in operation.bodies.items()
        }
        said["requestBody"] = {"content": content}
    return said


def _parameters(
    place: str, schemas: Mapping[str, Schema], required: Collection[str]
) -> Iterable[dict[str, Any]]:
    for name, schema in schemas.items():
        yield {
            "name": name,
            "in": place,
            "required": name in required,
            "description": schema["description"],
            "schema": _undescribed(schema),
        }


def _undescribed(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "description"}


@define
class _Response:
    """What comes back with one status: an answer, failures in one media type or more, or both."""

    told: Told | None = None
    codes: dict[str, dict[str, None]] = field(factory=dict)
    headers: dict[str, Schema] = field(factory=dict)

    def fails(self, code: str, media_types: Collection[str]) -> None:
        for media_type in media_types:
            self.codes.setdefault(media_type, {})[code] = None
        for header in KNOWN[code].headers:
            self.headers[header] = text(header.lower().replace("-", "_"))

    def as_fields(self) -> dict[str, Any]:
        contents: dict[str, list[Schema]] = {
            media_type: [_failure(media_type, codes)] for media_type, codes in self.codes.items()
        }
        words: list[str] = []
        if self.told:
            words = [f"api.answer.{self.told.said}"]
            self.headers |= self.told.headers
            for media_type, schema in self.told.content.items():
                contents.setdefault(media_type, []).insert(0, schema)
        every = dict.fromkeys(code for codes in self.codes.values() for code in codes)
        fields: dict[str, Any] = {"description": (*words, *(f"`{code}`" for code in every))}
        if contents:
            fields["content"] = {
                media_type: {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}
                for media_type, schemas in contents.items()
            }
        if self.headers:
            fields["headers"] = {
                name: {"description": schema["description"], "schema": _undescribed(schema)}
                for name, schema in self.headers.items()
            }
        return fields


def _failure(media_type: str, codes: Iterable[str]) -> Schema:
    if media_type != JSON:
        return {"type": "string"}
    return {**PROBLEM, "properties": {"code": {"enum": list(codes)}}}


def _responses(operation: Operation) -> dict[str, Any]:
    responses: dict[int, _Response] = {}

    def at(status: int) -> _Response:
        return responses.setdefault(status, _Response())

    for status, told in operation.answers.items():
        at(status).told = told
    for code in (*operation.raises, *EVERYWHERE):
        at(operation.status_of(KNOWN[code])).fails(code, operation.tells_in)
    for code in EVERYWHERE:  # also from the transport, which knows no routes
        at(KNOWN[code].status).fails(code, [JSON])
    return {str(status): responses[status].as_fields() for status in sorted(responses)}
