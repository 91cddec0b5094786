"""Every address that is no route."""

from tornado.web import HTTPError

from entrypoints.http.base import BaseHandler


class NotFoundHandler(BaseHandler):
    """Answers 404: with a page for browsers, in JSON for programs."""

    @property
    def is_page(self) -> bool:
        return "text/html" in self.request.headers.get("Accept", "")

    def get(self) -> None:
        raise HTTPError(404)

    head = post = put = patch = delete = options = get
