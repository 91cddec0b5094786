"""Header lines: their ends, the characters in them, and headers with a meaning."""

from tests.faults.corpus.case import MARK, SCRIPT, Case, get, harmless, malformed, refused
from tests.http.talk import VALIDATE

CONTROLS = [c for c in range(32) if chr(c) not in "\t\r\n"] + [127]

LANGUAGES = [
    MARK,
    "../../../etc/passwd",
    "en;q=" + "9" * 400,
    "en;q=1e999",
    "en;q=nan, pt;q=-inf",
    "en;q=",
    ";q=1, ;;;, =",
    "en;" * 500,
    "," * 3000,
    "\xff\xfe;q=\xb9",
    "en-" + "a" * 2000,
]

CASES: list[Case] = [
    harmless("bare LF as every line end", get().replace(b"\r\n", b"\n"), 400),
    harmless("bare LF as one line end", get("X-A: a\nX-B: b"), 400),
    malformed("bare CR as every line end", get().replace(b"\r\n", b"\r") + b"\r\n\r\n"),
    malformed("bare CR as one line end", get("X-A: a\rX-B: b")),
    malformed("CR CR LF", get("X-A: a\r")),
    malformed("bare CR in a value", get("X-A: a\rb")),
    malformed("folded", get("X-A: a", "  b")),
    malformed("folded by a tab", get("X-A: a", "\tb")),
    malformed("folded first line", get().replace(b"Host:", b" Host:")),
    malformed("folded to nothing", get("X-A: a", " ")),
    malformed("folded by LF", get("X-A: a\n b")),
    malformed("space before the colon", get("X-A : a")),
    malformed("tab before the colon", get("X-A\t: a")),
    malformed("no colon", get(MARK)),
    malformed("no name", get(f": {MARK}")),
    malformed("space in a name", get("X A: a")),
    malformed("brackets in a name", get(f"X[{MARK}]: a")),
    malformed("name beyond ASCII", get("X-\xc9: a")),
    *(malformed(f"{c:#04x} in a value", get(f"X-A: a{chr(c)}b")) for c in CONTROLS),
    *(malformed(f"{c:#04x} in a name", get(f"X{chr(c)}A: a")) for c in CONTROLS),
    *(
        malformed(f"{c:#04x} in the target", get(target=f"{VALIDATE}?x={chr(c)}"))
        for c in CONTROLS
    ),
    harmless("value beyond ASCII", get("X-A: \xff\xfe\x80"), 400),
    harmless("empty value", get("X-A:")),
    harmless("the same header 500 times", get(*["X-A: a"] * 500), 431),
    harmless("cookies that are none", get('Cookie: \xff=; $=;;=;"\\777"; __Host-=a'), 400),
    *(harmless(f"language {text[:20]!r}", get(f"Accept-Language: {text}")) for text in LANGUAGES),
    harmless("language twice", get("Accept-Language: en", f"Accept-Language: {MARK}")),
    *(
        refused(f"credentials {text[:24]!r}", get(f"Authorization: {text}"), 401)
        for text in (
            "",
            "Bearer",
            "Bearer ",
            f"Bearer {MARK}",
            "Bearer \xff\xfe\x80",
            f"Basic {MARK}",
            f"Bearer {'a' * 4000}",
            f'Digest username="{MARK}"',
            f"Bearer {SCRIPT}",
        )
    ),
    refused("credentials twice", get(f"Authorization: Bearer {MARK}", "Authorization: x"), 401),
    *(
        harmless(f"forwarded for {text[:24]!r}", get(f"X-Forwarded-For: {text}"))
        for text in (MARK, SCRIPT, "::ffff:1.2.3.4%eth0", "1" * 4000, "," * 4000, "\xff", "1.2.3.4")
    ),
    harmless("real address", get(f"X-Real-IP: {MARK}", f"Forwarded: for={MARK}", "Via: x")),
    harmless("upgrade to h2c", get(
        "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQ"
    )),
    harmless("upgrade to WebSocket", get(
        "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    )),
    harmless("upgrade to TLS", get("Connection: Upgrade", "Upgrade: TLS/1.0")),
    harmless("a connection of many words", get("Connection: close, keep-alive, host, \t,te")),
    harmless("ranges", get("Range: bytes=" + ",".join(["0-1"] * 500), f"If-Range: {MARK}")),
    harmless("conditions", get("If-None-Match: *", "If-Match: x", "If-Modified-Since: never")),
]  # fmt: skip
