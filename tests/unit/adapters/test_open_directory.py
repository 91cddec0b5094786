import pytest

from adapters.memory.open_directory import OpenDirectory
from domain.client import Client
from domain.key import digest_key

DEMO = Client(name="demo", origins=("'self'",))
DIRECTORY = OpenDirectory(DEMO)


@pytest.mark.parametrize("digest", [None, "", digest_key("any key")], ids=["none", "empty", "any"])
def test_whoever_comes_with_any_key_or_none_is_the_demo_client_and_an_admin(
    digest: str | None,
) -> None:
    caller = DIRECTORY.holder(digest)
    assert caller.client is DEMO
    assert caller.is_admin


def test_only_the_demo_clients_tag_finds_it() -> None:
    assert DIRECTORY.by_tag(DEMO.tag) is DEMO
    assert DIRECTORY.by_tag(Client(name="other").tag) is None
    assert DIRECTORY.by_tag("") is None


def test_there_is_no_other_client() -> None:
    assert tuple(DIRECTORY.clients()) == (DEMO,)
