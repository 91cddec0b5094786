import asyncio

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as plain_text

from adapters.gathering import MOST_KEPT
from entrypoints.container.audit import Audit
from tests.http.house import ADMIN_KEY, OTHER_CAP, OTHER_KEY, PORTAL_KEY, House, in_house
from tests.http.talk import LIVEZ, PATIENCE_SECONDS, Api, code_of
from tests.support.metrics import value_of

pytestmark = pytest.mark.gen_test

METRICS = "/metrics"


async def told(api: Api, name: str, **labels: str) -> float | None:
    response = await api.send("GET", METRICS, key=ADMIN_KEY)
    assert response.code == 200
    return value_of(response.body.decode(), name, **labels)


@pytest.mark.parametrize(
    ("key", "code"), [(None, "key_missing"), (PORTAL_KEY, "key_wrong_kind"), ("x", "key_unknown")]
)
async def test_nobody_but_an_admin_is_told(api: Api, key: str | None, code: str) -> None:
    response = await api.send("GET", METRICS, key=key)
    assert (response.code, code_of(response)) == (401, code)


@in_house(demo=True)
async def test_a_demo_asks_for_no_key(api: Api) -> None:
    assert (await api.send("GET", METRICS)).code == 200


@in_house(METRICS="off")
async def test_where_nothing_is_measured_there_is_nothing_to_tell(api: Api, house: House) -> None:
    assert house.runtime.metrics is None
    assert (await api.send("GET", METRICS, key=ADMIN_KEY)).code == 404


async def test_a_session_shows_from_its_creation_to_its_replay(api: Api) -> None:
    session_id = await api.create(OTHER_KEY)
    assert await told(api, "framegate_sessions_created_total", client="other") == 1
    assert await told(api, "framegate_sessions_active", client="other") == 1
    assert await told(api, "framegate_session_cap", client="other") == OTHER_CAP

    await api.redeem(session_id)
    await api.redeem(session_id)

    used = {"client": "other", "reason": "used"}
    assert await told(api, "framegate_sessions_redeemed_total", client="other") == 1
    assert await told(api, "framegate_redeems_refused_total", **used) == 1
    assert await told(api, "framegate_redeems_refused_total", client="portal", reason="used") == 0


async def test_requests_are_timed_on_the_short_way_and_on_tornados(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)
    await api.redeem(session_id)
    # A second field sends it Tornado's way.
    await api.send("GET", f"/auth/validate-session?session_id={session_id}&x=1")
    await api.send("GET", LIVEZ)
    await api.send("GET", f"/nowhere/{session_id}")

    name = "framegate_http_request_duration_seconds_count"
    assert await told(api, name, route="create_session", status="2xx") == 1
    assert await told(api, name, route="validate_session", status="2xx") == 1
    assert await told(api, name, route="validate_session", status="4xx") == 1
    assert await told(api, name, route="livez", status="2xx") == 1
    assert await told(api, name, route="not_found", status="4xx") == 1


async def test_ids_and_keys_are_in_no_metric(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)
    await api.redeem(session_id)
    await api.send("GET", f"/{session_id}")
    body = (await api.send("GET", METRICS, key=ADMIN_KEY)).body.decode()
    assert session_id not in body
    assert ADMIN_KEY not in body
    assert "127.0.0.1" not in body


async def test_the_format_is_the_one_that_is_accepted(api: Api) -> None:
    plain = await api.send("GET", METRICS, key=ADMIN_KEY)
    asked = {"Accept": "application/openmetrics-text; version=1.0.0,text/plain;q=0.5"}
    openly = await api.send("GET", METRICS, key=ADMIN_KEY, headers=asked)

    assert plain.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert openly.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert plain.headers["Vary"] == openly.headers["Vary"] == "Accept"
    names = [{family.name for family in plain_text(plain.body.decode())}]
    families = open_metrics(openly.body.decode())  # type: ignore[no-untyped-call] # it has no types
    names += [{family.name for family in families}]
    assert "framegate_sessions_created" in names[0] & names[1]


@in_house(STORAGE="redis", REDIS_PORT="1", REDIS_TIMEOUT_MS="50")
async def test_while_the_store_is_away_it_is_said_and_the_rest_is_told(
    api: Api, house: House
) -> None:
    assert await told(api, "framegate_store_up") == 0
    assert await told(api, "framegate_sessions_active", client="portal") is None
    assert await told(api, "framegate_session_cap", client="portal") is None
    assert await told(api, "framegate_sessions_created_total", client="portal") == 0
    await asyncio.wait_for(house.runtime.close(), PATIENCE_SECONDS)


async def test_what_is_turned_away_is_counted(api: Api, house: House) -> None:
    house.runtime.face.admission.turned_away()
    assert await told(api, "framegate_http_requests_shed_total") == 1


async def test_no_entry_of_the_audit_log_is_lost_at_first(api: Api) -> None:
    for where in ("stream", "file", "log"):
        assert await told(api, "framegate_audit_entries_lost_total", where=where) == 0


async def test_memory_has_no_server_to_tell_of(api: Api) -> None:
    response = await api.send("GET", METRICS, key=ADMIN_KEY)
    assert "framegate_store_memory_bytes{" not in response.body.decode()


@in_house(AUDIT_FILE="/dev/null")
async def test_entries_that_are_lost_are_counted_by_where(api: Api, house: House) -> None:
    (audit,) = (each for each in house.runtime.beside if isinstance(each, Audit))
    many = MOST_KEPT + 4
    audit.gatherings["file"].take(b"\n".join([b"{}"] * many), many)
    name = "framegate_audit_entries_lost_total"
    assert await told(api, name, where="file") == 4
    assert await told(api, name, where="stream") == 0


@in_house(AUDIT_FILE="/dev/full")
async def test_a_full_disk_shows_before_anything_is_lost(api: Api, house: House) -> None:
    (audit,) = (each for each in house.runtime.beside if isinstance(each, Audit))
    name = "framegate_audit_in_trouble"
    assert await told(api, name, where="file") == 0
    audit.start()
    audit.gatherings["file"].take(b"{}", 1)
    while await told(api, name, where="file") != 1:
        pass  # it is written within a moment, or not
    assert await told(api, name, where="stream") is None  # in memory nothing is written there
    assert await told(api, "framegate_audit_entries_lost_total", where="file") == 0
    await audit.close()
