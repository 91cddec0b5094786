"""What a browser asks for ahead of a person redeems nothing."""

import pytest

from tests.http.house import PORTAL_KEY, House
from tests.http.pages import page_of
from tests.http.talk import IFRAME, VALIDATE, Api, at, code_of

pytestmark = pytest.mark.gen_test

AHEAD = [
    ("Sec-Purpose", "prefetch"),
    ("Sec-Purpose", "prefetch;prerender"),
    ("Sec-Purpose", "prefetch; prerender"),
    ("Sec-Purpose", "prefetch;anonymous-client-ip"),
    ("Sec-Purpose", "PREFETCH"),
    ("SEC-PURPOSE", "Prefetch;Prerender"),
    ("Purpose", "prefetch"),
    ("Purpose", "PREFETCH"),
    ("purpose", "prefetch"),
    ("X-Purpose", "preview"),
    ("X-Moz", "prefetch"),
    ("X-Moz", "Prefetch"),
]

ahead = pytest.mark.parametrize(("name", "value"), AHEAD)


@ahead
async def test_a_prefetched_page_stays_shut_and_can_be_opened_later(
    api: Api, house: House, name: str, value: str
) -> None:
    async with house.unchanged(api) as session_id:
        response = await api.send("GET", at(IFRAME, session_id), headers={name: value})

    assert (response.code, page_of(response).code) == (403, "prefetch_refused")
    assert response.headers["Cache-Control"] == "no-store"


@ahead
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("key", [None, PORTAL_KEY], ids=["no key", "key"])
async def test_a_prefetched_validation_redeems_nothing(
    api: Api, house: House, method: str, name: str, value: str, key: str | None
) -> None:
    async with house.unchanged(api) as session_id:
        response = await api.send(
            method,
            at(VALIDATE, session_id),
            key=key,
            headers={name: value},
            body=b"" if method == "POST" else None,
        )

    assert (response.code, code_of(response)) == (403, "prefetch_refused")


async def test_a_page_prefetched_and_then_opened_opens(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)

    early = await api.open_iframe(session_id, Sec_Purpose="prefetch;prerender")
    asked_for = await api.open_iframe(session_id)
    late = await api.open_iframe(session_id, Sec_Purpose="prefetch")

    assert [early.code, asked_for.code, late.code] == [403, 200, 403]


@pytest.mark.parametrize("path", [IFRAME, VALIDATE])
async def test_head_redeems_nothing(api: Api, house: House, path: str) -> None:
    async with house.unchanged(api) as session_id:
        response = await api.send("HEAD", at(path, session_id))

    assert (response.code, response.body) == (405, b"")


@pytest.mark.parametrize(
    ("name", "value"), [("Sec-Purpose", ""), ("Purpose", "navigate"), ("Sec-Fetch-Dest", "iframe")]
)
async def test_what_is_asked_for_by_a_person_redeems(api: Api, name: str, value: str) -> None:
    session_id = await api.create(PORTAL_KEY)

    response = await api.send("GET", at(IFRAME, session_id), headers={name: value})

    assert response.code == 200
