import re
from collections import Counter
from string import Formatter

import pytest
from tornado import locale

from application.authenticate import KeyRejected
from domain.errors import MalformedSessionId
from entrypoints.http.problems import problem_of
from entrypoints.settings import Settings, load_settings
from entrypoints.texts import LANGUAGES, TAGS, load_texts, say
from tests.unit.catalogues import CATALOGUES, ROWS, percent_names

KEYS = sorted(CATALOGUES["pt"].keys() | CATALOGUES["en"].keys())
EACH_KEY = pytest.mark.parametrize("key", KEYS)
EACH_CATALOGUE = pytest.mark.parametrize("code", CATALOGUES)


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogues as Tornado holds them; the language is put back afterwards."""
    monkeypatch.setattr(locale, "_default_locale", locale._default_locale)
    load_texts("pt_BR")


def braces(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_there_is_one_catalogue_for_each_language() -> None:
    assert set(CATALOGUES) == set(LANGUAGES.values()) == set(TAGS)


def test_both_catalogues_have_the_same_keys() -> None:
    assert CATALOGUES["pt"].keys() == CATALOGUES["en"].keys()


@EACH_CATALOGUE
def test_no_key_stands_twice(code: str) -> None:
    counts = Counter(row[0] for row in ROWS[code])
    assert [key for key, count in counts.items() if count > 1] == []


@EACH_CATALOGUE
def test_every_row_is_a_key_and_a_text(code: str) -> None:
    # A third column is Tornado's plural form; nothing here asks for one.
    assert [row for row in ROWS[code] if len(row) != 2] == []


@EACH_CATALOGUE
def test_no_text_is_empty_or_ends_in_space(code: str) -> None:
    wrong = [key for key, text in CATALOGUES[code].items() if not text or text != text.strip()]
    assert wrong == []


@EACH_KEY
def test_a_text_takes_the_same_facts_in_both_languages(key: str) -> None:
    portuguese, english = CATALOGUES["pt"][key], CATALOGUES["en"][key]
    assert percent_names(portuguese) == percent_names(english)
    assert braces(portuguese) == braces(english)


@EACH_CATALOGUE
def test_a_percent_sign_stands_only_where_a_fact_goes(code: str) -> None:
    stray = [
        key for key, text in CATALOGUES[code].items() if "%" in re.sub(r"%\(\w+\)[sd]", "", text)
    ]
    assert stray == []


@EACH_CATALOGUE
def test_a_text_has_facts_of_one_kind(code: str) -> None:
    # Python fills in %(name)s, scripts fill in {name}.
    mixed = [key for key, text in CATALOGUES[code].items() if "%" in text and "{" in text]
    assert mixed == []


@EACH_CATALOGUE
def test_facts_in_braces_have_names(code: str) -> None:
    for text in CATALOGUES[code].values():
        assert all(name.isidentifier() for name in braces(text))


def test_the_two_languages_are_two() -> None:
    same = [key for key in KEYS if CATALOGUES["pt"][key] == CATALOGUES["en"][key]]
    assert len(same) < len(KEYS) / 10


def test_the_locale_that_is_the_default_has_a_catalogue() -> None:
    assert LANGUAGES[load_settings({"LOCALE": "pt_BR"}).locale] == "pt"
    assert LANGUAGES[load_settings({"LOCALE": "en"}).locale] == "en"
    assert "locale" in Settings.__annotations__


@pytest.mark.usefixtures("texts")
@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("pt", "pt"),
        ("pt-BR", "pt"),
        ("pt_BR", "pt"),
        ("pt-PT", "pt"),
        ("pt-AO", "pt"),
        ("PT", "pt"),
        ("en", "en"),
        ("en-US", "en"),
        ("en-GB", "en"),
        ("fr", "pt"),
        ("", "pt"),
        ("../../etc", "pt"),
    ],
)
def test_every_kind_of_a_language_finds_its_catalogue_and_all_others_the_default(
    wanted: str, code: str
) -> None:
    assert locale.get(wanted).code == code
    assert locale.get(wanted).code in TAGS


@pytest.mark.usefixtures("texts")
def test_the_default_is_what_it_was_loaded_with() -> None:
    assert locale.get("fr").code == "pt"
    load_texts("en")
    assert locale.get("fr").code == "en"


@pytest.mark.usefixtures("texts")
@pytest.mark.parametrize("key", KEYS)
def test_tornado_reads_what_stands_in_the_catalogues(key: str) -> None:
    for code, catalogue in CATALOGUES.items():
        assert say(locale.get(code), key) == catalogue[key]


@pytest.mark.usefixtures("texts")
def test_facts_are_filled_in() -> None:
    facts = {"most_seconds": 1800}
    english, portuguese = locale.get("en"), locale.get("pt-BR")
    key = "problem.ttl_invalid"
    assert say(english, key, facts) == "ttl_seconds must be a whole number from 1 to 1800."
    assert say(portuguese, key, facts) == "ttl_seconds deve ser um número inteiro de 1 a 1800."


@pytest.mark.usefixtures("texts")
def test_a_key_without_a_text_is_said_as_it_is() -> None:
    assert say(locale.get("en"), "no.such.key") == "no.such.key"


@pytest.mark.parametrize("problem", ["empty", "too_long", "not_printable_ascii"])
def test_every_problem_of_an_id_has_a_text(problem: str) -> None:
    code = problem_of(MalformedSessionId(problem)).code
    assert all(f"problem.{code}" in catalogue for catalogue in CATALOGUES.values())


@pytest.mark.parametrize("problem", ["missing", "unknown", "wrong_kind"])
def test_every_problem_of_a_key_has_a_text(problem: str) -> None:
    code = problem_of(KeyRejected(problem)).code
    assert all(f"problem.{code}" in catalogue for catalogue in CATALOGUES.values())
