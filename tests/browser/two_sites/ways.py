"""How a parent's page can embed framegate's. What must hold, holds for each way."""

from typing import Protocol

from tests.browser.two_sites.driving import Frame
from tests.browser.two_sites.parent import Parent


class Way(Protocol):
    """One way to embed."""

    survives_without_cookies: bool
    """Whether the page goes on working where the browser keeps no cookie."""

    def embed(self, parent: Parent, name: str = "one") -> str:
        """Return the piece of a page that opens one session under this name."""

    def opened(self, page: Frame, name: str = "one") -> Frame:
        """Return where the protected page, or the refusal, is shown in the parent's page."""


class ByAddress(Way):
    """``<iframe src>`` with the session in the address, as ``iframe_url`` has it."""

    survives_without_cookies = False

    def embed(self, parent: Parent, name: str = "one") -> str:
        address = parent.session()["iframe_url"]
        return f'<iframe id="{name}" width="640" height="320" src="{address}"></iframe>'

    def opened(self, page: Frame, name: str = "one") -> Frame:
        return page.frame(f"#{name}")


WAYS = {"by address": ByAddress()}
