"""Texts are for people and follow them; codes are for programs and never change."""

import pytest

from tests.http.house import ADMIN_KEY, PORTAL_KEY, House, in_house, unknown_id
from tests.http.pages import page_of
from tests.http.talk import (
    CLEANUP,
    CREATE,
    CREATE_MANY,
    HEALTH,
    IFRAME,
    STATUS,
    VALIDATE,
    Api,
    at,
    fields,
)

pytestmark = pytest.mark.gen_test

NEGOTIATED = [
    (None, "pt-BR"),
    ("", "pt-BR"),
    ("*", "pt-BR"),
    ("pt-BR", "pt-BR"),
    ("pt", "pt-BR"),
    ("pt-PT", "pt-BR"),
    ("PT-br", "pt-BR"),
    ("en", "en"),
    ("EN", "en"),
    ("en-GB", "en"),
    ("en-GB,en;q=0.8", "en"),
    ("pt,en", "pt-BR"),
    ("en,pt", "en"),
    ("en;q=0.3, pt;q=0.9", "pt-BR"),
    ("pt;q=0.2,en;q=0.7", "en"),
    ("pt; q=0.2, en; q=0.7", "en"),
    ("fr, en;q=0.5", "en"),
    ("fr;q=0.9,en;q=0.1,pt;q=0.5", "pt-BR"),
    ("fr", "pt-BR"),
    ("ja,zh-Hant-TW", "pt-BR"),
    ("zh-Hant-TW,en;q=0.5", "en"),
    ("en;q=0", "pt-BR"),
    ("en;q=0, fr", "pt-BR"),
    ("en;q=x", "pt-BR"),
    (";;,,=,q=1", "pt-BR"),
    ("<script>", "pt-BR"),
]


def accept(language: str | None) -> dict[str, str]:
    return {} if language is None else {"Accept-Language": language}


@pytest.mark.parametrize(("language", "lang"), NEGOTIATED)
async def test_a_page_is_in_the_language_of_its_reader(
    api: Api, language: str | None, lang: str
) -> None:
    response = await api.send("GET", IFRAME, headers=accept(language))

    page = page_of(response)
    titles = {"pt-BR": "Não foi possível abrir", "en": "This could not be opened"}
    details = {"pt-BR": "Falta session_id.", "en": "session_id is missing."}
    assert page.lang == lang
    assert page.title == f"{titles[lang]} · framegate"
    assert details[lang] in page.text
    assert "Accept-Language" in response.headers["Vary"]


@pytest.mark.parametrize(("language", "lang"), NEGOTIATED)
async def test_a_failure_is_in_the_language_of_its_reader(
    api: Api, language: str | None, lang: str
) -> None:
    response = await api.send("GET", VALIDATE, headers=accept(language))

    details = {"pt-BR": "Falta session_id.", "en": "session_id is missing."}
    assert fields(response) == {"detail": details[lang], "code": "session_id_missing"}
    assert "Accept-Language" in response.headers["Vary"]


@in_house(LOCALE="en")
@pytest.mark.parametrize(
    ("language", "lang"),
    [
        (None, "en"),
        ("", "en"),
        ("fr", "en"),
        ("*", "en"),
        ("pt", "pt-BR"),
        ("fr,pt;q=0.1", "pt-BR"),
    ],
)
async def test_locale_decides_for_those_whose_language_is_not_spoken(
    api: Api, language: str | None, lang: str
) -> None:
    response = await api.send("GET", IFRAME, headers=accept(language))

    assert page_of(response).lang == lang


