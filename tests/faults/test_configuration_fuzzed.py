"""Whatever an operator writes, it is taken or refused in words; nothing breaks over it."""

from pathlib import Path
from typing import Any, cast

import environ
from hypothesis import strategies as st

from adapters.clients_file import ClientsFile, ClientsFileBroken, NobodyCouldGetIn
from domain.key import digest_key
from domain.policy import Policy
from entrypoints.settings import Settings, SettingsError
from tests.faults.conftest import Hold

VARIABLES = sorted(field.name.upper() for field in cast("Any", Settings).__attrs_attrs__)


def test_settings(hold: Hold) -> None:
    def examine(chosen: dict[str, str]) -> None:
        refused = ""
        try:
            environ.to_config(Settings, environ=chosen)
        except SettingsError as error:
            refused = str(error.facts["variable"])
        assert not refused or refused in chosen

    # An environment holds no NUL, and what is not UTF-8 as lone surrogates.
    texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
    near = st.text(st.sampled_from("redis:/@[].%?#0123456789,-+_ onfftrue*"))
    long = st.sampled_from(["a" * 5000, "9" * 5000, "[" * 5000, "redis://" + "a" * 5000])
    values = texts | near | near.map("redis://{}".format) | near.map("https://{}".format) | long
    hold("settings", examine, st.dictionaries(st.sampled_from(VARIABLES), values, min_size=1))


LINES = [
    "[[client]]", "[[admin]]", "[client]", "[[other]]", 'name = "portal"', 'name = "ops"',
    'name = ""', "name = 7", 'name = "a/b"', f'keys = ["{digest_key("a")}"]', "keys = []",
    f'keys = ["{digest_key("b")}", "{digest_key("c")}", "{digest_key("d")}"]', "keys = 'x'",
    'keys = ["sha256:0"]', "keys = [1]", 'origins = ["https://a.example"]', "origins = ['*']",
    "origins = [[]]", "session_cap = 10", "session_cap = 0", "session_cap = true",
    "session_cap = 1e3", "session_cap = " + "9" * 5000, "session_ttl_seconds = -1",
    "session_ttl_seconds = 1979-05-27", "x = 1", "a.b.c = 1", "=", '"""', "[" * 2000, "\ud800",
    "name.x = 1", "keys = nan", "\x00", "# comment", "\ufeff",
]  # fmt: skip


def test_a_clients_file(hold: Hold, tmp_path: Path) -> None:
    path = tmp_path / "clients.toml"
    clients = ClientsFile(path, Policy())

    def examine(content: bytes) -> None:
        path.write_bytes(content)
        try:
            clients.load()
        except (ClientsFileBroken, NobodyCouldGetIn):
            return
        assert clients.clients()

    texts = st.lists(st.sampled_from(LINES), max_size=12).map("\n".join)
    written = texts.map(lambda text: text.encode(errors="surrogatepass"))
    sound = written.map(lambda more: "\n".join(
        ["[[client]]", 'name = "sound"', f'keys = ["{digest_key("s")}"]', ""]
    ).encode() + more)  # fmt: skip
    hold("clients files", examine, written | sound | st.binary())
