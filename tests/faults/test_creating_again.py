"""A create whose answer was lost is sent again, and there is one session all the same."""

from collections import Counter
from functools import partial

from tests.faults.fault import Fault
from tests.faults.kinds import Scale, Serve, TakeFigure
from tests.faults.proxy import FaultyProxy
from tests.support.framegate_server import KEYS, FramegateServer, bearer
from tests.support.http_call import Answer, call
from tests.support.redis_server import RedisServer
from tests.support.waiting import until


def create(server: FramegateServer, idempotency_key: str) -> Answer:
    headers = {**bearer(KEYS.portal), "Idempotency-Key": idempotency_key}
    return call("POST", f"{server.url}/auth/create-session", headers=headers)


def is_answered(server: FramegateServer, idempotency_key: str) -> bool:
    return create(server, idempotency_key).status == 200


def test_a_create_that_is_sent_again_after_a_lost_reply_opens_one_session(
    redis_server: RedisServer, serve: Serve, scale: Scale, figure: TakeFigure
) -> None:
    count = scale(20, 500)
    with FaultyProxy(redis_server.port) as proxy, serve(REDIS_URL=proxy.url) as server:
        ids: list[str] = []
        for number in range(count):
            # There is a connection, so that it is the reply that is lost, and not the way.
            until("Redis is back", lambda: call("GET", f"{server.url}/readyz").status == 200)
            proxy.fault = Fault.LOSE_REPLIES
            assert create(server, f"order-{number}").status == 503
            proxy.fault = Fault.NONE
            until("it is answered", partial(is_answered, server, f"order-{number}"))
            again = create(server, f"order-{number}")
            assert again.headers["Idempotent-Replayed"] == "true"
            ids.append(again.fields["session_id"])
        status = call("GET", f"{server.url}/auth/session-status", headers=bearer(KEYS.portal))
        created = status.fields["total_created"]
        redeems = Counter(
            call("GET", f"{server.url}/auth/validate-session?session_id={one}").status
            for one in ids + ids
        )
    figure(
        "creating again: sessions opened by creates whose reply was lost",
        f"{created:,} of {count:,} creates, each sent three times or more",
    )
    assert created == len(set(ids)) == count
    assert redeems == {200: count, 401: count}
