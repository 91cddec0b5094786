"""The script for the pages that embed iframes, and how to write its tag."""

import base64
import hashlib
import re

import pytest

from tests.http.house import House
from tests.http.pages import page_of
from tests.http.talk import Api

pytestmark = pytest.mark.gen_test


@pytest.mark.parametrize("name", ["framegate.js", "framegate.d.ts"])
async def test_every_page_may_load_it(api: Api, name: str) -> None:
    response = await api.send("GET", f"/sdk/{name}", headers={"Origin": "https://any.example"})

    assert response.code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["Cache-Control"] == "public, no-cache"


async def test_its_page_shows_a_tag_whose_hash_is_that_of_what_is_served(api: Api) -> None:
    page = page_of(await api.send("GET", "/sdk/"))
    (src,) = re.findall(r'src="([^"]+\?v=[^"]+)"', page.text)
    (integrity,) = re.findall(r'integrity="sha256-([^"]+)"', page.text)

    script = await api.send("GET", src.removeprefix(api.base_url))

    assert base64.b64decode(integrity) == hashlib.sha256(script.body).digest()
    assert script.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("name", ["demo.js", "doorstep.js", "framegate.css", "nothing.js"])
async def test_it_is_nothing_but_the_script_and_its_types(api: Api, name: str) -> None:
    assert (await api.send("GET", f"/sdk/{name}")).code == 404


async def test_every_event_that_it_emits_stands_in_its_types(house: House) -> None:
    by_name = house.runtime.face.assets.by_name
    script = by_name["framegate.js"].content.decode()
    types = by_name["framegate.d.ts"].content.decode()

    emitted = set(re.findall(r'#emit\("(\w+)"', script))

    assert emitted == set(re.findall(r"^  (\w+): CustomEvent", types, re.MULTILINE))
    assert emitted == set(
        re.findall(r'"(\w+)"', script.partition("EVENTS = ")[2].partition(";")[0])
    )
