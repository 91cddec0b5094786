"""The document as a page shows it: rows to read in place of schemas."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import evolve, field, frozen
from tornado.locale import Locale

from entrypoints.http.openapi.codes import EVERYWHERE, KNOWN
from entrypoints.http.openapi.schema import Schema
from entrypoints.texts import say

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


@frozen(kw_only=True)
class Row:
    """A field, a parameter or a header line."""

    name: str
    place: str = ""
    required: bool = False
    form: str
    words: Words


@frozen(kw_only=True)
class Content:
    """A body, or an answer with a status."""

    status: str = ""
    media_types: Sequence[str] = ()
    words: Words = Words(())
    rows: Sequence[Row] = ()


@frozen(kw_only=True)
class Entry:
    """What an address does by a method, or by some that do the same."""

    name: str
    methods: Sequence[str]
    path: str
    summary: str
    words: Words
    asked: Sequence[Row]
    bodies: Sequence[Content]
    answers: Sequence[Content]


@frozen
class Group:
    """Entries that belong together."""

    name: str
    title: str
    entries: list[Entry] = field(factory=list)


@frozen(kw_only=True)
class ErrorRow:
    """A code that can be answered: what has happened, and what to do."""

    status: int
    code: str
    detail: str
    remedy: Words


def groups_of(document: Mapping[str, Any]) -> list[Group]:
    """Return the entries of a document by their groups, in its order."""
    groups = {tag["name"]: Group(tag["name"], tag["description"]) for tag in document["tags"]}
    for path, operations in document["paths"].items():
        for method, said in operations.items():
            entries = groups[said["tags"][0]].entries
            entry = _entry(path, method.upper(), said)
            if entries and _same(entries[-1], entry):
                methods = [*entries[-1].methods, *entry.methods]
                entries[-1] = evolve(entries[-1], methods=methods)
            else:
                entries.append(entry)
    return list(groups.values())


def error_rows(language: Locale) -> list[ErrorRow]:
    """Return every code, in the order of the statuses."""
    problems = sorted(KNOWN.values(), key=lambda problem: problem.status)
    return [
        ErrorRow(
            status=problem.status,
            code=problem.code,
            detail=say(language, f"problem.{problem.code}", problem.facts),
            remedy=Words.of(_remedy(problem.code, problem.status, language)),
        )
        for problem in problems
    ]


def _remedy(code: str, status: int, language: Locale) -> str:
    keys = [f"remedy.{code}", f"remedy.{status}"]
    return next(text for key in keys if (text := say(language, key)) != key)


def _same(one: Entry, other: Entry) -> bool:
    return evolve(one, name="", methods=()) == evolve(other, name="", methods=())


def _entry(path: str, method: str, said: Mapping[str, Any]) -> Entry:
    bodies = said.get("requestBody", {"content": {}})["content"]
    return Entry(
        name=said["operationId"],
        methods=[method],
        path=path,
        summary=said["summary"],
        words=Words.of(said["description"]),
        asked=[
            _row(one["name"], {**one["schema"], **one}, place=one["in"], required=one["required"])
            for one in said["parameters"]
        ],
        bodies=[
            Content(media_types=[media_type], rows=list(_fields(body["schema"])))
            for media_type, body in bodies.items()
        ],
        answers=[
            answer
            for answer in (_answer(status, one) for status, one in said["responses"].items())
            if not _is_everywhere(answer)
        ],
    )


def _is_everywhere(answer: Content) -> bool:
    """Tell whether there is nothing in it that is the address's own."""
    return {part for part, _ in answer.words.parts if part.strip()} <= set(EVERYWHERE)


def _answer(status: str, answer: Mapping[str, Any]) -> Content:
    content = answer.get("content", {})
    headers = answer.get("headers", {})
    return Content(
        status=status,
        media_types=list(content),
        words=Words.of(answer["description"]),
        rows=[
            *(row for body in content.values() for row in _fields(body["schema"])),
            *(
                _row(name, {**one["schema"], **one}, place="header")
                for name, one in headers.items()
            ),
        ],
    )


def _fields(schema: Schema, before: str = "") -> Iterable[Row]:
    """Go through the fields of an object, and of what is in it."""
    schema = schema.get("anyOf", [schema])[0]
    if "$ref" in schema:
        return
    required = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        yield _row(before + name, inner, required=name in required)
        many = inner.get("items", inner)
        yield from _fields(many, f"{before}{name}{'[]' if many is not inner else ''}.")


def _row(name: str, schema: Schema, *, place: str = "", required: bool = False) -> Row:
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
