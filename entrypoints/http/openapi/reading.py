"""The document as a page shows it, in groups of what belongs together."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve, field, frozen

from entrypoints.http.openapi.codes import EVERYWHERE
from entrypoints.http.openapi.rows import NO_WORDS, Row, Words, row_of, rows_of


@frozen(kw_only=True)
class Content:
    """A body, or an answer with a status."""

    status: str = ""
    media_types: Sequence[str] = ()
    words: Words = NO_WORDS
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
            row_of(one["name"], {**one["schema"], **one}, place=one["in"], required=one["required"])
            for one in said["parameters"]
        ],
        bodies=[
            Content(media_types=[media_type], rows=list(rows_of(body["schema"])))
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
            *(row for body in content.values() for row in rows_of(body["schema"])),
            *(
                row_of(name, {**one["schema"], **one}, place="header")
                for name, one in headers.items()
            ),
        ],
    )
