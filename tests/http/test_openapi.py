"""The document and its page, and what the application has to do with them."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from openapi_spec_validator import OpenAPIV31SpecValidator
from tornado import locale
from tornado.routing import URLSpec

from entrypoints.http import ended, problems
from entrypoints.http.bad_input import BadInput
from entrypoints.http.base import BaseHandler
from entrypoints.http.openapi.addresses import Address, addresses_of
from entrypoints.http.openapi.codes import ERRORS, KNOWN
from entrypoints.http.openapi.described import described
from entrypoints.http.openapi.document import document
from entrypoints.http.probes import LIVEZ
from tests.http.house import House, in_house, open_house
from tests.http.pages import page_of
from tests.http.talk import Api, fields
from tests.unit.catalogues import CATALOGUES, keys_below

pytestmark = pytest.mark.gen_test

ROOT = Path(__file__).parents[2]
DOCUMENT, PAGE = "/openapi.json", "/openapi"
LANGUAGES = pytest.mark.parametrize("language", ["pt-BR", "en"])
IMPLIED = {"HEAD", "OPTIONS"}


@pytest.fixture
def whole_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A server with every route that there can be."""
    (tmp_path / "iframe.html").write_text("<!DOCTYPE html><title>Protected</title>")
    return open_house(tmp_path, monkeypatch, demo=True, IFRAME_ROOT=str(tmp_path))


async def document_of(api: Api, language: str = "en") -> dict[str, Any]:
    return fields(await api.send("GET", DOCUMENT, headers={"Accept-Language": language}))


def written_for(house: House, language: str = "en") -> dict[str, Any]:
    addresses = addresses_of(house.runtime.application)
    return document(addresses, locale.get(language), "", demo=False)


def operations_in(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for path in document["paths"].values() for one in path.values()]


def methods_of(spec: URLSpec) -> set[str]:
    """The methods that a handler takes, as it tells callers by ``Allow``."""
    handler = spec.handler_class.__new__(spec.handler_class)
    assert isinstance(handler, BaseHandler)
    handler.__dict__["_route"] = (spec.kwargs or {}).get("route")
    return set(handler.allowed_methods())


def texts_in(tree: Any) -> list[str]:
    inner = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return [tree] if isinstance(tree, str) else [text for each in inner for text in texts_in(each)]


def test_every_route_is_in_the_document_with_the_methods_that_it_takes(whole_house: House) -> None:
    application = whole_house.runtime.application
    specs = [rule for rule in application.wildcard_router.rules if isinstance(rule, URLSpec)]
    assert len(specs) == len(application.wildcard_router.rules) > 15
    paths = written_for(whole_house)["paths"]
    for spec, address in zip(specs, addresses_of(application), strict=True):
        declared = {method.upper() for method in paths.get(address.path, {})}
        assert declared, f"{address.path} is not declared: give its handler `operations`"
        assert declared - IMPLIED == methods_of(spec) - IMPLIED, address.path


def test_a_route_that_declares_nothing_is_seen_to_be_missing(house: House) -> None:
    application = house.runtime.application
    silent: type[BaseHandler] = type("Silent", (BaseHandler,), {})
    application.wildcard_router.add_rules([URLSpec("/silent", silent)])

    assert Address("/silent", {}) in addresses_of(application)
    assert "/silent" not in written_for(house)["paths"]


