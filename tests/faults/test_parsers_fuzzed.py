"""Whatever a parser is given, it takes it or raises the error it is documented to raise."""

import ipaddress
import json
from collections.abc import Callable
from typing import cast

import pytest
from hypothesis import strategies as st
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from domain.errors import InvalidMetadata, InvalidSubject, MalformedSessionId
from domain.key import digest_key, is_key_digest
from domain.payload import Payload
from domain.session_id import MOST_CHARACTERS, SessionId
from entrypoints.http.bad_input import BadInput
from entrypoints.http.credentials import bearer_key
from entrypoints.http.incoming import Incoming
from entrypoints.http.json_body import json_object
from entrypoints.http.language import accepted_language
from entrypoints.http.prefetch import refuse_prefetch
from entrypoints.http.presented_id import id_in_query_or_body
from entrypoints.http.proxies import Proxies
from entrypoints.http.request_size import Body, check_head
from entrypoints.texts import LANGUAGES, load_texts
from tests.faults.conftest import Hold
from tests.faults.corpus.bodies import NOT_JSON
from tests.faults.corpus.heads import LANGUAGES as ODD_LANGUAGES

PROXY, CALLER = "10.0.0.1", "203.0.113.7"
BEHIND = Proxies((ipaddress.ip_network("10.0.0.0/8"),))

# What Tornado lets into a header's value: no control characters.
field_texts = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f")
)

ODD = ["\ud800", "\x00", "\r\n", "\x1b[2J", "\u202e", "\u2028", "a" * 257, "é" * 1025, "🌻\u200d"]
any_texts = (
    st.text(st.characters(codec=None))
    | st.text(st.sampled_from("fgs_0123456789abcdef-A"))
    | st.sampled_from(ODD)
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_texts, inner, max_size=4),
)
json_like = st.text(st.sampled_from('{}[]",:\\0123456789eE.+-ntfu ud8')).map(str.encode)
empty = st.just(b"")
json_bodies = (
    json_values.map(json.dumps).map(str.encode)
    | json_like.map(lambda inner: b'{"session_id":' + inner + b"}")
    | json_like
    | st.sampled_from(sorted(NOT_JSON.values()))
    | st.binary()
)


def outcome(act: Callable[[], object], *documented: type[Exception]) -> object:
    """What came of it: a value, or one of the errors that are documented."""
    try:
        return act()
    except documented as error:
        return error


def request(*headers: tuple[str, str], query: str = "") -> HTTPServerRequest:
    lines = HTTPHeaders({"Host": "localhost"})
    for name, value in headers:
        lines.add(name, value.strip(" \t"))
    line = RequestStartLine("POST", f"/x?{query}", "HTTP/1.1")
    return HTTPServerRequest(start_line=line, headers=lines)


def incoming(body: bytes, query: str = "") -> Incoming:
    asked = request(("Content-Type", "application/json"), query=query)
    whole = Body()
    whole.receive(body)
    return Incoming(asked.headers, asked.query_arguments, PROXY, "pt_BR", whole)


def test_a_presented_id(hold: Hold) -> None:
    def examine(text: str) -> None:
        presented = outcome(lambda: SessionId.presented(text), MalformedSessionId)
        if isinstance(presented, SessionId):
            assert 1 <= len(text) <= MOST_CHARACTERS
            assert presented.client_tag is None or len(presented.client_tag) == 8
            assert len(presented.digest.raw) == 32

    hold("presented ids", examine, any_texts)


def test_an_authorization_header(hold: Hold) -> None:
    def examine(text: str) -> None:
        key = bearer_key(request(("Authorization", text)).headers)
        assert key is not None
        assert is_key_digest(digest_key(key))

    hold("Authorization", examine, field_texts | field_texts.map(lambda key: f"Bearer {key}"))


def test_a_json_body(hold: Hold) -> None:
    def examine(body: bytes) -> None:
        value = outcome(lambda: json_object(incoming(body)), BadInput)
        if isinstance(value, BadInput):
            assert value.status in {400, 413}
            return
        assert not body or json.dumps(json.loads(body)) == json.dumps(value)
        json.dumps(value, ensure_ascii=False).encode()

    hold("JSON bodies", examine, json_bodies)


def test_an_id_in_a_query_and_a_body(hold: Hold) -> None:
    def examine(both: tuple[bytes, str]) -> None:
        presented = outcome(
            lambda: id_in_query_or_body(incoming(*both)), BadInput, MalformedSessionId
        )
        assert not isinstance(presented, SessionId) or presented.text.isascii()

    queries = field_texts.map(lambda text: text.replace(" ", "+"))
    named = queries.map("session_id={}".format)
    hold("ids in query and body", examine, st.tuples(json_bodies | empty, queries | named))


def test_a_payload(hold: Hold) -> None:
    def examine(both: tuple[object, object]) -> None:
        payload = outcome(lambda: Payload.of(*both), InvalidSubject, InvalidMetadata)
        if isinstance(payload, Payload):
            assert not set(payload.subject or "") & set("\ud800\x00\r\n\x1b\u202e\u2028")
            json.loads(payload.metadata or "{}", parse_constant=pytest.fail)

    # Each half on its own: a bad one would hide the other.
    subjects = st.tuples(json_values | any_texts, st.none())
    hold("payloads", examine, subjects | st.tuples(st.none(), json_values))


def test_the_size_of_a_request(hold: Hold) -> None:
    def examine(both: tuple[str, bool]) -> None:
        length, expects = both
        more = [("Expect", "100-continue")] if expects else []
        asked = request(("Content-Length", length), *more)
        judged = outcome(lambda: check_head(asked), BadInput)
        assert judged is None or cast("BadInput", judged).status in {413, 431}

    numbers = st.integers().map(str) | st.text(st.sampled_from("0123456789+-_ ,."))
    hold("Content-Length", examine, st.tuples(numbers | field_texts, st.booleans()))


def test_what_says_that_it_is_a_prefetch(hold: Hold) -> None:
    def examine(text: str) -> None:
        asked = request(("Sec-Purpose", text))
        judged = outcome(lambda: refuse_prefetch(asked.headers), BadInput)
        assert judged is None or cast("BadInput", judged).status == 403

    hold("Sec-Purpose", examine, field_texts)


def test_forwarded_addresses_are_addresses_and_the_last_one_cannot_be_talked_away(
    hold: Hold,
) -> None:
    def examine(made_up: str) -> None:
        alone = request(("X-Forwarded-For", made_up)).headers
        ipaddress.ip_address(BEHIND.remote_address(PROXY, alone))
        told = request(("X-Forwarded-For", f"{made_up},{CALLER}")).headers
        assert BEHIND.remote_address(PROXY, told) == CALLER
        assert Proxies().remote_address(PROXY, told) == PROXY

    near = st.text(st.sampled_from("0123456789abcdef.:[]%, /"))
    addresses = st.ip_addresses().map(str)
    lists = st.lists(near | addresses | field_texts, max_size=6).map(",".join)
    hold("X-Forwarded-For", examine, lists)


def test_accepted_languages(hold: Hold) -> None:
    load_texts("pt_BR")

    def examine(text: str) -> None:
        assert accepted_language(text, "pt_BR").code in LANGUAGES.values()

    near = st.text(st.sampled_from("enptBR-_;q=.0123456789*, "))
    weights = st.floats().map("en;q={}, pt-PT;q=0.5".format)
    odd = st.sampled_from(ODD_LANGUAGES)
    hold("Accept-Language", examine, field_texts | near | weights | odd)