@pytest.mark.parametrize(
    ("method", "path", "key", "field", "pt", "en"),
    [
        ("GET", VALIDATE, None, "message", "Sessão válida", "Session valid"),
        ("DELETE", CLEANUP, ADMIN_KEY, "message",
         "Limpeza concluída. Sessões removidas: 0", "Clean-up done. Sessions removed: 0"),
        ("GET", HEALTH, None, "message",
         "Armazenamento em memória funcionando corretamente", "The store in memory works"),
    ],
    ids=["validate", "clean-up", "health"],
)  # fmt: skip
async def test_messages_of_success_follow_the_reader_too(
    api: Api, method: str, path: str, key: str | None, field: str, pt: str, en: str
) -> None:
    for language, text in (("pt-BR", pt), ("en", en)):
        session_id = await api.create(PORTAL_KEY)
        response = await api.send(method, at(path, session_id), key=key, headers=accept(language))
        assert fields(response)[field] == text
        assert response.headers["Vary"] == "Accept-Language"


FAILURES = [
    ("GET", at(VALIDATE, unknown_id()), None, None, "session_invalid"),
    ("GET", VALIDATE, None, None, "session_id_missing"),
    ("GET", f"{VALIDATE}?session_id=a&session_id=b", None, None, "session_id_repeated"),
    ("GET", f"{VALIDATE}?session_id=", None, None, "session_id_empty"),
    ("GET", at(VALIDATE, "x" * 200), None, None, "session_id_too_long"),
    ("GET", at(VALIDATE, "é"), None, None, "session_id_not_printable_ascii"),
    ("POST", VALIDATE, None, '{"session_id": 7}', "session_id_not_text"),
    ("POST", CREATE, None, "", "key_missing"),
    ("POST", CREATE, "nobody's", "", "key_unknown"),
    ("POST", CREATE, ADMIN_KEY, "", "key_wrong_kind"),
    ("POST", CREATE, PORTAL_KEY, "[", "body_not_json"),
    ("POST", CREATE, PORTAL_KEY, "[]", "body_not_object"),
    ("POST", CREATE, PORTAL_KEY, '{"subject": 1, "subject": 2}', "body_repeats_field"),
    ("POST", CREATE, PORTAL_KEY, f'{{"metadata": {"[" * 20}{"]" * 20}}}', "body_too_deep"),
    ("POST", CREATE, PORTAL_KEY, " " * 17_000, "body_too_large"),
    ("POST", CREATE, PORTAL_KEY, '{"ttl": 1}', "field_unknown"),
    ("POST", CREATE, PORTAL_KEY, '{"ttl_seconds": 0}', "ttl_invalid"),
    ("POST", CREATE_MANY, PORTAL_KEY, '{"count": 0}', "count_invalid"),
    ("POST", CREATE, PORTAL_KEY, '{"subject": ""}', "subject_invalid"),
    ("POST", CREATE, PORTAL_KEY, '{"metadata": []}', "metadata_invalid"),
    ("GET", f"{STATUS}?{'x' * 5000}", PORTAL_KEY, None, "address_too_long"),
    ("GET", "/nothing", None, None, "not_found"),
    ("PUT", STATUS, None, "", "method_not_allowed"),
]


@pytest.mark.parametrize(
    ("method", "path", "key", "body", "code"), FAILURES, ids=[case[-1] for case in FAILURES]
)
async def test_every_failure_has_its_text_in_both_languages_and_one_code(
    api: Api, method: str, path: str, key: str | None, body: str | None, code: str
) -> None:
    details = []
    for language in ("pt-BR", "en"):
        headers = {"Content-Type": "application/json", **accept(language)}
        response = await api.send(method, path, key=key, headers=headers, body=body)
        failure = fields(response)
        assert failure.keys() == {"detail", "code"}
        assert failure["code"] == code
        details.append(failure["detail"])

    assert details[0] != details[1]
    for detail in details:
        assert " " in detail, "a key of the catalogue, not a text"
        assert "%" not in detail


async def test_the_status_speaks_no_language(api: Api, house: House) -> None:
    assert await house.figures()
    answers = {
        (await api.send("GET", STATUS, key=PORTAL_KEY, headers=accept(language))).body
        for language in ("pt-BR", "en", None)
    }

    assert len(answers) == 1
