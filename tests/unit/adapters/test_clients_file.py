from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from adapters.clients_file import ClientsFile, ClientsFileBroken, NobodyCouldGetIn
from domain.client import Caller, Client, Entry
from domain.errors import FramegateError
from domain.key import compose_key, digest_key
from domain.policy import Policy
from tests.unit.catalogues import fill, keys_below

DEFAULTS = Policy(ttl_seconds=900, cap=50)

KEYS = [compose_key(bytes([number]) * 32) for number in range(4)]
DIGESTS = [digest_key(key) for key in KEYS]
SECRET = KEYS[0]

GOOD = f"""
[[client]]
name = "portal"
keys = ["{DIGESTS[0]}", "{DIGESTS[1]}"]
origins = ["https://portal.example", "https://[::1]:8443"]
session_cap = 7
session_ttl_seconds = 60

[[client]]
name = "intranet"
keys = ["{DIGESTS[2]}"]

[[admin]]
name = "ops"
keys = ["{DIGESTS[3]}"]
"""

PORTAL = Client(
    name="portal",
    keys=frozenset(DIGESTS[:2]),
    origins=("https://portal.example", "https://[::1]:8443"),
    policy=Policy(ttl_seconds=60, cap=7),
)
INTRANET = Client(name="intranet", keys=frozenset(DIGESTS[2:3]), policy=DEFAULTS)


def entry(table: str = "client", **fields: str) -> str:
    """Write an entry, with a name and a key unless ``fields`` says otherwise."""
    fields = {"name": '"portal"', "keys": f'["{DIGESTS[0]}"]', **fields}
    lines = [f"{name} = {value}" for name, value in fields.items() if value]
    return "\n".join([f"[[{table}]]", *lines, ""])


def digests(count: int) -> str:
    return str(DIGESTS[:count]).replace("'", '"')


# Found by search: their SHA-256 digests begin with the same eight hex digits, b9eb19e1.
SAME_TAG = ("client-42702", "client-77027")


class Broken(NamedTuple):
    why: str
    text: str | bytes
    problem: str


