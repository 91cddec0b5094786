"""The country that a browser redeems from, as the audit log tells it."""

from collections.abc import Mapping

import pytest
from structlog.testing import capture_logs

from tests.http.house import PORTAL_KEY, in_house, unknown_id
from tests.http.talk import ENTER, IFRAME, JSON, VALIDATE, Api, at

pytestmark = pytest.mark.gen_test

PROXIED = in_house(REGIONS="header", TRUSTED_PROXIES="127.0.0.1")
UNKNOWN = ["XX", "T1", "br", "Brazil", ""]


def told(country: str, **more: str) -> dict[str, str]:
    return {"CF-IPCountry": country, "X-Forwarded-For": "203.0.113.7", **more}


async def audited(
    api: Api, path: str, headers: Mapping[str, str], *, key: str | None = None
) -> list[tuple[str, object]]:
    """Ask, and return what the audit log says that happened, and from where."""
    with capture_logs() as logs:
        await api.send("GET", path, headers=headers, key=key)
    return [(line["event"], line.get("region")) for line in logs]


@PROXIED
@pytest.mark.parametrize("path", [VALIDATE, IFRAME])
async def test_a_redeem_and_its_replay_are_told_with_the_country(api: Api, path: str) -> None:
    session_id = await api.create(PORTAL_KEY)
    assert await audited(api, at(path, session_id), told("PT")) == [("session_redeemed", "PT")]
    assert await audited(api, at(path, session_id), told("BR")) == [("replay_attempted", "BR")]


@PROXIED
async def test_what_is_served_in_tornados_way_is_told_as_well(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)
    plain, unusual = at(VALIDATE, session_id), f"{VALIDATE}?session%5Fid={session_id}"
    assert await audited(api, unusual, told("PT")) == [("session_redeemed", "PT")]
    assert await audited(api, plain, told("PT")) == [("replay_attempted", "PT")]


@PROXIED
async def test_the_doorstep_redeems_from_the_browsers_country(api: Api) -> None:
    body = f'{{"session_id": "{await api.create(PORTAL_KEY)}"}}'
    headers = told("PT", **{"Content-Type": JSON})
    with capture_logs() as logs:
        assert (await api.send("POST", ENTER, headers=headers, body=body)).code == 200
    assert [line.get("region") for line in logs] == ["PT"]


@PROXIED
@pytest.mark.parametrize("path", ["/auth/check", "/auth/check/reports/7"])
async def test_a_grant_that_is_refused_is_told_with_the_country(api: Api, path: str) -> None:
    opened = await api.open_iframe(await api.create(PORTAL_KEY))
    name, _, token = opened.headers["Set-Cookie"].partition(";")[0].partition("=")
    cookie = f"{name}={token[:-4]}AAAA"
    assert await audited(api, path, told("BR", Cookie=cookie)) == [("grant_refused", "BR")]


@in_house(REGIONS="header", TRUSTED_PROXIES="127.0.0.1", FAILED_REDEEMS_PER_MINUTE="1")
async def test_who_is_told_to_slow_down_is_told_of_with_the_country(api: Api) -> None:
    path = at(VALIDATE, unknown_id())
    happened = [await audited(api, path, told("BR")) for _ in range(2)]
    assert happened == [[("redeem_refused", "BR")], [("rate_limit_reached", "BR")]]


@PROXIED
@pytest.mark.parametrize("value", UNKNOWN)
async def test_what_is_no_country_leaves_it_unknown(api: Api, value: str) -> None:
    path = at(VALIDATE, unknown_id())
    assert await audited(api, path, told(value)) == [("redeem_refused", None)]


@PROXIED
async def test_two_countries_are_none(api: Api) -> None:
    path = at(VALIDATE, unknown_id())
    assert await audited(api, path, told("PT, BR")) == [("redeem_refused", None)]


@in_house(REGIONS="header", TRUSTED_PROXIES="192.0.2.0/24")
async def test_a_browser_that_names_a_country_itself_is_not_believed(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)
    happened = await audited(api, at(VALIDATE, session_id), told("PT"))
    assert happened == [("session_redeemed", None)]


@PROXIED
async def test_where_a_backend_stands_is_no_browsers_country(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)
    happened = [
        await audited(api, at(VALIDATE, session_id), told("PT"), key=PORTAL_KEY) for _ in range(2)
    ]
    assert happened == [[("session_redeemed", None)], [("replay_attempted", None)]]


@in_house(TRUSTED_PROXIES="127.0.0.1")
async def test_unless_chosen_no_country_is_told(api: Api) -> None:
    path = at(VALIDATE, unknown_id())
    assert await audited(api, path, told("PT")) == [("redeem_refused", None)]
