"""What all handlers share: made once at start, the same for every request."""

from collections.abc import Mapping

from attrs import field, frozen

from domain.session_id import SessionId
from entrypoints.http.admission import Admission
from entrypoints.http.answer import Answers
from entrypoints.http.assets import Assets
from entrypoints.http.drain import Drain, Takes
from entrypoints.http.iframe_page import IframePage
from entrypoints.http.pages import Pages
from entrypoints.http.proxies import Proxies
from entrypoints.http.regions import Regions
from entrypoints.rarely import Rarely


@frozen(kw_only=True)
class Face:
    """How this server shows itself. ``storage`` is ``redis`` or ``memory``."""

    storage: str
    demo: bool
    public_url: str
    locale: str
    proxies: Proxies
    assets: Assets
    iframe_page: IframePage
    drain: Drain
    admission: Admission
    regions: Regions = field(factory=Regions)
    request_seconds: float = 2.0
    """One deadline for all that a request asks of the store, however many operations."""
    takes: Mapping[type, Takes] | None = None
    """What takes note of the seconds until an answer, by what has given it."""
    unavailable: Rarely = field(factory=lambda: Rarely("store_unavailable"))
    answers: Answers = field(init=False)
    pages: Pages = field(init=False)

    def iframe_url(self, session_id: SessionId) -> str:
        """Return the address that opens the iframe; an id of ours is URL-safe as it is."""
        return f"{self.public_url}/client/iframe.html?session_id={session_id.text}"

    @answers.default
    def _makes_answers(self) -> Answers:
        return Answers(over_tls=self.public_url.startswith("https://"))

    @pages.default
    def _makes_pages(self) -> Pages:
        return Pages(self.answers, self.assets, demo=self.demo)
