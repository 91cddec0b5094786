from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path

from framegate_client.wsgi import Gate
from tests.clients.applications.telling import OPEN, OWN_POLICY, PATIENCE, begin, say_where, tell

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
)


def told(request: HttpRequest) -> HttpResponse:
    return HttpResponse(tell(request.META, request.META), content_type="application/json")


def own_policy(_: HttpRequest) -> HttpResponse:
    return HttpResponse("own", headers=OWN_POLICY)


def broken(_: HttpRequest) -> HttpResponse:
    raise RuntimeError


def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.body)


urlpatterns = [
    path("own-policy", own_policy),
    path("broken", broken),
    path("echo", echo),
    re_path("", told),
]


class Server(ThreadingMixIn, WSGIServer):
    """wsgiref's, with a thread for each connection."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Does not write down the address of each request."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    framegate = begin()
    django.setup(set_prefix=False)
    gate = Gate(get_wsgi_application(), framegate, open_paths=OPEN, timeout_seconds=PATIENCE)
    server = make_server("127.0.0.1", 0, gate, server_class=Server, handler_class=Quiet)
    say_where(server.server_port)
    server.serve_forever()


if __name__ == "__main__":
    main()
