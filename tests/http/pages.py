"""Reading a page as a browser would: what it says, and what it would load or run."""

from html.parser import HTMLParser

from tornado.httpclient import HTTPResponse

LOADING = {"src", "href", "srcset", "data", "poster", "action", "formaction", "ping", "background"}

Attributes = list[tuple[str, str | None]]


class Page(HTMLParser):
    """A page, taken apart."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lang: str | None = None
        self.code: str | None = None
        self.title = ""
        self.words: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inline: list[str] = []
        self._open = ""
        self.feed(text)
        self.close()

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def loaded(self) -> list[str]:
        """Every address the page names but those inside itself."""
        found = [
            value or ""
            for _, attributes in self.elements
            for name, value in attributes.items()
            if name in LOADING or name.endswith(":href")
        ]
        return [address for address in found if not address.startswith("#")]

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        self._open = tag
        if tag == "html":
            self.lang, self.code = attributes.get("lang"), attributes.get("data-code")
        if tag == "style" or (tag == "script" and not attributes.get("src")):
            self.inline.append(tag)
        self.inline += [
            f"{tag} {name}" for name in attributes if name == "style" or name.startswith("on")
        ]

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if self._open == "title":
            self.title += data
        if self._open in {"script", "style"} and data.strip():
            self.inline.append(f"{self._open} content")
        self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        del tag
        self._open = ""


def page_of(response: HTTPResponse) -> Page:
    """Read a page, which has to say that it is one."""
    assert response.headers["Content-Type"].lower() == "text/html; charset=utf-8"
    return Page(response.body.decode())
