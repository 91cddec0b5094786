"""What cannot be a session id is told so, and changes nothing: not even beside a good id."""

import json

import pytest

from tests.http.house import House
from tests.http.pages import page_of
from tests.http.talk import IFRAME, VALIDATE, Api, code_of, request_bytes, wire

pytestmark = pytest.mark.gen_test

# GOOD stands for an id that can be redeemed.
BAD_QUERIES = [
    ("missing", "", 400, "session_id_missing"),
    ("other name", "?sessionid=GOOD&Session_Id=GOOD", 400, "session_id_missing"),
    ("empty", "?session_id=", 400, "session_id_empty"),
    ("no value", "?session_id", 400, "session_id_empty"),
    ("repeated", "?session_id=GOOD&session_id=GOOD", 400, "session_id_repeated"),
    ("repeated, one empty", "?session_id=GOOD&session_id=", 400, "session_id_repeated"),
    ("repeated, one encoded", "?session_id=GOOD&session%5Fid=GOOD", 400, "session_id_repeated"),
    ("129 characters", f"?session_id={'A' * 129}", 400, "session_id_too_long"),
    ("200 characters", f"?session_id=GOOD{'A' * 200}", 400, "session_id_too_long"),
    ("5,000 characters", f"?session_id=GOOD{'A' * 5000}", 414, "address_too_long"),
    ("10,000 characters", f"?session_id=GOOD{'A' * 10000}", 414, "address_too_long"),
    ("10,000 beside it", f"?session_id=GOOD&x={'A' * 10000}", 414, "address_too_long"),
    ("NUL", "?session_id=GOOD%00", 400, "session_id_not_printable_ascii"),
    ("NUL before", "?session_id=%00GOOD", 400, "session_id_not_printable_ascii"),
    ("tab", "?session_id=GOOD%09", 400, "session_id_not_printable_ascii"),
    ("line feed", "?session_id=GOOD%0A", 400, "session_id_not_printable_ascii"),
    ("CR LF", "?session_id=GOOD%0D%0AX-Y:%20z", 400, "session_id_not_printable_ascii"),
    ("escape", "?session_id=%1B%5B2JGOOD", 400, "session_id_not_printable_ascii"),
    ("delete", "?session_id=GOOD%7F", 400, "session_id_not_printable_ascii"),
    ("UTF-8", "?session_id=GOOD%C3%A9", 400, "session_id_not_printable_ascii"),
    ("emoji", "?session_id=%F0%9F%8C%BB", 400, "session_id_not_printable_ascii"),
    ("invalid UTF-8", "?session_id=GOOD%FF", 400, "session_id_not_printable_ascii"),
    ("half a UTF-8 letter", "?session_id=GOOD%C3", 400, "session_id_not_printable_ascii"),
    ("encoded surrogate", "?session_id=GOOD%ED%A0%80", 400, "session_id_not_printable_ascii"),
    ("no-break space", "?session_id=%C2%A0GOOD", 400, "session_id_not_printable_ascii"),
]

# What stands in a JSON body as the id, again with GOOD for a good one.
BAD_VALUES = [
    ("empty", '""', "session_id_empty"),
    ("200 characters", f'"GOOD{"A" * 200}"', "session_id_too_long"),
    ("5,000 characters", f'"GOOD{"A" * 5000}"', "session_id_too_long"),
    ("10,000 characters", f'"GOOD{"A" * 10000}"', "session_id_too_long"),
    ("NUL", r'"GOOD\u0000"', "session_id_not_printable_ascii"),
    ("line feed", r'"GOOD\n"', "session_id_not_printable_ascii"),
    ("escape", r'"\u001b[2JGOOD"', "session_id_not_printable_ascii"),
    ("UTF-8", '"GOODé"', "session_id_not_printable_ascii"),
    ("surrogate pair", r'"GOOD\ud83c\udf3b"', "session_id_not_printable_ascii"),
    ("lone surrogate", r'"\ud800"', "body_not_json"),
    ("lone surrogate after it", r'"GOOD\udfff"', "body_not_json"),
    ("raw control character", '"GOOD\n"', "body_not_json"),
    ("array", '["GOOD"]', "session_id_not_text"),
    ("empty array", "[]", "session_id_not_text"),
    ("object", '{"session_id": "GOOD"}', "session_id_not_text"),
    ("integer", "7", "session_id_not_text"),
    ("float", "1.5", "session_id_not_text"),
    ("beyond all floats", "1e999", "session_id_not_text"),
    ("true", "true", "session_id_not_text"),
    ("false", "false", "session_id_not_text"),
    ("null", "null", "session_id_not_text"),
]

