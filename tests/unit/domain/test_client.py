import hashlib

import pytest
from attrs.exceptions import FrozenInstanceError

from domain.client import Admin, Caller, Client, check_holder
from domain.errors import InvalidClient
from domain.key import compose_key, digest_key
from domain.policy import Policy

KEY = compose_key(b"k" * 32)


def digests(count: int) -> frozenset[str]:
    return frozenset(digest_key(f"key {number}") for number in range(count))


NAMES = ["a", "0", "portal", "portal-2", "2nd", "a-", "a--b", "a" * 48]
NOT_NAMES = [
    pytest.param("", id="empty"),
    pytest.param("a" * 49, id="49 characters"),
    pytest.param("-a", id="a hyphen first"),
    pytest.param("Portal", id="capital"),
    pytest.param("my portal", id="space"),
    pytest.param("my_portal", id="underscore"),
    pytest.param("portal.example", id="dot"),
    pytest.param("portal\n", id="newline"),
    pytest.param("a:b", id="colon"),
    pytest.param("a}b", id="brace"),
    pytest.param("ação", id="accent"),
    pytest.param("a\u0663", id="a digit of another script"),
]

ORIGINS = [
    "'self'",
    "https://portal.example",
    "http://localhost",
    "http://localhost:3000",
    "http://localhost:*",
    "https://127.0.0.1:*",
    "https://a:1",
    "https://a:65535",
    "https://x",
    "https://xn--frm-ula.example",
    "https://10.0.0.1:8443",
    "https://[::1]",
    "http://[2001:db8::1]:8080",
]
NOT_ORIGINS = [
    pytest.param(text, id=why)
    for text, why in (
        ("", "empty"),
        ("*", "everybody"),
        ("https:", "a scheme alone"),
        ("https://", "no host"),
        ("portal.example", "no scheme"),
        ("//portal.example", "relative"),
        ("ftp://portal.example", "another scheme"),
        ("data:text/html,a", "data"),
        ("javascript:alert(1)", "script"),
        ("null", "opaque"),
        ("https://portal.example/", "a slash at the end"),
        ("https://portal.example/a", "a path"),
        ("https://portal.example?a", "a query"),
        ("https://portal.example#a", "a fragment"),
        ("https://ana@portal.example", "a user"),
        ("https://ana:b@portal.example", "a password"),
        ("https://*.portal.example", "a wildcard"),
        ("https://*", "a wildcard alone"),
        ("https://a:*", "a wildcard port of another machine"),
        ("http://localhost.a:*", "a wildcard port of what only begins like this machine"),
        ("http://localhost:80:*", "a port and a wildcard port"),
        ("https://a:", "a colon without a port"),
        ("https://a:123456", "six digits"),
        ("https://a:b", "a port in letters"),
        ("https://.a", "a dot first"),
        ("https://-a", "a hyphen first"),
        ("https://a-", "a hyphen last"),
        ("https://[::1", "half a bracket"),
        ("https://::1", "no brackets"),
        ("https://[portal]", "brackets round a name"),
        ("https://[::1]a", "a name after brackets"),
        ("https://portal.example ", "a space after"),
        (" https://portal.example", "a space before"),
        ("https://portal.example\n", "a newline"),
        ("https://ação.example", "not ASCII"),
        ("https://a\u0665", "a digit of another script"),
        ("self", "self without quotes"),
        ("'none'", "another keyword"),
        ("'unsafe-inline'", "an unsafe keyword"),
        ("'self' https://b", "two origins"),
        ("https://a https://b", "two origins with a space"),
        ("https://a,https://b", "two origins with a comma"),
        ("https://a;script-src *", "a directive more"),
        ("https://a; script-src *", "a directive more after a space"),
        ("https://a;", "a semicolon"),
        ("https://a\r\nSet-Cookie: b", "a header more"),
        ("https://a\\b", "a backslash"),
        ("https://a%20b", "an escape"),
    )
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_1_to_48_lower_case_letters_digits_and_hyphens(name: str) -> None:
    assert Client(name=name).name == name
    assert Admin(name=name).name == name


@pytest.mark.parametrize("name", NOT_NAMES)
@pytest.mark.parametrize("kind", [Client, Admin])
def test_any_other_name_is_refused(kind: type[Client] | type[Admin], name: str) -> None:
    with pytest.raises(InvalidClient) as refused:
        kind(name=name)
    assert (refused.value.problem, refused.value.value) == ("name", name)


@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("kind", [Client, Admin])
def test_a_holder_has_at_most_two_live_keys(kind: type[Client] | type[Admin], count: int) -> None:
    assert kind(name="a", keys=digests(count)).keys == digests(count)


@pytest.mark.parametrize("count", [3, 4])
@pytest.mark.parametrize("kind", [Client, Admin])
def test_a_third_key_is_refused(kind: type[Client] | type[Admin], count: int) -> None:
    with pytest.raises(InvalidClient) as refused:
        kind(name="a", keys=digests(count))
    error = refused.value
    assert (error.name, error.problem, error.value) == ("a", "keys", str(count))


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(KEY, id="the key itself"),
        pytest.param(digest_key(KEY).removeprefix("sha256:"), id="no algorithm"),
        pytest.param(digest_key(KEY).upper(), id="capitals"),
        pytest.param(digest_key(KEY)[:-1], id="63 digits"),
        pytest.param(digest_key(KEY) + "0", id="65 digits"),
        pytest.param(digest_key(KEY) + "\n", id="newline"),
        pytest.param("sha512:" + "0" * 128, id="another algorithm"),
        pytest.param("", id="empty"),
    ],
)
@pytest.mark.parametrize("kind", [Client, Admin])
def test_a_key_that_is_no_digest_is_refused_and_not_repeated(
    kind: type[Client] | type[Admin], key: str
) -> None:
    with pytest.raises(InvalidClient) as refused:
        kind(name="a", keys=frozenset({key}))
    error = refused.value
    assert (error.name, error.problem, error.value) == ("a", "key_format", "")
    assert KEY not in f"{error!r} {error}"


