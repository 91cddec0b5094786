"""Bodies that are refused, and what may stand in a body after all."""

import pytest

from tests.http.house import OTHER_KEY, OTHER_TTL, PORTAL_KEY, PORTAL_TTL, House
from tests.http.talk import (
    CREATE,
    JSON,
    VALIDATE,
    Api,
    at,
    chunked,
    code_of,
    fields,
    request_bytes,
    wire,
)

pytestmark = pytest.mark.gen_test

KIB = 1024
MOST = 16 * KIB


def nested(opening: bytes, closing: bytes, levels: int, inmost: bytes = b"") -> bytes:
    """Write an object with so many levels, itself the first."""
    inner = opening * (levels - 1) + inmost + closing * (levels - 1)
    return b'{"session_id": "GOOD", "x": ' + inner + b"}"


# GOOD stands for an id that can be redeemed: each body here would redeem it, were it not for
# what is wrong with it. On its way to create-session it is wrong just the same.
BAD_JSON = [
    ("cut off", b'{"session_id": "GOOD"', "body_not_json"),
    ("more after it", b'{"session_id": "GOOD"} {}', "body_not_json"),
    ("single quotes", b"{'session_id': 'GOOD'}", "body_not_json"),
    ("trailing comma", b'{"session_id": "GOOD",}', "body_not_json"),
    ("comment", b'{"session_id": "GOOD" /* here */}', "body_not_json"),
    ("only space", b" ", "body_not_json"),
    ("NUL after it", b'{"session_id": "GOOD"}\x00', "body_not_json"),
    ("a form", b"session_id=GOOD", "body_not_json"),
    ("invalid UTF-8", b'{"session_id": "GOOD", "x": "\xff"}', "body_not_json"),
    ("Latin-1", b'{"session_id": "GOOD", "x": "\xe9"}', "body_not_json"),
    ("encoded surrogate", b'{"session_id": "GOOD", "x": "\xed\xa0\x80"}', "body_not_json"),
    ("byte order mark", b'\xef\xbb\xbf{"session_id": "GOOD"}', "body_not_json"),
    ("UTF-16", '{"session_id": "GOOD"}'.encode("utf-16-le"), "body_not_json"),
    ("NaN", b'{"session_id": "GOOD", "x": NaN}', "body_not_json"),
    ("Infinity", b'{"session_id": "GOOD", "x": Infinity}', "body_not_json"),
    ("-Infinity", b'{"session_id": "GOOD", "x": [-Infinity]}', "body_not_json"),
    ("5,000 digits", b'{"session_id": "GOOD", "x": ' + b"9" * 5000 + b"}", "body_not_json"),
    ("lone surrogate", b'{"session_id": "GOOD", "x": "\\ud800"}', "body_not_json"),
    ("lone surrogate as a name", b'{"session_id": "GOOD", "\\udc00": 1}', "body_not_json"),
    ("twice", b'{"session_id": "GOOD", "session_id": "GOOD"}', "body_repeats_field"),
    ("twice, escaped", b'{"session_id": "GOOD", "session\\u005fid": 1}', "body_repeats_field"),
    ("twice inside", b'{"session_id": "GOOD", "x": {"a": 1, "a": 1}}', "body_repeats_field"),
    ("twice deeper", b'{"session_id": "GOOD", "x": [[{"a": 1, "a": 2}]]}', "body_repeats_field"),
    ("list", b'["session_id", "GOOD"]', "body_not_object"),
    ("text", b'"GOOD"', "body_not_object"),
    ("number", b"7", "body_not_object"),
    ("true", b"true", "body_not_object"),
    ("null", b"null", "body_not_object"),
    ("17 levels", nested(b"[", b"]", 17), "body_too_deep"),
    ("20 levels", nested(b'{"x":', b"}", 20, b"1"), "body_too_deep"),
]

