"""What an address does by a method, as its handler declares it beside the code that does it."""

from collections.abc import Callable, Collection, Mapping
from enum import Enum

from attrs import field, frozen

from entrypoints.http.openapi.schema import Schema, text
from entrypoints.http.problems import Problem

JSON, HTML = "application/json", "text/html"
FORM = "application/x-www-form-urlencoded"


class Who(Enum):
    """Who may call."""

    ANYONE = "anyone"
    CLIENT = "client"
    ADMIN = "admin"
    KEY = "key"  # a client for its own, an admin for all
    HOLDER = "holder"  # of a session id; a client's key tells more
    BROWSER = "browser"  # with a session id or a grant
    GRANT = "grant"
    OPERATOR = "operator"  # who is signed in at the dashboard


@frozen(kw_only=True)
class Told:
    """An answer that is no failure: its content by media type, and header lines of its own.

    ``said`` names the text for people.
    """

    said: str = "done"
    content: Mapping[str, Schema]
    headers: Mapping[str, Schema] = field(factory=dict)


@frozen(kw_only=True)
class Operation:
    """What may be asked and by whom, what comes back, and the codes that may come instead.

    ``name`` is unique in the house and names the texts for people. ``required`` are fields of the
    query and header lines that may not be missing. A failure is told in one of the media types
    ``tells_in``, with the status that ``status_of`` gives it.
    """

    name: str
    group: str
    who: Who
    path: Mapping[str, Schema] = field(factory=dict)
    query: Mapping[str, Schema] = field(factory=dict)
    headers: Mapping[str, Schema] = field(factory=dict)
    required: Collection[str] = ()
    bodies: Mapping[str, Schema] = field(factory=dict)
    answers: Mapping[int, Told]
    raises: Collection[str] = ()
    tells_in: Collection[str] = (JSON,)
    status_of: Callable[[Problem], int] = lambda problem: problem.status


def offers(**operations: Operation) -> Mapping[str, Operation]:
    """Declare what an address does, by method."""
    return operations


UNCHANGED = Told(said="unchanged", content={})
"""What is told with 304."""


LEADS_ON = Told(
    said="leads_on", content={}, headers={"Location": text("location", format="uri-reference")}
)
"""What is told with 302."""


def told(
    schema: Schema, headers: Mapping[str, Schema] | None = None, *, said: str = "done"
) -> Told:
    """Declare an answer in JSON."""
    return Told(said=said, content={JSON: schema}, headers=headers or {})


def page(headers: Mapping[str, Schema] | None = None) -> Told:
    """Declare a page for people."""
    return Told(said="page", content={HTML: {"type": "string"}}, headers=headers or {})
