"""Ids and keys never reach a log, a disk, Redis or somebody else, whatever is asked of a server."""

import base64
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from domain.client import Client
from domain.key import compose_key, digest_key
from domain.session_id import SessionId
from tests.faults.exchange import Exchange
from tests.faults.kinds import Serve, TakeFigure
from tests.faults.monitor import Monitor
from tests.support.framegate_server import KEYS, write_clients
from tests.support.leaks import Canaries, leaks_below
from tests.support.redis_server import RedisServer

# Nothing is packed, and everything is taken for slow: what is there can be seen.
SEE_THROUGH = (
    *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
    *("--rdbcompression", "no", "--slowlog-log-slower-than", "0", "--slowlog-max-len", "10000"),
)

VALIDATE, PAGE = "/auth/validate-session", "/client/iframe.html"
STATUS, CLEAN_UP = "/auth/session-status", "/auth/cleanup-sessions"
SESSIONS = "/auth/sessions"


class Actors:
    """The keys and the ids of a run: those that are good, and those that are not."""

    def __init__(self, rng: random.Random) -> None:
        self.key, self.admin, self.wrong = (compose_key(rng.randbytes(32)) for _ in range(3))
        self.unknown = SessionId.compose(Client(name="canary").tag, rng.randbytes(24)).text
        self.ids: list[str] = []
        self.cookie = ""

    def clients_file(self, path: Path) -> Path:
        return write_clients(
            path,
            f'[[client]]\nname = "canary"\nkeys = ["{digest_key(self.key)}"]\n'
            f'[[admin]]\nname = "keeper"\nkeys = ["{digest_key(self.admin)}"]\n',
        )

    @property
    def token(self) -> str:
        return self.cookie.partition("=")[2]

    @property
    def canaries(self) -> Canaries:
        return Canaries([*self.ids, self.token, self.unknown, self.key, self.admin, self.wrong])


def work_as_intended(exchange: Exchange, actors: Actors) -> None:
    ids = actors.ids = [exchange.create(actors.key) for _ in range(8)]
    # The id of one that may come again is derived from what is kept, and does not stand in it.
    repeated = {exchange.create(actors.key, idempotency_key="order-1") for _ in range(2)}
    assert len(repeated) == 1
    actors.ids += repeated
    for session_id in (*ids[:2], actors.unknown):
        may_tell = None if session_id == actors.unknown else session_id
        query = f"?session_id={session_id}"
        exchange.ask("GET", f"{VALIDATE}{query}", may_tell=may_tell)
        exchange.ask("GET", f"{VALIDATE}{query}")
        exchange.ask("GET", f"{VALIDATE}{query}", key=actors.key)
        exchange.ask("GET", f"{VALIDATE}{query}", key=KEYS.other)
        exchange.ask("GET", f"{PAGE}{query}")
        exchange.ask("HEAD", f"{PAGE}{query}")
    actors.cookie = exchange.open_page(f"{PAGE}?session_id={ids[2]}")
    held = {"Cookie": actors.cookie}
    for path in (f"{PAGE}?session_id={ids[2]}", f"{PAGE}?session_id={ids[1]}", PAGE, STATUS):
        exchange.ask("GET", path, headers=held)
    exchange.ask("POST", VALIDATE, body={"session_id": ids[3]}, may_tell=ids[3])
    for key in (actors.key, actors.admin, actors.wrong):
        exchange.ask("GET", STATUS, key=key)
        exchange.ask("DELETE", CLEAN_UP, key=key)
        exchange.ask("POST", "/auth/create-session", key=key, body={"ttl_seconds": "x"})
    look_and_take_back(exchange, actors)
    for path in ("/auth/redis-health", "/livez", "/readyz", "/metrics", "/auth-demo"):
        exchange.ask("GET", path, key=actors.admin)


def look_and_take_back(exchange: Exchange, actors: Actors) -> None:
    for key in (actors.key, actors.admin, actors.wrong, KEYS.other):
        for state in ("active", "granted"):
            for query in (f"state={state}", f"state={state}&limit=1", f"state={state}&subject=ana"):
                listed = exchange.ask("GET", f"{SESSIONS}?{query}", key=key)
                if listed.status == 200 and listed.fields["next"]:
                    exchange.ask("GET", f"{SESSIONS}?after={listed.fields['next']}", key=key)
        for session_id in (*actors.ids[:3], actors.unknown):
            exchange.ask("GET", one(session_id), key=key)
            exchange.ask("GET", f"{SESSIONS}/{session_id}", key=key)
    gone = exchange.create(actors.key)
    actors.ids.append(gone)
    for session_id in (gone, actors.unknown):
        for key in (actors.wrong, actors.key, actors.admin):
            exchange.ask("DELETE", one(session_id), key=key)
    exchange.ask("DELETE", f"{SESSIONS}?subject=nobody", key=actors.key)
    exchange.ask("DELETE", f"{SESSIONS}?client=canary&subject=nobody", key=actors.admin)