BROKEN = [
    Broken("not UTF-8", b'[[client]]\nname = "\xff"\n', "unreadable"),
    Broken("not TOML", "[[client]\n", "not_toml"),
    Broken("a key without quotes", entry(keys=f"[{SECRET}]"), "not_toml"),
    Broken("a key with a newline", f'[[client]]\nkeys = ["{SECRET}\n"]', "not_toml"),
    Broken("a field twice", entry() + 'name = "b"\n', "not_toml"),
    Broken("another table", entry() + "[settings]\n", "unknown_table"),
    Broken("a plural table", entry("clients"), "unknown_table"),
    Broken("a value above all tables", "cap = 1\n" + entry(), "unknown_table"),
    Broken("single brackets", entry().replace("[[client]]", "[client]"), "not_a_list"),
    Broken(
        "single brackets for an admin",
        entry("admin").replace("[[", "[", 1).replace("]]", "]", 1),
        "not_a_list",
    ),
    Broken("a number for a table", "client = 1", "not_a_list"),
    Broken("a list of numbers for a table", "client = [1]", "not_a_list"),
    Broken("a misspelt field", entry(origin='["https://a"]'), "unknown_field"),
    Broken("a field of clients for an admin", entry("admin", origins="[]"), "unknown_field"),
    Broken("no name", entry(name=""), "field_not_text"),
    Broken("a number for a name", entry(name="1"), "field_not_text"),
    Broken("an admin without a name", entry("admin", name=""), "field_not_text"),
    Broken("a text for keys", entry(keys=f'"{DIGESTS[0]}"'), "field_not_texts"),
    Broken("the key itself as text", entry(keys=f'"{SECRET}"'), "field_not_texts"),
    Broken("numbers for keys", entry(keys="[1]"), "field_not_texts"),
    Broken("a text for origins", entry(origins='"https://a"'), "field_not_texts"),
    Broken("tables for origins", entry(origins="[{}]"), "field_not_texts"),
    Broken("a text for the cap", entry(session_cap='"1"'), "field_not_number"),
    Broken("true for the cap", entry(session_cap="true"), "field_not_number"),
    Broken("a fraction for the TTL", entry(session_ttl_seconds="1.0"), "field_not_number"),
    Broken("no place at all", entry(session_cap="0"), "number_out_of_range"),
    Broken("no create at all", entry(creates_per_minute="0"), "number_out_of_range"),
    Broken("too many places", entry(session_cap="10_000_001"), "number_out_of_range"),
    Broken("no time to live", entry(session_ttl_seconds="0"), "number_out_of_range"),
    Broken("more than a day", entry(session_ttl_seconds="86_401"), "number_out_of_range"),
    Broken("no keys", entry(keys=""), "no_keys"),
    Broken("an empty list of keys", entry(keys="[]"), "no_keys"),
    Broken("an admin without keys", entry("admin", keys=""), "no_keys"),
    Broken("three keys", entry(keys=digests(3)), "invalid_keys"),
    Broken("an admin with three keys", entry("admin", keys=digests(3)), "invalid_keys"),
    Broken("the key itself", entry(keys=f'["{SECRET}"]'), "invalid_key_format"),
    Broken("an admin's key itself", entry("admin", keys=f'["{SECRET}"]'), "invalid_key_format"),
    Broken("a name with a space", entry(name='"my portal"'), "invalid_name"),
    Broken("an admin's name in capitals", entry("admin", name='"Ops"'), "invalid_name"),
    Broken("a wildcard for an origin", entry(origins='["*"]'), "invalid_origin"),
    Broken(
        "a directive in an origin", entry(origins='["https://a;script-src *"]'), "invalid_origin"
    ),
    Broken("an unknown entry", entry(entry='"ask"'), "entry_unknown"),
    Broken("a switch for the entry", entry(entry="true"), "entry_unknown"),
    Broken("one key, two clients", entry() + entry(name='"other"'), "same_key"),
    Broken("one key, a client and an admin", entry() + entry("admin", name='"ops"'), "same_key"),
    Broken("one key, two admins", entry("admin") + entry("admin", name='"ops"'), "same_key"),
    Broken("one name, two clients", entry() + entry(keys=f'["{DIGESTS[1]}"]'), "same_name"),
    Broken(
        "two names with one tag",
        entry(name=f'"{SAME_TAG[0]}"') + entry(name=f'"{SAME_TAG[1]}"', keys=f'["{DIGESTS[1]}"]'),
        "same_tag",
    ),
]
EACH_BROKEN = pytest.mark.parametrize("broken", BROKEN, ids=[broken.why for broken in BROKEN])


