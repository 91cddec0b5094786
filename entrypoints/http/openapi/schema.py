"""JSON Schemas (draft 2020-12) of what requests and answers consist of."""

from collections.abc import Collection, Mapping
from typing import Any

Schema = Mapping[str, Any]
"""Its ``description`` is the key of a text for people, which begins with ``api.``."""


def text(said: str, **more: Any) -> Schema:
    """Describe a text; ``said`` names what is said of it."""
    return {"type": "string", "description": f"api.field.{said}", **more}


def whole(said: str, least: int = 0, **more: Any) -> Schema:
    """Describe a whole number."""
    return {"type": "integer", "minimum": least, "description": f"api.field.{said}", **more}


def flag(said: str) -> Schema:
    """Describe what is so or not."""
    return {"type": "boolean", "description": f"api.field.{said}"}


def instant(said: str) -> Schema:
    """Describe an instant (RFC 3339)."""
    return text(said, format="date-time")


def listed(said: str, items: Schema) -> Schema:
    """Describe a list."""
    return {"type": "array", "items": items, "description": f"api.field.{said}"}


def nullable(schema: Schema) -> Schema:
    """Let it be ``null`` as well."""
    return {**schema, "type": [schema["type"], "null"]}


def fields(known: Mapping[str, Schema], optional: Collection[str] = ()) -> Schema:
    """Describe an object, of whose fields some may be missing."""
    required = [name for name in known if name not in optional]
    return {"type": "object", "required": required, "properties": dict(known)}


def strict(known: Mapping[str, Schema], optional: Collection[str] = ()) -> Schema:
    """Describe an object that has no other fields, as the body of a request."""
    return {**fields(known, optional), "additionalProperties": False}