bad_queries = pytest.mark.parametrize(
    ("query", "status", "code"),
    [case[1:] for case in BAD_QUERIES],
    ids=[case[0] for case in BAD_QUERIES],
)


@bad_queries
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_bad_id_in_the_query_is_refused_to_a_program(
    api: Api, house: House, method: str, query: str, status: int, code: str
) -> None:
    async with house.unchanged(api) as session_id:
        path = VALIDATE + query.replace("GOOD", session_id)
        response = await api.send(method, path, body=b"" if method == "POST" else None)

    assert (response.code, code_of(response)) == (status, code)


@bad_queries
async def test_a_bad_id_in_the_query_is_refused_to_a_person(
    api: Api, house: House, query: str, status: int, code: str
) -> None:
    async with house.unchanged(api) as session_id:
        response = await api.send("GET", IFRAME + query.replace("GOOD", session_id))

    assert (response.code, page_of(response).code) == (status, code)
    assert session_id.encode() not in response.body


@pytest.mark.parametrize(
    ("value", "code"), [case[1:] for case in BAD_VALUES], ids=[case[0] for case in BAD_VALUES]
)
async def test_a_bad_id_in_a_body_is_refused(api: Api, house: House, value: str, code: str) -> None:
    async with house.unchanged(api) as session_id:
        body = f'{{"session_id": {value.replace("GOOD", session_id)}}}'
        response = await api.post_json(VALIDATE, body)

    assert (response.code, code_of(response)) == (400, code)


@pytest.mark.parametrize(
    ("in_query", "in_body"),
    [("GOOD", '"GOOD"'), ("", '"GOOD"'), ("GOOD", '""'), ("GOOD", "null"), ("GOOD", "7")],
)
async def test_an_id_in_the_query_and_in_the_body_is_one_too_many(
    api: Api, house: House, in_query: str, in_body: str
) -> None:
    async with house.unchanged(api) as session_id:
        path = f"{VALIDATE}?session_id={in_query}".replace("GOOD", session_id)
        body = f'{{"session_id": {in_body}}}'.replace("GOOD", session_id)
        response = await api.post_json(path, body)

    assert (response.code, code_of(response)) == (400, "session_id_repeated")


async def test_a_body_without_an_id_has_no_id(api: Api, house: House) -> None:
    async with house.unchanged(api) as session_id:
        response = await api.post_json(VALIDATE, {"id": session_id})

    assert (response.code, code_of(response)) == (400, "session_id_missing")


@pytest.mark.parametrize("space", ["%20", "+"])
async def test_an_id_is_not_trimmed(api: Api, house: House, space: str) -> None:
    async with house.unchanged(api) as session_id:
        before = await api.send("GET", f"{VALIDATE}?session_id={space}{session_id}")
        after = await api.send("GET", f"{VALIDATE}?session_id={session_id}{space}")
        body = await api.post_json(VALIDATE, json.dumps({"session_id": f" {session_id}"}))

    assert [before.code, after.code, body.code] == [401, 401, 401]


async def test_an_id_is_taken_in_its_own_case_only(api: Api, house: House) -> None:
    async with house.unchanged(api) as session_id:
        response = await api.redeem(session_id.swapcase())

    assert response.code == 401


@pytest.mark.parametrize("path", [VALIDATE, IFRAME])
@pytest.mark.parametrize(
    "raw", [b"\xc3\xa9", b"\xff", b"\x80\x00", b"\x00"], ids=["UTF-8", "0xFF", "0x80 NUL", "NUL"]
)
async def test_raw_bytes_that_belong_in_no_address_are_refused(
    api: Api, house: House, http_port: int, path: str, raw: bytes
) -> None:
    async with house.unchanged(api) as session_id, wire(http_port) as line:
        target = f"{path}?session_id={session_id}".encode() + raw
        answer = await line.ask(request_bytes("GET", target))

    assert answer.status == 400


async def test_128_characters_may_be_an_id_and_are_looked_up(api: Api) -> None:
    response = await api.redeem("A" * 128)

    assert (response.code, code_of(response)) == (401, "session_invalid")
