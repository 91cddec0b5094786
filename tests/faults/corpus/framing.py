"""Framing: requests that claim to end in two places, as smugglers of requests need them.

Each carries an id that can be redeemed, in the body or in a second request hidden there.
"""

from tests.faults.corpus.case import (
    ID_BODY,
    REDEEM,
    Case,
    get,
    harmless,
    malformed,
    post,
    post_whole,
    refused,
    too_much,
)
from tests.http.talk import IFRAME, LIVEZ, chunked, request_bytes

LENGTH = f"Content-Length: {len(ID_BODY)}"
CHUNKED = "Transfer-Encoding: chunked"
PIECES = chunked(ID_BODY)
HIDDEN = get()
SIZE = b"%x" % len(ID_BODY)


def in_chunks(body: bytes, *headers: str) -> bytes:
    return post(CHUNKED, *headers, body=body)


def chunk(size: bytes, end: bytes = b"\r\n", last: bytes = b"0\r\n\r\n") -> bytes:
    return in_chunks(size + b"\r\n" + ID_BODY + end + last)


def old(request: bytes) -> bytes:
    return request.replace(b"HTTP/1.1", b"HTTP/1.0")


CASES: list[Case] = [
    malformed("length and chunks, the length first", post(LENGTH, CHUNKED, body=PIECES)),
    malformed("length and chunks, the chunks first", post(CHUNKED, LENGTH, body=PIECES)),
    malformed("a short length and chunks", post("Content-Length: 4", CHUNKED, body=PIECES)),
    malformed("no chunks and a request", post(
        f"Content-Length: {5 + len(HIDDEN)}", CHUNKED, body=b"0\r\n\r\n" + HIDDEN
    )),
    malformed("two lengths", post(LENGTH, "Content-Length: 0", body=ID_BODY)),
    malformed("two lengths, zero first", post("Content-Length: 0", LENGTH, body=HIDDEN)),
    malformed("two lengths in a list", post(f"{LENGTH}, 0", body=ID_BODY)),
    harmless("the same length twice", post(LENGTH, LENGTH), 400),
    harmless("the same length in a list", post(f"{LENGTH}, {len(ID_BODY)}"), 400),
    *(
        malformed(f"length {text!r}", post(f"Content-Length: {text}"))
        for text in ("-1", "+5", "0x10", "1_0", "1e1", "5 5", "5;", "", "\xb2", "five", "NaN", ",")
    ),
    harmless("length after a tab", post(LENGTH.replace(" ", "\t"))),
    malformed("length with a space before the colon", post(LENGTH.replace(":", " :"))),
    malformed("length after NUL", post(LENGTH.replace(" ", "\x00"))),
    harmless("chunks in capitals", in_chunks(PIECES).replace(b": chunked", b": CHUNKED"), 400),
    harmless("chunks after a tab", post("Transfer-Encoding:\tchunked", body=PIECES)),
    malformed("chunks twice", post(CHUNKED, CHUNKED, body=PIECES)),
    malformed("chunks with a space before the colon", post(CHUNKED.replace(":", " :"))),
    *(
        malformed(f"encoding {text!r}", post(f"Transfer-Encoding: {text}", body=PIECES))
        for text in (
            "xchunked", "chunkedx", "chunked, identity", "identity, chunked", "gzip, chunked",
            "chunked,", ",chunked", '"chunked"', "chunked;a=b", "\x0bchunked", "chunk ed",
            "identity", "", "chunked\xa0",
        )
    ),
    *(
        malformed(f"a length and encoding {text!r}", post(LENGTH, f"Transfer-Encoding: {text}"))
        for text in ("identity", "xchunked", "", "chunked, identity", "\tchunked")
    ),
    refused("an encoding by another name", post(
        "Transfer_Encoding: chunked", "Content-Length: 5", body=b"0\r\n\r\n"
    ), 400),
    *(
        malformed(f"chunk size {size!r}", chunk(size))
        for size in (b"-1", b"+" + SIZE, b"0x" + SIZE, b"1_0", b" " + SIZE, SIZE + b" ", b"", b"g")
    ),
    malformed("chunk with an extension", chunk(SIZE + b";a=b")),
    malformed("chunk with a quoted extension", chunk(SIZE + b';a="\n"')),
    too_much("chunk with an endless extension", chunk(SIZE + b";" + b"a" * 5000)),
    harmless("chunk size with zeros before", chunk(b"000000" + SIZE), 400),
    malformed("chunk larger than it says", chunk(SIZE, end=b"xx\r\n")),
    malformed("chunk without its end", chunk(SIZE, end=b"")),
    malformed("chunk that ends in LF", chunk(SIZE, end=b"\n")),
    malformed("last chunk with garbage after", chunk(SIZE, last=b"0\r\nxx\r\n\r\n")),
    malformed("trailers", chunk(SIZE, last=b"0\r\nX-A: b\r\n\r\n")),
    malformed("a length as trailer", chunk(SIZE, last=b"0\r\nContent-Length: 9\r\n\r\n")),
    too_much("chunks that end in LF", in_chunks(PIECES.replace(b"\r\n", b"\n") + b"a" * 64)),
    refused("a byte a chunk", in_chunks(chunked(ID_BODY, 1)), 401),
    Case("chunks in HTTP/1.0", old(in_chunks(PIECES)), frozenset({200, 400, 501}),
         closes=True, may_redeem=True),
    refused("a request in the body of a GET", request_bytes(
        "GET", LIVEZ, f"Content-Length: {len(HIDDEN)}", body=HIDDEN
    ), 200),
    refused("a request in chunks of a GET", request_bytes(
        "GET", LIVEZ, CHUNKED, body=chunked(HIDDEN)
    ), 200),
    refused("a request in a body of JSON", post_whole(HIDDEN), 400),
    refused("a request in the body of a wrong method", request_bytes(
        "PUT", IFRAME, f"Content-Length: {len(HIDDEN)}", body=HIDDEN
    ), 405),
    refused("a request in the body of no address", request_bytes(
        "POST", "/nothing", f"Content-Length: {len(HIDDEN)}", body=HIDDEN
    ), 404),
    malformed("a request in a header", get(f"X-A: a\r\n\rGET {REDEEM} HTTP/1.1")),
]  # fmt: skip
