"""What a stopping server has taken on it finishes, also when it takes longer than the drain."""

import http.client
import json
import signal
import time
from urllib.parse import urlsplit

import pytest

from tests.faults.kinds import Serve
from tests.support.framegate_server import KEYS, FramegateServer
from tests.support.http_call import call

pytestmark = pytest.mark.usefixtures("transport")

PATIENCE = 60.0


def until_refused(server: FramegateServer) -> None:
    """Ask for as long as one is answered, as a load balancer does."""
    deadline = time.monotonic() + PATIENCE
    try:
        while call("GET", f"{server.url}/readyz").status == 503:
            assert time.monotonic() < deadline
    except ConnectionError:
        return


def test_what_came_in_while_the_server_drained_is_finished_as_well(serve: Serve) -> None:
    body = json.dumps({"subject": "ana"}).encode()
    with serve(DRAIN_SECONDS="4") as server:
        server.send(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while call("GET", f"{server.url}/readyz").status != 503:
            assert time.monotonic() < deadline
        # Whoever has not looked at /readyz yet sends requests still.
        uploading = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=PATIENCE)
        uploading.putrequest("POST", "/auth/create-session")
        uploading.putheader("Authorization", f"Bearer {KEYS.portal}")
        uploading.putheader("Content-Type", "application/json")
        uploading.putheader("Content-Length", str(len(body)))
        uploading.endheaders()
        until_refused(server)
        uploading.send(body)
        assert uploading.getresponse().status == 200
        uploading.close()