VERY_DEEP = [
    ("closed lists", b"[" * (MOST // 2) + b"]" * (MOST // 2)),
    ("open lists", b"[" * MOST),
    ("closed objects", b'{"x":' * 2000 + b"{}" + b"}" * 2000),
    ("open objects", b'{"x":' * (MOST // 5)),
    ("just below Python's own limit", b'{"x":' + b"[" * 900 + b"]" * 900 + b"}"),
]

bad_json = pytest.mark.parametrize(
    ("body", "code"), [case[1:] for case in BAD_JSON], ids=[case[0] for case in BAD_JSON]
)


def long_json(size: int, session_id: str = "") -> bytes:
    """Write an object that redeems ``session_id``, in ``size`` bytes."""
    start = f'{{"session_id": "{session_id}"'.encode()
    return start + b" " * (size - len(start) - 1) + b"}"


@bad_json
async def test_bad_json_redeems_nothing(api: Api, house: House, body: bytes, code: str) -> None:
    async with house.unchanged(api) as session_id:
        response = await api.post_json(VALIDATE, body.replace(b"GOOD", session_id.encode()))

    assert (response.code, code_of(response)) == (400, code)


@bad_json
async def test_bad_json_creates_nothing(api: Api, house: House, body: bytes, code: str) -> None:
    async with house.unchanged(api):
        response = await api.post_json(CREATE, body, key=PORTAL_KEY)

    assert (response.code, code_of(response)) == (400, code)


@pytest.mark.parametrize(
    "body", [case[1] for case in VERY_DEEP], ids=[case[0] for case in VERY_DEEP]
)
@pytest.mark.parametrize("path", [CREATE, VALIDATE])
async def test_very_deep_json_is_refused_like_any_other(
    api: Api, house: House, path: str, body: bytes
) -> None:
    async with house.unchanged(api):
        response = await api.post_json(path, body, key=PORTAL_KEY)

    assert response.code == 400
    assert code_of(response) in {"body_not_json", "body_too_deep"}


async def test_100_000_levels_are_too_large_before_they_are_too_deep(
    api: Api, house: House
) -> None:
    async with house.unchanged(api):
        response = await api.post_json(CREATE, b"[" * 50_000 + b"]" * 50_000, key=PORTAL_KEY)

    assert (response.code, code_of(response)) == (413, "body_too_large")


async def test_16_levels_are_not_too_deep(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)
    body = nested(b"[", b"]", 16).replace(b"GOOD", session_id.encode())

    assert (await api.post_json(VALIDATE, body)).code == 200


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/json, text/plain",
        "text/json",
        "json",
        "",
    ],
)
@pytest.mark.parametrize("path", [CREATE, VALIDATE])
async def test_a_body_of_another_type_is_refused(
    api: Api, house: House, path: str, media_type: str
) -> None:
    async with house.unchanged(api) as session_id:
        response = await api.send(
            "POST",
            path,
            key=PORTAL_KEY,
            headers={"Content-Type": media_type},
            body=f'{{"session_id": "{session_id}"}}' if path == VALIDATE else "{}",
        )

    assert (response.code, code_of(response)) == (415, "content_type_not_json")


@pytest.mark.parametrize("path", [CREATE, VALIDATE])
async def test_a_body_of_no_type_is_refused(
    api: Api, house: House, http_port: int, path: str
) -> None:
    async with house.unchanged(api) as session_id, wire(http_port) as line:
        body = f'{{"session_id": "{session_id}"}}'.encode()
        answer = await line.ask(
            request_bytes(
                "POST",
                path,
                f"Authorization: Bearer {PORTAL_KEY}",
                f"Content-Length: {len(body)}",
                body=body,
            )
        )

    assert (answer.status, answer.code) == (415, "content_type_not_json")


class TestSizes:
    async def test_16_kib_are_read(self, api: Api) -> None:
        session_id = await api.create(PORTAL_KEY)

        assert (await api.post_json(VALIDATE, long_json(MOST, session_id))).code == 200

    @pytest.mark.parametrize("size", [MOST + 1, 17 * KIB, 900 * KIB])
    @pytest.mark.parametrize("path", [CREATE, VALIDATE])
    async def test_more_is_refused_to_whoever_is_still_sending(
        self, api: Api, house: House, path: str, size: int
    ) -> None:
        async with house.unchanged(api) as session_id:
            body = long_json(size, session_id)
            response = await api.post_json(path, body, key=PORTAL_KEY)

        assert (response.code, code_of(response)) == (413, "body_too_large")

    @pytest.mark.parametrize("size", [MOST + 1, 17 * KIB, 900 * KIB])
    async def test_more_is_refused_in_chunks_too(
        self, api: Api, house: House, http_port: int, size: int
    ) -> None:
        async with house.unchanged(api) as session_id, wire(http_port) as line:
            answer = await line.ask(
                request_bytes(
                    "POST",
                    VALIDATE,
                    f"Content-Type: {JSON}",
                    "Transfer-Encoding: chunked",
                    body=chunked(long_json(size, session_id)),
                )
            )

        assert (answer.status, answer.code) == (413, "body_too_large")

    async def test_a_small_body_in_chunks_is_read(self, api: Api, http_port: int) -> None:
        session_id = await api.create(PORTAL_KEY)

        async with wire(http_port) as line:
            answer = await line.ask(
                request_bytes(
                    "POST",
                    VALIDATE,
                    f"Content-Type: {JSON}",
                    "Transfer-Encoding: chunked",
                    body=chunked(long_json(300, session_id), size=7),
                )
            )

        assert answer.status == 200

    @pytest.mark.parametrize("path", [CREATE, VALIDATE])
    async def test_3_mib_are_refused_before_they_are_sent(
        self, api: Api, house: House, http_port: int, path: str
    ) -> None:
        async with house.unchanged(api), wire(http_port) as line:
            answer = await line.ask(
                request_bytes(
                    "POST", path, f"Content-Type: {JSON}", f"Content-Length: {3 * KIB * KIB}"
                )
            )
            rest = await line.rest()

        assert (answer.status, answer.code, rest) == (413, "body_too_large", b"")

    async def test_whoever_asks_before_sending_too_much_is_not_told_to_go_on(
        self, api: Api, house: House, http_port: int
    ) -> None:
        async with house.unchanged(api), wire(http_port) as line:
            answer = await line.ask(
                request_bytes(
                    *("POST", VALIDATE, f"Content-Type: {JSON}"),
                    *("Expect: 100-continue", f"Content-Length: {MOST + 1}"),
                )
            )

        assert (answer.status, answer.code) == (413, "body_too_large")

    async def test_more_than_a_mib_in_chunks_is_refused_before_it_has_been_sent(
        self, api: Api, house: House, http_port: int
    ) -> None:
        async with house.unchanged(api) as session_id, wire(http_port) as line:
            head = request_bytes(
                "POST", VALIDATE, f"Content-Type: {JSON}", "Transfer-Encoding: chunked"
            )
            sent = chunked(long_json(KIB * KIB, session_id)).removesuffix(b"0\r\n\r\n")
            answer = await line.ask(head + sent + b"2000\r\n")
            rest = await line.rest()

        assert (answer.status, answer.code, rest) == (413, "body_too_large", b"")

    @pytest.mark.parametrize(
        "length", ["9" * 30, "9" * 5000, "-1", "1e3", "0x10", "7, 8", "+7"],
        ids=["30 digits", "5,000 digits", "negative", "float", "hex", "two", "signed"],
    )  # fmt: skip
    async def test_a_length_that_is_none_is_refused(
        self, api: Api, house: House, http_port: int, length: str
    ) -> None:
        async with house.unchanged(api), wire(http_port) as line:
            answer = await line.ask(
                request_bytes(
                    "POST", VALIDATE, f"Content-Type: {JSON}", f"Content-Length: {length}"
                )
            )

        assert answer.status in {400, 413}

    async def test_a_body_with_two_lengths_is_refused(
        self, api: Api, house: House, http_port: int
    ) -> None:
        async with house.unchanged(api) as session_id, wire(http_port) as line:
            body = long_json(200, session_id)
            answer = await line.ask(
                request_bytes(
                    "POST",
                    VALIDATE,
                    f"Content-Type: {JSON}",
                    "Transfer-Encoding: chunked",
                    f"Content-Length: {len(body)}",
                    body=chunked(body),
                )
            )
            rest = await line.rest()

        assert (answer.status, rest) == (400, b"")

    async def test_a_body_where_none_belongs_is_not_read(self, api: Api, house: House) -> None:
        async with house.unchanged(api):
            response = await api.send("DELETE", "/livez", body=b"x" * (17 * KIB))

        assert (response.code, code_of(response)) == (405, "method_not_allowed")


class TestCreating:
    @pytest.mark.parametrize("field", ["ttl", "session_id", "Subject", "", "metadata "])
    async def test_an_unknown_field_is_refused_so_that_a_slip_shows(
        self, api: Api, house: House, field: str
    ) -> None:
        async with house.unchanged(api):
            response = await api.post_json(CREATE, {"subject": "a", field: 1}, key=PORTAL_KEY)

        assert (response.code, code_of(response)) == (400, "field_unknown")

    @pytest.mark.parametrize(
        "wished",
        [
            *("0", "-1", "-0", str(PORTAL_TTL + 1), "86401", "9" * 4000),
            *("1.0", "1.5", "60.0", "1e3", "1E1", "1e999", "-1e999"),
            *("true", "false", '"60"', '""', "[60]", "[]", "{}"),
        ],
    )
    async def test_a_time_to_live_that_is_none_is_refused(
        self, api: Api, house: House, wished: str
    ) -> None:
        async with house.unchanged(api):
            response = await api.post_json(CREATE, f'{{"ttl_seconds": {wished}}}', key=PORTAL_KEY)

        assert (response.code, code_of(response)) == (400, "ttl_invalid")

    async def test_a_time_to_live_is_held_to_the_clients_own_policy(self, api: Api) -> None:
        most = await api.post_json(CREATE, {"ttl_seconds": OTHER_TTL}, key=OTHER_KEY)
        more = await api.post_json(CREATE, {"ttl_seconds": OTHER_TTL + 1}, key=OTHER_KEY)

        assert most.code == 200
        assert (more.code, code_of(more)) == (400, "ttl_invalid")
        assert str(OTHER_TTL) in fields(more)["detail"]

    @pytest.mark.parametrize(
        "subject",
        [
            '""', "7", "true", '["a"]', '{"a": 1}', f'"{"x" * 257}"',
            r'"a\u0000"', r'"a\n"', r'"\u001b[31m"', r'"a\u2028b"', r'"\u202e"', "1e999",
        ],
    )  # fmt: skip
    async def test_a_subject_that_is_none_is_refused(
        self, api: Api, house: House, subject: str
    ) -> None:
        async with house.unchanged(api):
            response = await api.post_json(CREATE, f'{{"subject": {subject}}}', key=PORTAL_KEY)

        assert (response.code, code_of(response)) == (400, "subject_invalid")

    @pytest.mark.parametrize(
        "metadata",
        [
            '"text"', "7", "true", "[]", '["a"]', '""', '{"a": 1e999}', '{"a": [-1e999]}',
            f'{{"k": "{"x" * 2041}"}}', f'{{"k": "x{"é" * 1020}"}}',
        ],
        ids=[
            "text", "number", "true", "empty list", "list", "empty text", "beyond all floats",
            "beyond all floats, inside", "2 KiB and 1", "2 KiB and 1, two-byte letters",
        ],
    )  # fmt: skip
    async def test_metadata_that_is_no_small_object_is_refused(
        self, api: Api, house: House, metadata: str
    ) -> None:
        async with house.unchanged(api):
            response = await api.post_json(CREATE, f'{{"metadata": {metadata}}}', key=PORTAL_KEY)

        assert (response.code, code_of(response)) == (400, "metadata_invalid")

    async def test_space_between_the_parts_of_metadata_does_not_count(self, api: Api) -> None:
        body = f'{{"metadata": {{ "k" {" " * 3000}: "{"x" * 2040}" }} }}'

        assert (await api.post_json(CREATE, body, key=PORTAL_KEY)).code == 200


async def test_more_fields_than_the_id_may_stand_beside_it(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)

    response = await api.post_json(VALIDATE, {"session_id": session_id, "trace": "abc"})

    assert response.code == 200


async def test_a_bad_body_beside_a_good_id_redeems_nothing(api: Api, house: House) -> None:
    async with house.unchanged(api) as session_id:
        response = await api.post_json(at(VALIDATE, session_id), "[]")

    assert (response.code, code_of(response)) == (400, "body_not_object")
