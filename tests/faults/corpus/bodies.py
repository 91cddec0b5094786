"""Bodies: JSON that two parsers could read in two ways, and what is no JSON."""

from tests.faults.corpus.case import (
    GOOD,
    ID_BODY,
    MARK,
    PORTAL,
    REDEEM,
    SCRIPT,
    Case,
    create_whole,
    harmless,
    post_whole,
    refused,
)
from tests.http.talk import CREATE, VALIDATE, request_bytes

TEXT = ID_BODY.decode()


def beside(more: str) -> bytes:
    """Write an object that redeems, were it not for what stands beside the id."""
    return f'{TEXT[:-1]},"x":{more}}}'.encode()


NOT_JSON = {
    "empty text": b" ",
    "cut off": ID_BODY[:-1],
    "twice": ID_BODY + ID_BODY,
    "NUL after": ID_BODY + b"\x00",
    "byte order mark": b"\xef\xbb\xbf" + ID_BODY,
    "UTF-16 with mark": TEXT.encode("utf-16"),
    "UTF-16 LE": TEXT.encode("utf-16-le"),
    "UTF-16 BE": TEXT.encode("utf-16-be"),
    "UTF-32": TEXT.encode("utf-32"),
    "UTF-7": TEXT.replace('"', "+ACI-").encode(),
    "EBCDIC": TEXT.encode("cp500"),
    "overlong UTF-8": beside('"\xc0\xaf"').decode().encode("latin-1"),
    "UTF-8 surrogate": beside('"?"').replace(b"?", b"\xed\xa0\x80"),
    "lone surrogate": beside(r'"\ud800"'),
    "NaN": beside("NaN"),
    "Infinity": beside("-Infinity"),
    "5,000 digits": beside("9" * 5000),
    "hexadecimal": beside("0x10"),
    "leading zero": beside("010"),
    "comment": beside("1/**/"),
    "the name twice": f'{TEXT[:-1]},"session_id":"{GOOD}"}}'.encode(),
    "the name twice, escaped": f'{TEXT[:-1]},"session\\u005fid":"{MARK}"}}'.encode(),
    "a name twice inside": beside('{"a":1,"a":2}'),
    "17 levels": beside("[" * 16 + "]" * 16),
    "2,000 levels": beside("[" * 2000 + "]" * 2000),
    "8,000 levels that do not end": b"[" * 8000,
    "2,000 objects": b'{"a":' * 2000,
    "a list": b"[" + ID_BODY + b"]",
    "a text": f'"{GOOD}"'.encode(),
    "an id in a list": f'{{"session_id":["{GOOD}"]}}'.encode(),
    "an id in an object": f'{{"session_id":{{"$ne":"{MARK}"}}}}'.encode(),
    "a number": b'{"session_id":1e999}',
    "null": b'{"session_id":null}',
    "a prototype": f'{{"__proto__":{TEXT}}}'.encode(),
    "a form": f"session_id={GOOD}".encode(),
    "XML": f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "{MARK}">]><a>&b;</a>'.encode(),
    "a pickle": b"cposix\nsystem\n(S'true'\ntR.",
    "an archive": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
}

TYPES = [
    "text/plain",
    "text/json",
    "application/x-www-form-urlencoded",
    f"multipart/form-data; boundary={MARK}",
    f"multipart/form-data; boundary={'x' * 5000}",
    "multipart/form-data",
    "application/jsonp",
    "application/json, text/plain",
    "application/json\xff",
    f"{SCRIPT}/*",
    "",
]

FORM = f'--{MARK}\r\nContent-Disposition: form-data; name="session_id"\r\n\r\n{GOOD}\r\n--{MARK}--'

CASES: list[Case] = [
    *(refused(f"JSON {name}", post_whole(body), 400) for name, body in NOT_JSON.items()),
    *(
        refused(f"JSON {name}, to create", create_whole(body), 400)
        for name, body in NOT_JSON.items()
    ),
    *(
        refused(f"type {text[:24]!r}", request_bytes(
            "POST", VALIDATE, f"Content-Type: {text}", f"Content-Length: {len(ID_BODY)}",
            body=ID_BODY,
        ), 415)
        for text in TYPES
    ),
    refused("multipart body", request_bytes(
        "POST", CREATE, PORTAL, f"Content-Type: multipart/form-data; boundary={MARK}",
        f"Content-Length: {len(FORM)}", body=FORM.encode(),
    ), 415),
    refused("in query and body", post_whole(ID_BODY, target=REDEEM), 400),
    refused("null in the body beside the query", post_whole(
        b'{"session_id":null}', target=REDEEM
    ), 400),
    harmless("compressed, it says", post_whole(ID_BODY, "Content-Encoding: gzip"), 415),
    harmless("in UTF-16, it says", post_whole(ID_BODY, "Content-Type: x"), 415),
    harmless("asks before it sends", post_whole(ID_BODY, "Expect: 100-continue")),
    harmless("expects what is not known", post_whole(ID_BODY, f"Expect: {MARK}"), 417),
    *(
        refused(f"wish {body[:40]!r}", create_whole(body.encode()), 400)
        for body in (
            f'{{"{MARK}":1}}',
            f'{{"{SCRIPT.replace(chr(34), "")}":1}}',
            f'{{"subject":"{MARK}\\u0000"}}',
            f'{{"subject":"{MARK}\\r\\nSet-Cookie: a"}}',
            f'{{"subject":["{MARK}"]}}',
            f'{{"metadata":"{MARK}"}}',
            f'{{"metadata":{{"{MARK}":"{"a" * 3000}"}}}}',
            f'{{"ttl_seconds":"{MARK}"}}',
            '{"ttl_seconds":1e999}',
            '{"ttl_seconds":' + "9" * 4000 + "}",
            '{"ttl_seconds":-1}',
            '{"ttl_seconds":true}',
        )
    ),
]  # fmt: skip
