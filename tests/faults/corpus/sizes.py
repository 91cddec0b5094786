"""Too much of everything."""

from tests.faults.corpus.case import (
    GOOD,
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
from tests.http.talk import VALIDATE, chunked

KIB = 1024
CHUNKED = "Transfer-Encoding: chunked"


def padded(size: int) -> bytes:
    return f'{{"session_id":"{GOOD}"'.encode().ljust(size - 1) + b"}"


CASES: list[Case] = [
    refused("target of 5 KiB", get(target=REDEEM + "&a=" + "a" * 5 * KIB), 414),
    refused("target of 30 KiB", get(target=REDEEM + "&a=" + "a" * 30 * KIB), 414),
    too_much("target of 64 KiB", get(target=REDEEM + "&a=" + "a" * 64 * KIB), 414),
    too_much("target of 1 MiB", get(target=REDEEM + "&a=" + "a" * KIB * KIB), 414),
    too_much("a first line that does not end", b"GET /" + b"a" * KIB * KIB, 414),
    too_much("a method of 64 KiB", b"A" * 64 * KIB + get()),
    refused("header of 9 KiB", get("X-A: " + "a" * 9 * KIB), 431),
    too_much("header of 64 KiB", get("X-A: " + "a" * 64 * KIB), 431),
    too_much("header name of 64 KiB", get("X" * 64 * KIB + ": a"), 431),
    refused("1,000 headers", get(*(f"X-{n}: a" for n in range(1000))), 431),
    too_much("10,000 headers", get(*(f"X-{n}: a" for n in range(10_000))), 431),
    too_much("64 KiB of empty lines", b"\r\n" * 32 * KIB + get()),
    malformed("1,500 parameters", get(target=REDEEM + "&a" * 1500)),
    harmless("500 parameters", get(target=REDEEM + "&a" * 500)),
    refused("body of 17 KiB", post_whole(padded(17 * KIB)), 413),
    refused("body of 900 KiB", post_whole(padded(900 * KIB)), 413),
    too_much("body of 2 MiB", post_whole(padded(2 * KIB * KIB)), 413),
    refused("chunks of 17 KiB", post(CHUNKED, body=chunked(padded(17 * KIB))), 413),
    too_much("chunks of 2 MiB", post(CHUNKED, body=chunked(padded(2 * KIB * KIB))), 413),
    refused("20,000 chunks", post(CHUNKED, body=chunked(padded(20_000), 1)), 413),
    refused("GET with a body of 900 KiB", get(
        f"Content-Length: {900 * KIB}"
    ) + padded(900 * KIB), 413),
    *(
        too_much(f"length of {text[:24]}", post(f"Content-Length: {text}"), 413)
        for text in (
            str(2**31), str(2**32), str(2**63 - 1), str(2**63), str(2**64), "9" * 30, "9" * 5000,
            "0" * 5000 + "9",
        )
    ),
    *(
        too_much(f"chunk of {size[:17].decode()}", post(
            CHUNKED, body=size + b"\r\n" + padded(2 * KIB * KIB)
        ), 413)
        for size in (b"7fffffff", b"ffffffff", b"7" + b"f" * 15, b"f" * 16, b"f" * 17, b"f" * 60,
                     b"f" * 5000)
    ),
    too_much("range of 7 KiB at an address of 30 KiB", get(
        "Range: bytes=" + "0-," * 2000, target=VALIDATE + "?" + "a" * 30 * KIB
    ), 414, 431),
]  # fmt: skip
