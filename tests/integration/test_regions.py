"""The countries of browsers, in a server that runs: before it nginx, beneath it a file."""

import http.client
import json
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from attrs import frozen

from tests.support.country_file import write_countries
from tests.support.framegate_server import FramegateServer, running_framegate, write_clients
from tests.support.nginx import running_nginx_with
from tests.support.redis_server import free_port
from tests.support.snippets import ROOT, block_with
from tests.support.waiting import until

NOBODYS_ID = "fgs_00000000_" + "A" * 32
GEOIP2 = "load_module /usr/lib/nginx/modules/ngx_http_geoip2_module.so;"


def environment(folder: Path, **more: str) -> dict[str, str]:
    clients = str(write_clients(folder / "clients.toml"))
    return {"STORAGE": "memory", "CLIENTS_FILE": clients, "DRAIN_SECONDS": "0", **more}


def events(server: FramegateServer, name: str) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == name]


def try_from(url: str, server: FramegateServer, source: str, **headers: str) -> tuple[object, ...]:
    """Redeem nobody's session; return what the audit says of the address and the country."""
    before = len(events(server, "redeem_refused"))
    place = urlsplit(url)
    connection = http.client.HTTPConnection(
        place.hostname or "", place.port, timeout=60, source_address=(source, 0)
    )
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", f"/auth/validate-session?session_id={NOBODYS_ID}", headers=sent)
    assert connection.getresponse().status == 401
    connection.close()
    until("it is in the audit", lambda: len(events(server, "redeem_refused")) > before)
    told = events(server, "redeem_refused")[-1]
    return told["remote"], told.get("region")


@frozen
class Behind:
    """framegate, and nginx before it at ``url``."""

    url: str
    framegate: FramegateServer


@pytest.fixture(scope="module")
def behind_nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    folder, own = tmp_path_factory.mktemp("behind"), free_port()
    file = write_countries(folder / "c.mmdb", {"127.0.0.3/32": "PT"})
    chosen = environment(
        folder, REGIONS="header", REGION_HEADER="X-Country", TRUSTED_PROXIES="127.0.0.1"
    )
    with ExitStack() as stack:
        server = stack.enter_context(running_framegate(folder / "framegate", chosen, "serve"))
        snippet = block_with(ROOT / "docs" / "regions.md", "nginx", "geoip2")
        for usual, here in {
            "/var/lib/GeoIP/GeoLite2-Country.mmdb": str(file),
            "http://127.0.0.1:8000": server.url,
            "127.0.0.1:8080": f"127.0.0.1:{own}",
        }.items():
            assert usual in snippet
            snippet = snippet.replace(usual, here)
        stack.enter_context(running_nginx_with(folder, snippet, before=GEOIP2))
        until("nginx runs", (folder / "nginx.pid").exists)
        yield Behind(f"http://127.0.0.1:{own}", server)


@pytest.mark.parametrize(("source", "region"), [("127.0.0.3", "PT"), ("127.0.0.4", None)])
@pytest.mark.parametrize("claimed", [{}, {"X_Country": "BR"}], ids=["silent", "claims another"])
def test_nginx_tells_the_country_and_a_browser_cannot(
    behind_nginx: Behind, source: str, region: str | None, claimed: dict[str, str]
) -> None:
    told = try_from(behind_nginx.url, behind_nginx.framegate, source, **claimed)
    assert told == (source, region)


def test_who_comes_past_nginx_is_not_believed(behind_nginx: Behind) -> None:
    server = behind_nginx.framegate
    assert try_from(server.url, server, "127.0.0.3", X_Country="BR") == ("127.0.0.3", None)


def test_a_file_is_replaced_while_the_server_runs(tmp_path: Path) -> None:
    path = write_countries(tmp_path / "c.mmdb", {"127.0.0.0/29": "PT"})
    chosen = environment(tmp_path, REGIONS="maxmind", REGION_DATABASE=str(path))
    with running_framegate(tmp_path / "framegate", chosen, "serve") as server:
        assert try_from(server.url, server, "127.0.0.3") == ("127.0.0.3", "PT")
        path.write_bytes(b"half a download")  # over it, not beside it
        assert try_from(server.url, server, "127.0.0.4") == ("127.0.0.4", "PT")
        server.send(signal.SIGHUP)
        until("it is reported", lambda: bool(events(server, "reload_failed")))
        assert "REGION_DATABASE" in str(events(server, "reload_failed")[-1]["problem"])
        assert try_from(server.url, server, "127.0.0.5") == ("127.0.0.5", "PT")
        write_countries(path, {"127.0.0.0/29": "ES"})
        server.send(signal.SIGHUP)
        until("it has been read", lambda: bool(events(server, "reloaded")))
        assert try_from(server.url, server, "127.0.0.3") == ("127.0.0.3", "ES")
