"""``GET /auth/usage``."""

import csv
import io

import pytest

from domain.usage import HOUR_MS, Counted
from tests.http.house import ADMIN_KEY, OTHER_KEY, PORTAL_KEY, STRANGE_KEY, House
from tests.http.talk import STATUS, USAGE, VALIDATE, Api, code_of, fields

pytestmark = pytest.mark.gen_test

# The house's clock begins at 2023-11-14T22:13:20.
DAY, NEXT_DAY = "2023-11-14T00:00:00.000+00:00", "2023-11-15T00:00:00.000+00:00"
UNTIL = "2023-11-14T23:00:00.000+00:00"


async def used_twice(api: Api, key: str = PORTAL_KEY) -> None:
    session_id = await api.create(key)
    await api.redeem(session_id)
    await api.redeem(session_id)


async def test_a_client_is_told_of_its_own_usage(api: Api) -> None:
    await used_twice(api)
    await api.create(OTHER_KEY)
    response = await api.send("GET", USAGE, key=PORTAL_KEY)
    assert response.code == 200
    told = fields(response)
    zeros = dict.fromkeys((what.value for what in Counted), 0)
    figures = zeros | {"created": 1, "redeemed": 1, "refused_used": 1, "refused": 1}
    assert told == {
        "from": "2023-11-08T00:00:00.000+00:00",
        "to": UNTIL,
        "step": "day",
        "usage": [{"from": DAY, "to": UNTIL, "client": "portal", **figures}],
        "total": figures,
        "storage": "memory",
    }


async def test_an_admin_is_told_of_everybody_and_of_nobody(api: Api) -> None:
    await used_twice(api)
    await api.create(OTHER_KEY)
    await api.redeem("fg_00000000_" + "A" * 32)
    told = fields(await api.send("GET", USAGE, key=ADMIN_KEY))
    rows = {row["client"]: (row["created"], row["refused"]) for row in told["usage"]}
    assert rows == {"other": (1, 0), "portal": (1, 1), "?": (0, 1)}
    one = fields(await api.send("GET", f"{USAGE}?client=other", key=ADMIN_KEY))
    assert [row["client"] for row in one["usage"]] == ["other"]


async def test_the_total_is_what_the_status_has_counted(api: Api, house: House) -> None:
    for _ in range(3):
        await used_twice(api)
        await used_twice(api, OTHER_KEY)
        house.clock.time += HOUR_MS
    status = fields(await api.send("GET", STATUS, key=ADMIN_KEY))
    for step in ("hour", "day", "all"):
        total = fields(await api.send("GET", f"{USAGE}?step={step}", key=ADMIN_KEY))["total"]
        assert total["created"] == status["total_created"] == 6
        assert total["redeemed"] == status["total_used"] == 6


async def test_steps_and_their_ends_are_told(api: Api, house: House) -> None:
    await api.create(PORTAL_KEY)
    house.clock.time += 2 * HOUR_MS
    await api.create(PORTAL_KEY)
    query = "from=2023-11-14T22:00&to=2023-11-16"
    hours = fields(await api.send("GET", f"{USAGE}?{query}&step=hour", key=PORTAL_KEY))["usage"]
    assert [(row["from"], row["to"]) for row in hours] == [
        ("2023-11-14T22:00:00.000+00:00", UNTIL),
        (NEXT_DAY, "2023-11-15T01:00:00.000+00:00"),
    ]
    days = fields(await api.send("GET", f"{USAGE}?{query}&step=day", key=PORTAL_KEY))["usage"]
    assert [row["from"] for row in days] == ["2023-11-14T22:00:00.000+00:00", NEXT_DAY]


async def test_regions_are_told_apart_where_asked_for(api: Api) -> None:
    await used_twice(api)
    (row,) = fields(await api.send("GET", f"{USAGE}?by=region", key=PORTAL_KEY))["usage"]
    assert row["region"] is None  # nobody has told of any


async def test_a_table_has_the_same_figures(api: Api) -> None:
    await used_twice(api)
    response = await api.send("GET", f"{USAGE}?format=csv&by=region", key=PORTAL_KEY)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert response.headers["Content-Disposition"] == 'attachment; filename="usage.csv"'
    assert response.headers["Cache-Control"] == "no-store"
    (row,) = csv.DictReader(io.StringIO(response.body.decode(), newline=""))
    told = fields(await api.send("GET", f"{USAGE}?by=region", key=PORTAL_KEY))["usage"]
    assert row == {name: "" if value is None else str(value) for name, value in told[0].items()}


async def test_an_empty_table_still_names_its_columns(api: Api) -> None:
    response = await api.send("GET", f"{USAGE}?format=csv", key=PORTAL_KEY)
    assert response.body.startswith(b"from,to,client,created,")
    assert response.body.count(b"\r\n") == 1


async def test_only_who_has_a_key_is_told_and_only_of_what_is_his(api: Api) -> None:
    for key, code in ((None, "key_missing"), (STRANGE_KEY, "key_unknown")):
        response = await api.send("GET", USAGE, key=key)
        assert (response.code, code_of(response)) == (401, code)
    for client in ("other", "nobody", "?"):
        response = await api.send("GET", f"{USAGE}?client={client}", key=PORTAL_KEY)
        assert (response.code, code_of(response)) == (404, "client_not_found")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from=yesterday", "period_invalid"),
        ("from=2023-11-14&to=2023-11-14", "period_invalid"),
        ("from=2023-11-14T10:30", "period_invalid"),
        ("step=week", "step_invalid"),
        ("format=xml", "format_invalid"),
        ("by=client", "by_invalid"),
        ("since=2023-11-14", "query_unknown"),
        ("step=day&step=hour", "query_repeated"),
    ],
)
async def test_a_wish_that_is_not_understood_is_refused(api: Api, query: str, code: str) -> None:
    response = await api.send("GET", f"{USAGE}?{query}", key=PORTAL_KEY)
    assert (response.code, code_of(response)) == (400, code)


async def test_a_refusal_by_a_binding_is_counted_for_the_client_whose_session_it_is(
    api: Api,
) -> None:
    session_id = await api.create(PORTAL_KEY)
    assert (await api.send("GET", f"{VALIDATE}?session_id={session_id}", key=OTHER_KEY)).code == 401
    total = fields(await api.send("GET", USAGE, key=PORTAL_KEY))["total"]
    assert (total["refused_mismatch"], total["redeemed"]) == (1, 0)
