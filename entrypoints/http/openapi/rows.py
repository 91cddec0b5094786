"""Fields, parameters and header lines as rows to read, in place of their schemas."""

from collections.abc import Iterable, Sequence

from attrs import frozen

from entrypoints.http.openapi.schema import Schema

_MARK = "`"


@frozen
class Words:
    """A text in parts, of which some are code: names of what others wrote or will write."""

    parts: Sequence[tuple[str, bool]]

    @classmethod
    def of(cls, text: str) -> "Words":
        """Take a text apart where its code begins and ends, by backticks."""
        parts = enumerate(text.split(_MARK))
        return cls([(part, bool(at % 2)) for at, part in parts if part])


NO_WORDS = Words(())


@frozen(kw_only=True)
class Row:
    """A field, a parameter or a header line."""

    name: str
    place: str = ""
    required: bool = False
    form: str
    words: Words


def rows_of(schema: Schema, before: str = "") -> Iterable[Row]:
    """Go through the fields of an object, and of what is in it."""
    schema = schema.get("anyOf", [schema])[0]
    if "$ref" in schema:
        return
    required = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        yield row_of(before + name, inner, required=name in required)
        many = inner.get("items", inner)
        yield from rows_of(many, f"{before}{name}{'[]' if many is not inner else ''}.")


def row_of(name: str, schema: Schema, *, place: str = "", required: bool = False) -> Row:
    """Return the row of one."""
    words = Words.of(schema.get("description", ""))
    return Row(name=name, place=place, required=required, form=_form(schema), words=words)


def _form(schema: Schema) -> str:
    """Say in the words of JSON Schema what a value looks like."""
    if "const" in schema:
        return _literal(schema["const"])
    if "enum" in schema:
        return " | ".join(map(_literal, schema["enum"]))
    kinds = schema.get("type", "any")
    form = kinds if isinstance(kinds, str) else " | ".join(kinds)
    least = schema.get("minimum", schema.get("minLength"))
    most = schema.get("maximum", schema.get("maxLength"))
    if most is not None:
        form += f" {least if least is not None else 0}…{most}"
    if "format" in schema:
        form += f" ({schema['format']})"
    return form


def _literal(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