def take_back_the_rest(exchange: Exchange, actors: Actors) -> None:
    entered = actors.ids[2]
    exchange.ask("DELETE", one(entered), key=actors.key)
    exchange.ask("GET", one(entered), key=actors.key)
    exchange.ask("DELETE", f"{SESSIONS}?subject=ana", key=actors.key)
    exchange.ask("DELETE", f"{SESSIONS}?all=true", key=actors.admin)


def one(session_id: str) -> str:
    return f"{SESSIONS}/{SessionId(session_id).digest.fingerprint}"


def make_mistakes(exchange: Exchange, actors: Actors) -> None:
    """Put each id and each key where it does not belong."""
    session_id, key, token = actors.ids[4], actors.key, actors.token
    for cookie in (
        f"{actors.cookie}x",
        actors.cookie[:-9],
        f"x={token}",
        token,
        f"{token}={token}",
    ):
        exchange.ask("GET", PAGE, headers={"Cookie": cookie})
    exchange.ask("GET", STATUS, key=token)
    exchange.ask("GET", f"{PAGE}?session_id={token}")
    exchange.ask("GET", f"{VALIDATE}?session_id={token[:100]}")
    for path in (
        f"{PAGE}?session_id={session_id}&session_id={session_id}",
        f"{PAGE}?session_id={session_id}x%00",
        f"{PAGE}?session_id={session_id * 3}",
        f"/{session_id}",
        f"/static/{session_id}",
        f"{STATUS}?key={key}",
        f"{VALIDATE}?session_id={key}",
        f"{VALIDATE}?{session_id}",
        f"{SESSIONS}/{session_id}",
        f"{SESSIONS}/{key}",
        f"{SESSIONS}?subject={session_id}",
        f"{SESSIONS}?after={session_id}",
        f"{SESSIONS}?{key}={session_id}",
    ):
        exchange.ask("GET", path)
        exchange.ask("PUT", path)
        exchange.ask("DELETE", path)
    for field in ("Authorization", "Cookie", "Referer", "User-Agent", "X-Forwarded-For", "Host"):
        exchange.ask("GET", STATUS, headers={field: key})
        exchange.ask("GET", f"{PAGE}?session_id=x", headers={field: session_id})
    basic = base64.b64encode(f"canary:{key}".encode()).decode()
    exchange.ask("GET", STATUS, headers={"Authorization": f"Basic {basic}"})
    exchange.ask("GET", STATUS, key=f"{key}x")
    exchange.ask("POST", VALIDATE, headers={"Content-Type": "application/json"})
    exchange.ask("POST", VALIDATE, body=[session_id])
    exchange.ask("POST", VALIDATE, body={"session_id": [session_id], session_id: key})
    exchange.ask("POST", "/auth/create-session", key=key, body={key: session_id})
    for request in (
        f"GET {PAGE}?session_id={session_id}\0 HTTP/1.1\r\nHost: a\r\n\r\n",
        f"GET {PAGE}?session_id={session_id} HTTP/9.9\r\nHost: a\r\n\r\n",
        f"{session_id} {key}\r\n\r\n",
        f"GET {STATUS} HTTP/1.1\r\nHost: a\r\nAuthorization Bearer {key}\r\n\r\n",
        f"GET {STATUS} HTTP/1.1\r\nHost: a\r\nX-Big: {key * 1000}\r\n\r\n",
        f"POST {VALIDATE} HTTP/1.1\r\nHost: a\r\nContent-Length: {session_id}\r\n\r\n{session_id}",
        f"POST {VALIDATE} HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n{{{session_id}",
    ):
        exchange.send(request.encode())


def lose_redis(exchange: Exchange, actors: Actors) -> None:
    """Ask while Redis is away: what is logged then is closest to what was sent."""
    exchange.ask("POST", "/auth/create-session", key=actors.key)
    exchange.ask("GET", f"{VALIDATE}?session_id={actors.ids[5]}", key=actors.key)
    exchange.ask("GET", f"{PAGE}?session_id={actors.ids[5]}")
    exchange.ask("GET", PAGE, headers={"Cookie": actors.cookie})
    for path in (SESSIONS, one(actors.ids[5]), f"{SESSIONS}?subject=ana"):
        exchange.ask("GET", path, key=actors.key)
        exchange.ask("DELETE", path, key=actors.key)


def of_processes(*pids: int) -> bytes:
    shown = (Path(f"/proc/{pid}/{what}") for pid in pids for what in ("cmdline", "environ"))
    return b"".join(path.read_bytes() for path in shown)