@LANGUAGES
def test_the_document_is_valid_and_has_words_for_everything(
    whole_house: House, language: str
) -> None:
    written = written_for(whole_house, language)

    assert written["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(written).iter_errors()] == []
    assert [text for text in texts_in(written) if text.startswith("api.")] == []
    for operation in operations_in(written):
        assert operation["summary"], operation["operationId"]
        assert operation["description"], operation["operationId"]


def test_no_text_of_the_document_is_left_over(whole_house: House) -> None:
    said = " ".join(texts_in(written_for(whole_house)))
    texts = {key: CATALOGUES["en"][f"api.{key}"] for key in keys_below("api.")}
    assert [key for key, text in texts.items() if text not in said] == []


def test_what_is_optional_in_the_document_is_optional_for_who_calls(whole_house: House) -> None:
    operations = {one["operationId"]: one for one in operations_in(written_for(whole_house))}
    create, validate = operations["create_session"], operations["validate_session"]

    assert create["requestBody"]["content"]["application/json"]["schema"]["required"] == []
    assert [one["required"] for one in validate["parameters"]] == [True]
    assert operations["validate_session_post"]["parameters"][0]["required"] is False


def test_an_operation_can_be_refused_only_with_codes_that_are_known() -> None:
    with pytest.raises(KeyError, match="no_such_code"):
        described(evolve(LIVEZ, raises=["no_such_code"]), "livez", demo=False)


async def test_the_document_is_in_the_language_that_is_asked_for(api: Api) -> None:
    portuguese, english = await document_of(api, "pt-BR"), await document_of(api, "en")

    assert portuguese["info"]["summary"] == "Uma página abre um iframe uma única vez."
    assert english["info"]["summary"] == "Lets a web page open an iframe once."
    assert portuguese["paths"].keys() == english["paths"].keys()


@LANGUAGES
async def test_the_document_is_sent_again_only_when_it_is_another(api: Api, language: str) -> None:
    sent = {"Accept-Language": language}
    first = await api.send("GET", DOCUMENT, headers=sent)
    known = {"If-None-Match": first.headers["Etag"]}
    again = await api.send("GET", DOCUMENT, headers={**sent, **known})
    other = await api.send("GET", DOCUMENT, headers={**sent, "If-None-Match": '"another"'})

    assert first.headers["Cache-Control"] == "public, no-cache"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert "Accept-Language" in first.headers["Vary"]
    assert (again.code, again.body) == (304, b"")
    assert again.headers["Etag"] == first.headers["Etag"]
    assert (other.code, other.body) == (200, first.body)


@in_house(PUBLIC_URL="https://gate.example/frames")
async def test_behind_a_proxy_the_document_says_where_callers_find_it(api: Api) -> None:
    assert (await document_of(api))["servers"] == [{"url": "https://gate.example/frames"}]


async def test_who_needs_which_key_is_said(api: Api) -> None:
    paths = (await document_of(api))["paths"]

    assert paths["/auth/create-session"]["post"]["security"] == [{"client": []}]
    assert paths["/auth/cleanup-sessions"]["delete"]["security"] == [{"admin": []}]
    assert paths["/livez"]["get"]["security"] == []


@in_house(demo=True)
async def test_a_demo_says_that_it_asks_for_no_key(api: Api) -> None:
    paths = (await document_of(api))["paths"]

    assert {} in paths["/auth/create-session"]["post"]["security"]
    assert {} not in paths["/client/grant"]["get"]["security"]


@LANGUAGES
async def test_the_page_shows_every_operation_and_every_code(api: Api, language: str) -> None:
    sent = {"Accept-Language": language}
    page = page_of(await api.send("GET", PAGE, headers=sent))
    document = await document_of(api, language)

    assert page.lang == language
    assert page.inline == []
    for path, operations in document["paths"].items():
        assert path in page.text
        for operation in operations.values():
            assert operation["summary"] in page.text
    for code in KNOWN:
        assert code in page.text


async def test_what_the_page_leads_to_is_there(api: Api) -> None:
    page = page_of(await api.send("GET", PAGE))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    named = {address for tag, at in page.elements if tag == "a" and (address := at.get("href"))}

    assert len(ids) == len(set(ids))
    assert {address[1:] for address in named if address.startswith("#")} <= set(ids)
    assert {address for address in named if not address.startswith("#")} == {"openapi.json"}


def test_every_kind_of_error_that_has_a_status_is_among_the_codes() -> None:
    exemplified = {type(error) for error in ERRORS}
    assert set(problems._TABLE) <= exemplified
    codes = {problems.problem_of(error).code for error in ERRORS}
    assert codes | {ended.CODE} == KNOWN.keys()  # what a refusal is called to who held a grant


def test_every_code_of_bad_input_is_among_the_codes() -> None:
    http = ROOT / "entrypoints" / "http"
    raised = {
        code
        for path in http.rglob("*.py")
        if path.name != "codes.py"
        for code in re.findall(r'BadInput\(\s*"(\w+)"', path.read_text())
    }
    assert len(raised) > 20
    assert raised <= KNOWN.keys()
    assert {error.code for error in ERRORS if isinstance(error, BadInput)} <= raised


def test_every_code_says_what_happened_and_what_to_do_in_both_languages() -> None:
    # No answer has the doorstep's own: it tells of those that did not come.
    doorstep = (ROOT / "entrypoints" / "http" / "pages" / "doorstep.html").read_text()
    told_there = set(re.findall(r"\w+", doorstep)) - KNOWN.keys()
    assert keys_below("problem.") - told_there == KNOWN.keys()
    remedies = keys_below("remedy.")
    for code, problem in KNOWN.items():
        assert {code, str(problem.status)} & remedies, code
    assert remedies <= {*KNOWN, *(str(problem.status) for problem in KNOWN.values())}


def test_errors_carry_what_their_texts_tell() -> None:
    for code, problem in KNOWN.items():
        for catalogue in CATALOGUES.values():
            assert catalogue[f"problem.{code}"] % problem.facts
