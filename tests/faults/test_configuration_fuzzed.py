"""Whatever an operator writes, it is taken or refused in words; nothing breaks over it."""

from pathlib import Path
from typing import Any, cast

import environ
import pytest
from hypothesis import strategies as st

from adapters.clients_file import ClientsFile, ClientsFileBroken, NobodyCouldGetIn
from domain.key import digest_key
from domain.policy import Policy
from entrypoints.settings import Settings, SettingsError
from tests.faults.conftest import Hold

VARIABLES = sorted(field.name.upper() for field in cast("Any", Settings).__attrs_attrs__)


ABSURD = ["a" * 5000, "9" * 5000, "[" * 5000, "," * 5000, "redis://" + "a" * 5000, "\udcff", "\x7f"]


def refused_variable(environment: dict[str, str]) -> str | None:
    try:
        environ.to_config(Settings, environ=environment)
    except SettingsError as error:
        return str(error.facts["variable"])
    return None


def test_settings(hold: Hold) -> None:
    def examine(chosen: dict[str, str]) -> None:
        assert refused_variable(chosen) in {None, *chosen}

    # An environment holds no NUL, and what is not UTF-8 as lone surrogates.
    texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
    near = st.text(st.sampled_from("redis:/@[].%?#0123456789,-+_ onfftrue*"))
    values = texts | near | near.map("redis://{}".format) | near.map("https://{}".format)
    hold("settings", examine, st.dictionaries(st.sampled_from(VARIABLES), values, min_size=1))


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_setting_of_absurd_text_is_taken_or_refused_by_its_name(variable: str) -> None:
    for text in ABSURD:
        assert refused_variable({variable: text}) in {None, variable}


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
