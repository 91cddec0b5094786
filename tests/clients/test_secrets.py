"""Keys, ids and tokens stand in nothing that a client writes, or that is written about it."""

import logging
import traceback

import pytest

from framegate_client import Client, FramegateError
from framegate_client.asking import Asking
from tests.clients.browser import Browser
from tests.clients.waiting import PATIENCE_SECONDS, Connect
from tests.support.framegate_server import KEYS, FramegateServer
from tests.support.redis_server import free_port

SECRET_KEY = KEYS.other.replace("fgk_", "fgk_x")


def failures(connect: Connect, framegate: FramegateServer) -> list[FramegateError]:
    errors = []
    for client in (
        connect(framegate.url, SECRET_KEY),
        connect(f"http://127.0.0.1:{free_port()}", SECRET_KEY),
        connect(f"{framegate.url}/nowhere", SECRET_KEY),
    ):
        for fail in (client.create_session, lambda c=client: c.redeem(SECRET_KEY), client.status):
            with pytest.raises(FramegateError) as caught:
                fail()
            errors.append(caught.value)
    return errors


def test_no_error_shows_the_key_or_the_id(connect: Connect, framegate: FramegateServer) -> None:
    errors = failures(connect, framegate)

    assert len(errors) == 9
    for error in errors:
        told = "".join(traceback.format_exception(error)) + repr(error) + str(error)
        assert SECRET_KEY not in told


def test_no_client_shows_its_key(connect: Connect) -> None:
    client = connect("http://framegate.example", SECRET_KEY)

    assert SECRET_KEY not in repr(client)
    assert SECRET_KEY not in repr(vars(Client("http://framegate.example", SECRET_KEY)))


@pytest.mark.parametrize("slip", ["\n", "\r\nX: y", " ", "ç", "\x00"], ids=repr)
def test_a_key_with_a_slip_in_it_is_refused_without_being_shown(
    connect: Connect, slip: str
) -> None:
    with pytest.raises(ValueError, match="the key must be 1 to 255 visible") as refused:
        connect("http://framegate.example", f"{SECRET_KEY}{slip}")

    assert SECRET_KEY not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize(
    "url", ["", "gate.example", "ftp://gate.example", "http://u:p@gate.example", "http://a/?b=c"]
)
def test_an_address_that_is_none_is_refused_at_once(connect: Connect, url: str) -> None:
    with pytest.raises(ValueError, match=r"such as https://gate\.example") as refused:
        connect(url, SECRET_KEY)

    assert "u:p" not in str(refused.value)


def test_nothing_secret_is_logged_even_at_debug(
    connect: Connect, framegate: FramegateServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    portal = connect(framegate.url, KEYS.portal)
    session, other = portal.create_session(), portal.create_session()
    portal.redeem(other.session_id)
    asking = Asking(framegate.url, PATIENCE_SECONDS, None)
    answer = asking(Browser(framegate.url).asked(f"/?session_id={session.session_id}"))
    asking.close()

    assert "fgg_" in str(answer)  # or there was no secret to be logged
    assert "receive_response_headers.complete" in caplog.text
    ids = [each.session_id.split("_", 2)[2] for each in (session, other)]
    for secret in (KEYS.portal.removeprefix("fgk_"), *ids):
        assert secret not in caplog.text
    assert "[redacted]" in caplog.text
    assert not [line for line in caplog.text.splitlines() if "fgg_" in line and "[red" not in line]
