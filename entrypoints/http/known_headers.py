"""The headers of an answer, as a handler of Tornado's sends them."""

from collections.abc import Iterable
from itertools import chain

from tornado.httputil import HTTPHeaders

from entrypoints.http.head import Head, Line, date_now


class KnownHeaders(HTTPHeaders):
    """Headers that begin with the date and a head, whose lines are known to be right.

    Those that come on top of them are Tornado's. To whoever asks for one by its name, only
    these are there: those of the head are for nobody but the connection.
    """

    def __init__(self, head: Head) -> None:
        super().__init__()
        self._head = head

    @property
    def encoded(self) -> bytes:
        """The bytes that it begins with."""
        return self._head.dated()

    def get_all(self) -> Iterable[Line]:
        return chain((("Date", date_now()),), self._head.lines, super().get_all())

    def get_more(self) -> Iterable[Line]:
        """Return what comes after ``encoded``."""
        return super().get_all()
