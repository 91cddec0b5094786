"""A request that cannot be understood."""

from collections.abc import Mapping

from domain.errors import FramegateError

_STATUSES: Mapping[str, int] = {
    "prefetch_refused": 403,
    "not_to_be_shown": 403,
    "origin_foreign": 403,
    "client_unknown": 404,
    "body_too_large": 413,
    "address_too_long": 414,
    "content_type_not_json": 415,
    "headers_too_large": 431,
}
"""The statuses of those that are not 400."""


class BadInput(FramegateError):
    """The request is refused before anything was looked up or changed.

    ``code`` is for programs and names the text for people; ``facts`` fill that in.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.status = _STATUSES.get(code, 400)
        self.facts = facts
