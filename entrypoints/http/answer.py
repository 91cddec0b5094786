"""Answers: the one place where what has come of a request becomes a status, a head and a body.

Every handler answers through here, and so do the hot paths: whichever way a request goes,
its answer has the same bytes.
"""

from collections.abc import Mapping, Sequence

import orjson
from attrs import frozen
from tornado.locale import Locale

from entrypoints.http.content_security import NOTHING
from entrypoints.http.head import Head, Line
from entrypoints.http.problems import Problem
from entrypoints.texts import say

VARIES = ("Vary", "Accept-Language")


@frozen
class Answer:
    """What the caller gets; ``closes`` where that is the last on its connection."""

    status: int
    head: Head
    body: bytes
    closes: bool = False

    def plus(self, *lines: Line) -> "Answer":
        """Return the answer with more lines in its head."""
        return Answer(self.status, self.head.plus(*lines), self.body, self.closes)


class Answers:
    """Makes the answers in JSON."""

    def __init__(self, *, over_tls: bool) -> None:
        common = {
            "Content-Type": "application/json; charset=utf-8",
            "Cache-Control": "no-store",
            "Content-Security-Policy": NOTHING,
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }
        if over_tls:
            # Not for subdomains: whoever has framegate under a path has not asked for that.
            common["Strict-Transport-Security"] = "max-age=31536000"
        self.common: Mapping[str, str] = common
        self.plain = Head.of(common.items())
        self.varying = self.plain.plus(VARIES)
        self._known: dict[tuple[int, str, str], Answer] = {}

    def fields(
        self,
        fields: Mapping[str, object],
        status: int = 200,
        *,
        varies: bool = False,
        lines: Sequence[Line] = (),
    ) -> Answer:
        """Answer with a JSON object, and with ``lines`` in the head that it alone has.

        It ``varies`` where it has a text for people in it.
        """
        head = self.varying if varies else self.plain
        return Answer(status, head.plus(*lines) if lines else head, orjson.dumps(fields))

    def csv(self, text: str, name: str) -> Answer:
        """Answer with a table that a browser keeps as a file of this name."""
        lines = {
            **self.common,
            "Content-Type": "text/csv; charset=utf-8; header=present",  # RFC 4180
            "Content-Disposition": f'attachment; filename="{name}"',
        }
        return Answer(200, Head.of(lines.items()), text.encode())

    def problem(self, problem: Problem, language: Locale, **more: object) -> Answer:
        """Answer with a failure, and ``more`` fields than all failures have."""
        if problem.facts or problem.headers or more:
            return self._problem(problem, language, more)
        # Always the same bytes, and what a crowd of refused callers gets.
        key = problem.status, problem.code, language.code
        if key not in self._known:
            self._known[key] = self._problem(problem, language, more)
        return self._known[key]

    def _problem(self, problem: Problem, language: Locale, more: Mapping[str, object]) -> Answer:
        detail = say(language, f"problem.{problem.code}", problem.facts)
        body = {"detail": detail, "code": problem.code, **more}
        head = self.plain.plus(*problem.headers.items(), VARIES)
        return Answer(problem.status, head, orjson.dumps(body), problem.closes)
