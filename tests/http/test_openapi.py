"""The document and its page, and what the application has to do with them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from openapi_spec_validator import OpenAPIV31SpecValidator
from tornado.routing import URLSpec
from tornado.web import RequestHandler

from entrypoints.http.base import BaseHandler
from entrypoints.http.livez import LIVEZ
from entrypoints.http.openapi.addresses import Address, addresses_of
from entrypoints.http.openapi.codes import KNOWN
from entrypoints.http.openapi.described import described
from entrypoints.http.openapi.operation import Operation
from tests.http.house import House, in_house
from tests.http.pages import page_of
from tests.http.talk import Api, fields

pytestmark = pytest.mark.gen_test

DOCUMENT, PAGE = "/openapi.json", "/openapi"
LANGUAGES = pytest.mark.parametrize("language", ["pt-BR", "en"])
IMPLIED = {"HEAD", "OPTIONS"}


async def document_of(api: Api, language: str = "en") -> dict[str, Any]:
    return fields(await api.send("GET", DOCUMENT, headers={"Accept-Language": language}))


def operations_in(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for path in document["paths"].values() for one in path.values()]


def methods_of(spec: URLSpec) -> set[str]:
    """The methods that a handler takes, as it tells callers by ``Allow``."""
    handler = spec.handler_class.__new__(spec.handler_class)
    assert isinstance(handler, BaseHandler)
    handler.__dict__["_route"] = (spec.kwargs or {}).get("route")
    return set(handler.allowed_methods())


def texts_in(tree: Any) -> list[str]:
    if isinstance(tree, list):
        return [text for each in tree for text in texts_in(each)]
    if isinstance(tree, dict):
        return [text for each in tree.values() for text in texts_in(each)]
    return [tree] if isinstance(tree, str) else []


@pytest.mark.parametrize(
    "house", [{}, {"demo": True}, {"IFRAME_ROOT": "."}], indirect=True, ids=["usual", "demo", "root"]
)
async def test_every_route_is_in_the_document_with_the_methods_that_it_takes(
    api: Api, house: House
) -> None:
    application = house.runtime.application
    specs = [rule for rule in application.wildcard_router.rules if isinstance(rule, URLSpec)]
    assert len(specs) == len(application.wildcard_router.rules) > 15
    paths = (await document_of(api))["paths"]
    for spec, address in zip(specs, addresses_of(application), strict=True):
        declared = {method.upper() for method in paths.get(address.path, {})}
        assert declared, f"{address.path} is not declared: give its handler `operations`"
        assert declared - IMPLIED == methods_of(spec) - IMPLIED, address.path


def test_a_route_that_declares_nothing_is_left_out(house: House) -> None:
    application = house.runtime.application
    application.add_handlers(".*", [URLSpec("/undeclared", type("Silent", (BaseHandler,), {}))])
    assert Address("/undeclared", {}) not in addresses_of(application)


@LANGUAGES
@pytest.mark.parametrize("house", [{}, {"demo": True}], indirect=True, ids=["usual", "demo"])
async def test_the_document_is_valid_and_has_words_for_everything(api: Api, language: str) -> None:
    document = await document_of(api, language)

    assert document["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    assert [text for text in texts_in(document) if text.startswith("api.")] == []
    for operation in operations_in(document):
        assert operation["summary"], operation["operationId"]
        assert operation["description"], operation["operationId"]


async def test_its_words_are_in_the_language_that_is_asked_for(api: Api) -> None:
    portuguese, english = await document_of(api, "pt-BR"), await document_of(api, "en")

    assert portuguese["info"]["summary"] == "Uma página abre um iframe uma única vez."
    assert english["info"]["summary"] == "Lets a web page open an iframe once."
    assert portuguese["paths"].keys() == english["paths"].keys()


def test_an_operation_answers_only_with_codes_that_are_known() -> None:
    with pytest.raises(KeyError):
        described(evolve(LIVEZ, raises=["no_such_code"]), "livez", demo=False)
