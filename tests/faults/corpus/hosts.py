"""Host headers: none, two, and such as an answer must not believe."""

from tests.faults.corpus.case import MARK, PORTAL, Case, get, malformed, refused
from tests.http.talk import CREATE, request_bytes


def host(name: str) -> bytes:
    """Ask for a session, whose address must not be made of what stands in Host."""
    asked = request_bytes("POST", CREATE, PORTAL)
    return asked.replace(b"Host: localhost", b"Host: " + name.encode("latin-1"))


CASES: list[Case] = [
    malformed("no Host", get().replace(b"Host: localhost\r\n", b"")),
    malformed("two Hosts", get(f"Host: {MARK}.example")),
    malformed("two equal Hosts", get("Host: localhost")),
    malformed("Host with a list", host(f"localhost, {MARK}.example")),
    *(
        malformed(f"Host {name!r}", host(name))
        for name in (
            "a b",
            f"user@{MARK}",
            f"user:password@{MARK}",
            f"{MARK}/path",
            f"{MARK}?query",
            f"{MARK}#part",
            f"{MARK}\\",
            f'{MARK}"><script>',
            f"{MARK}%zz",
            f"{MARK}\x00",
            f"{MARK}\x7f",
            f"{MARK}\xe9",
        )
    ),
    *(
        refused(f"Host {name!r}", host(name), 200, 400)
        for name in (
            f"{MARK}.example",
            f"{MARK}.example:99999",
            f"{MARK}:80:80",
            f"[::{MARK}",
            f"[::1]{MARK}",
            f"..{MARK}..",
            f"{MARK}%2e",
            "0x7f.1",
            "",
        )
    ),
    refused("X-Forwarded-Host", host("localhost").replace(
        b"\r\n\r\n", f"\r\nX-Forwarded-Host: {MARK}\r\nForwarded: host={MARK}\r\n\r\n".encode()
    ), 200),
]  # fmt: skip
