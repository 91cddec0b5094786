"""A request that cannot be understood."""

from domain.errors import FramegateError


class BadInput(FramegateError):
    """The request is refused before anything was looked up or changed.

    ``code`` is for programs and names the text for people; ``facts`` fill that in.
    """

    def __init__(self, code: str, status: int = 400, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.facts = facts