@pytest.mark.parametrize("kind", [Client, Admin])
def test_no_representation_of_a_holder_shows_its_keys(kind: type[Client] | type[Admin]) -> None:
    holder = kind(name="a", keys=frozenset({digest_key(KEY)}))
    assert digest_key(KEY).removeprefix("sha256:") not in f"{holder!r} {holder}"


@pytest.mark.parametrize("origin", ORIGINS)
def test_an_origin_is_a_scheme_a_host_and_a_port_or_framegates_own(origin: str) -> None:
    assert Client(name="a", origins=("https://b", origin)).origins == ("https://b", origin)


@pytest.mark.parametrize("origin", NOT_ORIGINS)
def test_any_other_origin_is_refused(origin: str) -> None:
    with pytest.raises(InvalidClient) as refused:
        Client(name="a", origins=("https://b", origin))
    error = refused.value
    assert (error.name, error.problem, error.value) == ("a", "origin", origin)


def test_a_client_has_no_keys_no_origins_and_the_default_policy_unless_told() -> None:
    client = Client(name="a")
    assert (client.keys, client.origins, client.policy) == (frozenset(), (), Policy())


def test_a_tag_is_eight_hex_digits_that_do_not_tell_the_name() -> None:
    client = Client(name="portal")
    assert client.tag == hashlib.sha256(b"portal").hexdigest()[:8]
    assert "portal" not in client.tag


def test_a_tag_depends_on_the_name_alone() -> None:
    assert Client(name="a").tag == Client(name="a", origins=("https://b",), policy=Policy(60)).tag
    assert Client(name="a").tag != Client(name="b").tag


@pytest.mark.parametrize("thing", [Client(name="a"), Admin(name="a")])
def test_a_holder_cannot_be_changed(thing: Client | Admin) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(thing, "name", "b")  # noqa: B010 mypy knows it better


def test_a_caller_owns_the_sessions_of_its_own_client_and_no_others() -> None:
    caller = Caller(Client(name="a"))
    assert caller.owns(Client(name="a"))
    assert not caller.owns(Client(name="b"))


def test_a_caller_still_owns_its_sessions_when_the_client_has_changed_since() -> None:
    before = Client(name="a", policy=Policy(60))
    assert Caller(before).owns(Client(name="a", origins=("https://b",)))


@pytest.mark.parametrize("caller", [Caller(), Caller(is_admin=True)], ids=["nobody", "admin"])
def test_whoever_is_no_client_owns_no_sessions(caller: Caller) -> None:
    assert not caller.owns(Client(name="a"))


def test_a_demo_caller_is_client_and_admin_in_one() -> None:
    caller = Caller(Client(name="demo"), is_admin=True)
    assert caller.is_admin
    assert caller.owns(Client(name="demo"))


def test_a_caller_is_no_admin_unless_told() -> None:
    assert not Caller(Client(name="a")).is_admin


def test_a_holder_can_be_checked_before_it_has_a_key() -> None:
    check_holder("a", frozenset())  # does not raise
    with pytest.raises(InvalidClient):
        check_holder("A", frozenset())
