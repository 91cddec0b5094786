"""The protected page, or the sample where there is none."""

from tornado.locale import Locale

from entrypoints.http.answer import Answer
from entrypoints.http.face import Face


def show_protected_page(
    face: Face, framing: str, language: Locale, *, tells_itself: bool = False
) -> Answer:
    """Answer with it; ``framing`` says who may embed it.

    One that ``tells_itself`` has no id in its address, and may tell that to framegate itself.
    """
    page = face.iframe_page.content
    if page is None:
        return face.pages.show("sample.html", language, framing, framed=True)
    return face.pages.hand_over(page, framing, "same-origin" if tells_itself else "no-referrer")
