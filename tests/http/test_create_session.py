import re
from urllib.parse import urlsplit

import pytest

from domain.figures import Figures
from tests.http.house import OTHER_KEY, OTHER_TTL, PORTAL_KEY, House, in_house, tag_of
from tests.http.talk import CREATE, Api, fields

pytestmark = pytest.mark.gen_test


async def test_a_client_gets_a_session_and_is_told_all_about_it(api: Api) -> None:
    response = await api.send("POST", CREATE, key=PORTAL_KEY, body=b"")

    assert response.code == 200
    created = fields(response)
    session_id = created["session_id"]
    assert re.fullmatch(rf"fgs_{tag_of('portal')}_[A-Za-z0-9_-]{{22,}}", session_id)
    assert created == {
        "session_id": session_id,
        "expires_in_minutes": 30,
        "expires_in_seconds": 1800,
        "iframe_url": f"/client/iframe.html?session_id={session_id}",
        "storage": "memory",
    }
    assert type(created["expires_in_minutes"]) is int
    assert type(created["expires_in_seconds"]) is int


async def test_the_iframe_url_opens_the_iframe(api: Api) -> None:
    created = fields(await api.send("POST", CREATE, key=PORTAL_KEY, body=b""))

    assert (await api.send("GET", created["iframe_url"])).code == 200


@in_house(PUBLIC_URL="https://gate.example/frames/")
async def test_the_iframe_url_begins_with_the_public_url(api: Api) -> None:
    created = fields(await api.send("POST", CREATE, key=PORTAL_KEY, body=b""))

    address = urlsplit(created["iframe_url"])
    assert (address.scheme, address.netloc) == ("https", "gate.example")
    assert address.path == "/frames/client/iframe.html"
    assert address.query == f"session_id={created['session_id']}"


async def test_every_session_has_an_id_of_its_own(api: Api) -> None:
    ids = {await api.create(PORTAL_KEY) for _ in range(20)}

    assert len(ids) == 20


async def test_a_session_counts_as_created_and_active(api: Api, house: House) -> None:
    await api.create(PORTAL_KEY)

    assert await house.figures() == {"other": Figures(), "portal": Figures(active=1, created=1)}


async def test_a_client_with_a_time_to_live_of_its_own_gets_that(api: Api) -> None:
    created = fields(await api.post_json(CREATE, {}, key=OTHER_KEY))

    assert created["expires_in_seconds"] == OTHER_TTL
    assert created["expires_in_minutes"] == OTHER_TTL // 60


@pytest.mark.parametrize(
    ("wished", "minutes"), [(1, 0), (59, 0), (60, 1), (119, 1), (1799, 29), (1800, 30)]
)
async def test_a_client_may_wish_for_less_time(
    api: Api, house: House, wished: int, minutes: int
) -> None:
    created = fields(await api.post_json(CREATE, {"ttl_seconds": wished}, key=PORTAL_KEY))
    assert (created["expires_in_seconds"], created["expires_in_minutes"]) == (wished, minutes)

    house.clock.time += wished * 1000 - 1
    assert (await house.figures())["portal"].active == 1
    house.clock.time += 1
    assert (await house.figures())["portal"].active == 0


async def test_null_is_the_same_as_nothing(api: Api) -> None:
    body = {"subject": None, "metadata": None, "ttl_seconds": None}

    created = fields(await api.post_json(CREATE, body, key=PORTAL_KEY))

    assert created["expires_in_seconds"] == 1800
    redeemed = fields(await api.redeem(created["session_id"]))
    assert "subject" not in redeemed
    assert "metadata" not in redeemed


@pytest.mark.parametrize("subject", ["a", "Ana Luísa 🌻", "x" * 256])
async def test_a_subject_of_1_to_256_printable_characters_is_taken(api: Api, subject: str) -> None:
    session_id = await api.create(PORTAL_KEY, subject=subject)

    assert fields(await api.redeem(session_id))["subject"] == subject


@pytest.mark.parametrize("padding", ["x" * 2040, "é" * 1020], ids=["ascii", "two-byte letters"])
async def test_metadata_of_exactly_2_kib_is_taken(api: Api, padding: str) -> None:
    session_id = await api.create(PORTAL_KEY, metadata={"k": padding})

    assert fields(await api.redeem(session_id))["metadata"] == {"k": padding}


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "application/json; charset=utf-8", "Application/JSON ;charset=UTF-8"],
)
async def test_json_may_be_declared_in_every_way_that_means_json(api: Api, media_type: str) -> None:
    response = await api.send(
        "POST",
        CREATE,
        key=PORTAL_KEY,
        headers={"Content-Type": media_type},
        body='{"ttl_seconds": 7}',
    )

    assert fields(response)["expires_in_seconds"] == 7
