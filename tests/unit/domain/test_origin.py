import pytest

from domain.client import Client
from domain.origin import host_of, same_form


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("https://portal.example", "https://portal.example"),
        ("HTTPS://portal.example", None),  # no browser writes it so, and CSP has small letters
        ("https://Portal.Example", "https://portal.example"),
        ("https://portal.example:443", "https://portal.example"),
        ("http://portal.example:80", "http://portal.example"),
        ("https://portal.example:80", "https://portal.example:80"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("null", None),
        ("", None),
        ("https://portal.example/path", None),
        ("https://portal.example\n", None),
        ("file:///etc/passwd", None),
    ],
)
def test_origins_are_compared_in_the_form_that_browsers_send(text: str, form: str | None) -> None:
    assert same_form(text) == form


@pytest.mark.parametrize(
    ("origin", "listed"),
    [
        ("https://portal.example", True),
        ("https://intranet.example:8443", True),
        ("https://intranet.example", False),
        ("http://portal.example", False),
        ("https://portal.example.evil.example", False),
        ("https://evil-portal.example", False),
        ("http://localhost:3000", True),
        ("http://localhost", True),
        ("https://localhost:3000", False),
        ("http://localhost.evil.example:3000", False),
        ("'self'", False),
        ("null", False),
        ("", False),
    ],
)
def test_a_client_lists_its_own_origins_and_no_others(origin: str, *, listed: bool) -> None:
    origins = (
        *("'self'", "https://PORTAL.example:443", "https://intranet.example:8443"),
        "http://localhost:*",
    )
    assert Client(name="a", origins=origins).lists(origin) is listed


def test_a_client_without_origins_lists_none() -> None:
    assert not Client(name="a").lists("https://portal.example")


def test_an_origin_has_a_host_whatever_its_port() -> None:
    assert host_of("https://Portal.example:8443") == host_of("http://portal.example")
    assert host_of("portal.example") is None
