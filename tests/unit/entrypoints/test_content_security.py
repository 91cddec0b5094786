import pytest

from domain.client import Client
from entrypoints.http.content_security import NOTHING, frame_ancestors, page_policy

HASHES = ("sha256-" + "A" * 43 + "=", "sha256-" + "B" * 43 + "=")


def directives(policy: str) -> dict[str, list[str]]:
    parts = [part.split() for part in policy.split(";")]
    names = [name for name, *_ in parts]
    assert len(names) == len(set(names)), "browsers ignore a directive's second time"
    return {name: values for name, *values in parts}


def test_json_may_load_nothing_and_be_framed_by_nobody() -> None:
    assert directives(NOTHING) == {
        "default-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }


@pytest.mark.parametrize("client", [None, Client(name="a")], ids=["no client", "no origins"])
def test_where_there_is_no_origin_nobody_may_frame(client: Client | None) -> None:
    assert frame_ancestors(client) == "frame-ancestors 'none'"


@pytest.mark.parametrize(
    "origins",
    [("https://a.example",), ("https://a.example", "http://[::1]:8080"), ("'self'",)],
    ids=["one", "two", "framegate's own"],
)
def test_the_clients_own_origins_may_frame_and_no_others(origins: tuple[str, ...]) -> None:
    policy = page_policy(frame_ancestors(Client(name="a", origins=origins)))
    assert directives(policy)["frame-ancestors"] == list(origins)


def test_a_page_without_scripts_may_run_none() -> None:
    assert directives(page_policy("frame-ancestors 'none'")) == {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "form-action": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }


def test_a_page_with_scripts_may_run_those_and_no_others() -> None:
    policy = directives(page_policy("frame-ancestors 'none'", HASHES))
    assert policy["script-src"] == ["'self'", f"'{HASHES[0]}'", f"'{HASHES[1]}'"]
    assert policy["default-src"] == policy["form-action"] == ["'none'"]
    assert policy.keys().isdisjoint({"connect-src", "frame-src"})


def test_a_page_that_asks_may_ask_framegate_post_to_it_and_frame_it() -> None:
    policy = directives(page_policy("frame-ancestors 'none'", HASHES, asks=True))
    assert policy["connect-src"] == policy["frame-src"] == policy["form-action"] == ["'self'"]


def test_a_page_may_frame_what_other_origins_serve_where_they_are_named() -> None:
    origins = ("'self'", "http://localhost:*")
    policy = page_policy("frame-ancestors 'none'", HASHES, asks=True, framed_origins=origins)
    assert directives(policy)["frame-src"] == list(origins)
    assert directives(policy)["connect-src"] == ["'self'"]


@pytest.mark.parametrize("hashes", [(), HASHES], ids=["without scripts", "with scripts"])
def test_no_page_allows_anything_unsafe(hashes: tuple[str, ...]) -> None:
    policy = page_policy(frame_ancestors(None), iter(hashes))
    assert directives(policy)["base-uri"] == ["'none'"]
    assert "unsafe" not in policy
    assert "*" not in policy
