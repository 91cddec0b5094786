"""First lines: versions of the protocol, methods, and what is no first line at all."""

from tests.faults.corpus.case import GOOD, MARK, REDEEM, Case, get, harmless, malformed, refused
from tests.http.talk import IFRAME, at, request_bytes

HTTP2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"
TLS_HELLO = b"\x16\x03\x01\x00\x80\x01\x00\x00\x7c\x03\x03" + b"\x5a" * 117 + b"\r\n\r\n"
PROXY_V2 = b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\x7f\x00\x00\x01\x7f\x00\x00\x01\x00\x50\x00\x50"


def version(text: bytes) -> bytes:
    return get().replace(b"HTTP/1.1", text)


def first_line(line: bytes) -> bytes:
    return line + b"\r\nHost: localhost\r\n\r\n"


CASES: list[Case] = [
    malformed("HTTP/0.9", b"GET " + REDEEM.encode() + b"\r\n\r\n"),
    harmless("HTTP/1.0", version(b"HTTP/1.0")),
    harmless("HTTP/1.2", version(b"HTTP/1.2"), 400, 505),
    *(
        malformed(f"version {text!r}", version(text))
        for text in (b"HTTP/2.0", b"HTTP/3", b"http/1.1", b"HTTP/1.1 ", b"HTTP/11", b"HTTP/1.\xb9")
    ),
    malformed("HTTP/2 preface", HTTP2),
    malformed("TLS hello", TLS_HELLO),
    malformed("PROXY protocol 1", b"PROXY TCP4 127.0.0.1 127.0.0.1 80 80\r\n" + get()),
    malformed("PROXY protocol 2", PROXY_V2 + get()),
    malformed("Redis command", b"*1\r\n$4\r\nPING\r\n\r\n"),
    malformed("nothing but lines", b"\r\n\r\n\r\n\r\n"),
    malformed("NULs", b"\x00" * 100 + b"\r\n\r\n"),
    malformed("no method", first_line(b" " + REDEEM.encode() + b" HTTP/1.1")),
    malformed("no target", first_line(b"GET  HTTP/1.1")),
    malformed("only a method", first_line(b"GET")),
    malformed("two spaces", get().replace(b"GET ", b"GET  ")),
    malformed("tab for space", get().replace(b"GET ", b"GET\t")),
    malformed("vertical tab for space", get().replace(b"GET ", b"GET\x0b")),
    malformed("space before method", b" " + get()),
    malformed("space in target", get(target=f"{REDEEM} x")),
    malformed("method in quotes", get().replace(b"GET", b'"GET"')),
    malformed("method with NUL", get().replace(b"GET", b"G\x00ET")),
    malformed("method beyond ASCII", get().replace(b"GET", b"G\xc9T")),
    harmless("empty line before", b"\r\n" + get(), 400),
    *(
        refused(f"method {method}", request_bytes(method, REDEEM), 405, 501)
        for method in ("get", "Get", MARK, "A" * 300, "TRACE", "TRACK", "PROPFIND", "__init__")
    ),
    refused("method overridden", request_bytes(
        "POST", at(IFRAME, GOOD), "X-HTTP-Method-Override: GET", "Content-Length: 0"
    ), 405),
    refused("CONNECT", request_bytes("CONNECT", f"{MARK}.example:443"), 400, 405),
    Case("HEAD", request_bytes("HEAD", at(IFRAME, "x")), frozenset({405}), to_head=True),
]  # fmt: skip
