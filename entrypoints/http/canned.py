"""Answers that are made once: the bytes of a failure, as every handler would say it."""

import re
from collections.abc import Mapping

from tornado import locale

from domain.errors import FramegateError
from entrypoints.http.answer import Answer
from entrypoints.http.face import Face
from entrypoints.http.head import status_line
from entrypoints.http.problems import problem_of
from entrypoints.texts import LANGUAGES

_LANGUAGE = re.compile(rb"[\r\n][Aa]ccept-[Ll]anguage:[^\r\n]*?\b(pt|en)\b")


class CannedAnswer:
    """What callers are told of one failure, in each language, before they are hung up on."""

    def __init__(self, answers: Mapping[str, bytes], usual: str) -> None:
        self._answers = answers
        self._usual = usual

    @classmethod
    def of(cls, face: Face, error: FramegateError) -> "CannedAnswer":
        """Write the answers down."""
        problem = problem_of(error)
        answers = {
            each: _written(face.answers.problem(problem, locale.get(each)))
            for each in LANGUAGES.values()
        }
        return cls(answers, LANGUAGES[face.locale])

    def to(self, request: bytes) -> bytes:
        """Return the answer in the language that the bytes of a request ask for."""
        # Most programs ask for none, and to see that much is quick.
        found = _LANGUAGE.search(request) if b"anguage:" in request else None
        return self._answers[found[1].decode().lower() if found else self._usual]


def _written(answer: Answer) -> bytes:
    # No Date: it would be that of the start. RFC 9110 section 6.6.1 asks for none in 5xx.
    closing = b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(answer.body)
    return status_line(answer.status) + answer.head.encoded + closing + answer.body
