"""Every code that can be answered, as a table for people."""

from attrs import frozen
from tornado.locale import Locale

from entrypoints.http.openapi.codes import KNOWN
from entrypoints.http.openapi.rows import Words
from entrypoints.texts import say


@frozen(kw_only=True)
class ErrorRow:
    """A code that can be answered: what has happened, and what to do."""

    status: int
    code: str
    detail: str
    remedy: Words


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