@pytest.mark.parametrize("redis_options", [SEE_THROUGH], ids=["see-through"])
def test_no_id_and_no_key_is_told_to_anybody_else_or_left_anywhere(
    tmp_path: Path,
    redis_server: RedisServer,
    serve: Serve,
    seeded: random.Random,
    figure: TakeFigure,
) -> None:
    actors = Actors(seeded)
    clients = actors.clients_file(tmp_path / "canaries.toml")
    with serve(CLIENTS_FILE=str(clients), LOG_LEVEL="DEBUG", DEBUG="True") as server:
        exchange = Exchange(server.url)
        with redis_server.client() as redis, Monitor(redis_server.port) as monitor:
            work_as_intended(exchange, actors)
            make_mistakes(exchange, actors)
            redis.save()
            take_back_the_rest(exchange, actors)
            slow = repr(redis.slowlog_get(10_000)).encode()
            redis.echo("the end")
            monitor.wait_for(b'"the end"')
        processes = of_processes(server.process.pid, redis_server.pid)
        redis_server.kill()
        lose_redis(exchange, actors)
        redis_server.start()
        log = server.log.encode()
    redis_server.stop()

    folder = redis_server.folder
    places = {
        "log": log,
        "RDB": (folder / "dump.rdb").read_bytes(),
        "AOF": b"".join(path.read_bytes() for path in sorted(folder.rglob("*.aof"))),
        "Redis's log": (folder / "redis.log").read_bytes(),
        "MONITOR": monitor.text,
        "slow log": slow,
        "processes": processes,
    }
    # The look is worth something only if there was something to see.
    used, open_still = (SessionId(actors.ids[n]).digest for n in (0, 6))
    assert used.fingerprint.encode() in log
    assert b'"reason":"used"' in log
    assert open_still.raw in places["RDB"]
    assert open_still.raw in places["AOF"]
    assert monitor.text.count(b'"ana') >= len(actors.ids)
    assert slow.count(b'"ana') >= len(actors.ids)
    assert b"redis-server" in processes

    canaries = actors.canaries
    for name, text in places.items():
        assert canaries.found_in(text) == set(), name
    for answer, may_tell in exchange.answers:
        assert canaries.found_in(answer) <= {may_tell}, answer
    told = sum(may_tell is not None for _, may_tell in exchange.answers)
    assert sum(bool(canaries.found_in(answer)) for answer, _ in exchange.answers) == told
    figure(
        "secrets: ids and keys found where they must not be",
        f"0 in {', '.join(places)} ({sum(map(len, places.values())):,} bytes) and in "
        f"{len(exchange.answers) - told} answers to others, of {len(actors.ids) + 5} canaries, "
        "whole or in pieces, plain, hex, base64 or percent-encoded",
    )


AN_ID = SessionId.compose("0" * 8, random.Random(0).randbytes(24)).text
A_KEY = compose_key(random.Random(1).randbytes(32))


def random_part(secret: str) -> str:
    return secret.removeprefix(f"fgs_{'0' * 8}_").removeprefix("fgk_")


@pytest.mark.parametrize("secret", [AN_ID, A_KEY])
@pytest.mark.parametrize(
    "form",
    [
        str.encode,
        lambda secret: random_part(secret).encode(),
        lambda secret: secret[-30:-15].encode(),
        lambda secret: secret.encode().hex().encode(),
        lambda secret: secret.encode().hex().upper().encode(),
        lambda secret: base64.b64encode(secret.encode()),
        lambda secret: base64.b64encode(b"." + secret.encode() + b".."),
        lambda secret: base64.b64encode(b"a:" + secret.encode()),
        lambda secret: base64.urlsafe_b64encode(secret.encode()),
        lambda secret: "".join(f"%{ord(c):02x}" for c in secret).encode(),
        lambda secret: base64.urlsafe_b64decode(random_part(secret) + "=="),
    ],
)
def test_the_look_for_canaries_finds_them_in_pieces_and_in_other_forms(
    secret: str, form: Callable[[str], bytes]
) -> None:
    assert Canaries([AN_ID, A_KEY]).found_in(b"some bytes " + form(secret) + b"\0") == {secret}


@pytest.mark.parametrize("name", ["server.log", "dump.rdb", "appendonly.aof"])
@pytest.mark.parametrize("secret", [AN_ID, A_KEY])
def test_the_look_for_leaks_finds_one(tmp_path: Path, name: str, secret: str) -> None:
    path = tmp_path / "deep" / name
    path.parent.mkdir()
    path.write_bytes(b"\x00\xff some bytes " + secret.encode() + b" and more")
    assert list(leaks_below(tmp_path)) == [path]
    path.unlink()  # or the look after the whole run would find it, too


def test_what_is_no_secret_is_no_find() -> None:
    digest = SessionId(AN_ID).digest
    text = b" ".join([AN_ID[:13].encode(), digest.raw, digest.raw.hex().encode()])
    assert Canaries([AN_ID]).found_in(text) == set()
