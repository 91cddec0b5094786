"""The protected page, or the sample where there is none."""

from tornado.locale import Locale

from entrypoints.http.answer import Answer
from entrypoints.http.face import Face


def show_protected_page(face: Face, framing: str, language: Locale) -> Answer:
    """Answer with it; ``framing`` says who may embed it."""
    page = face.iframe_page.content
    if page is None:
        return face.pages.show("sample.html", language, framing, framed=True)
    return face.pages.hand_over(page, framing)