class Desk:
    """A clients file on disk, and what reads it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "clients.toml"
        self.directory = ClientsFile(self.path, DEFAULTS)

    def load(self, text: str | bytes) -> None:
        self.path.write_bytes(text if isinstance(text, bytes) else text.encode())
        self.directory.load()

    def problem(self, text: str | bytes) -> ClientsFileBroken:
        with pytest.raises(ClientsFileBroken) as broken:
            self.load(text)
        return broken.value

    def clients(self, text: str) -> Sequence[Client]:
        self.load(text)
        return self.directory.clients()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_directory_is_empty_until_the_file_has_been_read(desk: Desk) -> None:
    desk.path.write_text(GOOD)
    assert desk.directory.clients() == ()
    assert desk.directory.holder(DIGESTS[0]) is None
    assert desk.directory.by_tag(PORTAL.tag) is None
    desk.directory.load()
    assert len(desk.directory.clients()) == 2


def test_clients_come_in_the_order_of_their_names_with_what_the_file_says(desk: Desk) -> None:
    assert desk.clients(GOOD) == (INTRANET, PORTAL)


def test_both_of_a_clients_keys_are_its_own(desk: Desk) -> None:
    desk.load(GOOD)
    assert desk.directory.holder(DIGESTS[0]) == Caller(PORTAL)
    assert desk.directory.holder(DIGESTS[1]) == Caller(PORTAL)
    assert desk.directory.holder(DIGESTS[2]) == Caller(INTRANET)


def test_an_admins_key_is_an_admins_and_no_clients(desk: Desk) -> None:
    desk.load(GOOD)
    assert desk.directory.holder(DIGESTS[3]) == Caller(client=None, is_admin=True)


@pytest.mark.parametrize("digest", [None, "", SECRET, digest_key("another"), DIGESTS[0].upper()])
def test_nobody_else_holds_anything(desk: Desk, digest: str | None) -> None:
    desk.load(GOOD)
    assert desk.directory.holder(digest) is None


@pytest.mark.parametrize(
    ("fields", "way"),
    [({}, Entry.OPEN), ({"entry": '"open"'}, Entry.OPEN), ({"entry": '"confirm"'}, Entry.CONFIRM)],
)
def test_an_iframe_is_opened_by_its_address_unless_the_client_confirms(
    desk: Desk, fields: dict[str, str], way: Entry
) -> None:
    (client,) = desk.clients(entry(**fields))
    assert client.entry is way


def test_a_tag_finds_its_client(desk: Desk) -> None:
    desk.load(GOOD)
    assert desk.directory.by_tag(PORTAL.tag) == PORTAL
    assert desk.directory.by_tag(INTRANET.tag) == INTRANET
    assert desk.directory.by_tag("00000000") is None
    assert desk.directory.by_tag(Client(name="ops").tag) is None


@pytest.mark.parametrize(
    ("fields", "policy"),
    [
        ({}, DEFAULTS),
        ({"session_cap": "1"}, Policy(ttl_seconds=900, cap=1)),
        ({"session_cap": "10_000_000"}, Policy(ttl_seconds=900, cap=10_000_000)),
        ({"creates_per_minute": "7"}, Policy(ttl_seconds=900, cap=50, creates_per_minute=7)),
        ({"session_ttl_seconds": "1"}, Policy(ttl_seconds=1, cap=50)),
        ({"session_ttl_seconds": "86_400"}, Policy(ttl_seconds=86_400, cap=50)),
    ],
    ids=["neither", "least cap", "most cap", "a rate", "least TTL", "most TTL"],
)
def test_what_an_entry_does_not_say_is_the_default(
    desk: Desk, fields: dict[str, str], policy: Policy
) -> None:
    (client,) = desk.clients(entry(**fields))
    assert client.policy == policy


@pytest.mark.parametrize("count", [1, 2])
def test_an_entry_has_one_or_two_live_keys(desk: Desk, count: int) -> None:
    (client,) = desk.clients(entry(keys=digests(count)))
    assert client.keys == set(DIGESTS[:count])


@pytest.mark.parametrize("text", ["", "# nobody yet\n", "client = []\nadmin = []\n"])
def test_a_file_that_lets_nobody_in_is_told_of_as_such(desk: Desk, text: str) -> None:
    with pytest.raises(NobodyCouldGetIn):
        desk.clients(text)


def test_a_file_may_have_accents_and_windows_line_ends(desk: Desk) -> None:
    (client,) = desk.clients("# aplicação\r\n" + entry().replace("\n", "\r\n"))
    assert client.name == "portal"


def test_a_client_and_an_admin_may_have_one_name(desk: Desk) -> None:
    desk.load(entry() + entry("admin", keys=f'["{DIGESTS[1]}"]'))
    assert desk.directory.holder(DIGESTS[0]) != desk.directory.holder(DIGESTS[1])


@EACH_BROKEN
def test_a_broken_file_is_told_of_by_its_problem(desk: Desk, broken: Broken) -> None:
    error = desk.problem(broken.text)
    assert error.problem == broken.problem
    assert error.path == str(desk.path)


@EACH_BROKEN
def test_every_problem_can_be_told_in_every_language(desk: Desk, broken: Broken) -> None:
    error = desk.problem(broken.text)
    facts = {"variable": "CLIENTS_FILE", "path": error.path, **error.facts}
    for text in fill(f"clients_file.{error.problem}", facts).values():
        assert "CLIENTS_FILE" in text
        assert "None" not in text


def test_the_broken_files_above_bring_every_problem_there_is_a_text_for() -> None:
    assert {broken.problem for broken in BROKEN} == keys_below("clients_file.")


@EACH_BROKEN
def test_no_error_has_a_key_in_it(desk: Desk, broken: Broken) -> None:
    error = desk.problem(broken.text)
    shown = f"{error!r} {error} {error.facts} {error.__cause__!r} {error.__cause__}"
    for key in KEYS:
        assert key not in shown
        assert key.removeprefix("fgk_") not in shown


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(entry(name=f'"{SECRET}"'), id="as the name"),
        pytest.param(entry("admin", name=f'"{SECRET}"'), id="as an admin's name"),
        pytest.param(entry(origins=f'["{SECRET}"]'), id="as an origin"),
        pytest.param(entry(**{SECRET: "1"}), id="as a field"),
        pytest.param(f"{SECRET} = 1", id="as a table"),
        pytest.param(f"[{SECRET}]\n[{SECRET}]", id="as a table, twice"),
    ],
)
def test_no_error_has_a_key_in_it_wherever_it_was_put(desk: Desk, text: str) -> None:
    error = desk.problem(text)
    assert SECRET not in f"{error!r} {error.facts} {error.__cause__!r}"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(entry(session_cap="9" * 5000), id="a number of 5000 digits"),
        pytest.param(f"client = {'[' * 5000}{']' * 5000}", id="5000 levels"),
    ],
)
def test_a_file_beyond_all_measure_is_broken_like_any_other(desk: Desk, text: str) -> None:
    error = desk.problem(text)
    fill(f"clients_file.{error.problem}", {"variable": "", "path": "", **error.facts})


@pytest.mark.parametrize("kind", ["missing", "a folder"])
def test_a_file_that_cannot_be_opened_is_unreadable_and_says_why(desk: Desk, kind: str) -> None:
    if kind == "a folder":
        desk.path.mkdir()
    with pytest.raises(ClientsFileBroken) as broken:
        desk.directory.load()
    error = broken.value
    assert error.problem == "unreadable"
    assert isinstance(error.__cause__, OSError)
    assert error.facts["reason"] == error.__cause__.strerror


@EACH_BROKEN
def test_a_failing_load_changes_nothing(desk: Desk, broken: Broken) -> None:
    desk.load(GOOD)
    desk.problem(broken.text)
    assert desk.directory.clients() == (INTRANET, PORTAL)
    assert desk.directory.holder(DIGESTS[1]) == Caller(PORTAL)
    assert desk.directory.holder(DIGESTS[3]) == Caller(is_admin=True)
    assert desk.directory.by_tag(PORTAL.tag) == PORTAL


def test_a_file_that_has_gone_changes_nothing(desk: Desk) -> None:
    desk.load(GOOD)
    desk.path.unlink()
    with pytest.raises(ClientsFileBroken):
        desk.directory.load()
    assert desk.directory.clients() == (INTRANET, PORTAL)


def test_a_good_load_replaces_everything(desk: Desk) -> None:
    desk.load(GOOD)
    (client,) = desk.clients(entry(keys=f'["{DIGESTS[1]}"]'))
    assert client.policy == DEFAULTS
    assert desk.directory.holder(DIGESTS[0]) is None
    assert desk.directory.holder(DIGESTS[1]) == Caller(client)
    assert desk.directory.holder(DIGESTS[3]) is None
    assert desk.directory.by_tag(INTRANET.tag) is None


def test_an_error_can_be_raised_like_any_other() -> None:
    cause = OSError()
    with pytest.raises(FramegateError) as raised:
        raise ClientsFileBroken("a", "no_keys") from cause
    assert isinstance(raised.value, ClientsFileBroken)
    assert (raised.value.facts, raised.value.__cause__) == ({}, cause)
