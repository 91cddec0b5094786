import base64
import hashlib
import re

import pytest

from entrypoints.http.assets import Asset, Assets

ASSETS = Assets.load("")
NAMES = sorted(ASSETS.by_name)


def test_the_stylesheet_is_among_the_files() -> None:
    assert "framegate.css" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_known_by_the_sha256_of_what_is_in_it(name: str) -> None:
    digest = hashlib.sha256(ASSETS.by_name[name].content)
    assert ASSETS.integrity(name) == "sha256-" + base64.b64encode(digest.digest()).decode()
    assert ASSETS.url(name) == f"/static/{name}?v={digest.hexdigest()[:12]}"


@pytest.mark.parametrize("name", NAMES)
def test_a_hash_can_stand_in_a_policy(name: str) -> None:
    assert re.fullmatch(r"sha256-[A-Za-z0-9+/]{43}=", ASSETS.integrity(name))


@pytest.mark.parametrize("name", NAMES)
def test_no_file_is_empty(name: str) -> None:
    assert ASSETS.by_name[name].content


def test_other_content_has_another_address_and_another_hash() -> None:
    before, after = Asset("a.js", b"1"), Asset("a.js", b"2")
    assert before.version != after.version
    assert before.integrity != after.integrity


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.css", "text/css"),
        ("a.js", "text/javascript"),
        ("a.svg", "image/svg+xml"),
        ("a", "application/octet-stream"),
        ("a.unheard-of", "application/octet-stream"),
    ],
)
def test_a_file_has_the_type_of_its_name(name: str, media_type: str) -> None:
    found = Asset(name, b"").media_type
    assert found.replace("application/javascript", "text/javascript") == media_type


def test_addresses_begin_with_what_a_proxy_puts_before_them() -> None:
    name = NAMES[0]
    assert Assets.load("/gate").url(name) == "/gate" + ASSETS.url(name)


def test_a_file_that_is_not_there_has_no_address() -> None:
    with pytest.raises(KeyError):
        ASSETS.url("no-such-file.css")


def test_no_representation_of_a_file_shows_what_is_in_it() -> None:
    assert "content" not in repr(Asset("a.js", b"content"))
