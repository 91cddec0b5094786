"""A real server does what its document says, whatever is sent: by schemathesis.

What it does with good ids and keys of all kinds is held to the same document by ``tests/http``.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from attrs import frozen
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from tests.http.documented import strict
from tests.support.framegate_server import KEYS, bearer, running_framegate, write_clients

SEED = 20_260_131
EXAMPLES = 6

load_all_checks()
PROMISES = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
    ]
)
KEYS_BY_KIND = {"admin": KEYS.ops, "client": KEYS.portal}


@frozen
class Subject:
    """A server to try, and its document."""

    operations: list[Any]
    session: requests.Session

    def hold(self, operation: Any, mode: GenerationMode) -> None:
        """Send examples of what the document allows, or of what it does not."""

        @seed(SEED)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def holds(case: Any) -> None:
            headers = {**(case.headers or {}), **key_for(operation)}
            response = case.call(session=self.session, headers=headers, timeout=60)
            case.validate_response(response, checks=PROMISES, headers=headers)

        print(f"{operation.label}, {mode.value}, seed {SEED}")  # noqa: T201 for who reads a failure
        holds()


@pytest.fixture(scope="module", params=["fast", "tornado"])
def subject(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Subject]:
    folder = tmp_path_factory.mktemp("openapi")
    root = folder / "pages"
    root.mkdir()
    (root / "iframe.html").write_text("<!DOCTYPE html><title>Protected</title>")
    environment = {
        "STORAGE": "memory",
        "HTTP_TRANSPORT": request.param,
        "CLIENTS_FILE": str(write_clients(folder / "clients.toml")),
        "IFRAME_ROOT": str(root),
        "RATE_LIMITS": "off",
    }
    with running_framegate(folder, environment, "serve") as server, requests.Session() as session:
        document = session.get(f"{server.url}/openapi.json", timeout=60).json()
        for path in document["paths"].values():
            for operation in path.values():
                operation["responses"] = strict(operation["responses"])
        schema: Any = schemathesis.openapi.from_dict(document)
        schema.config.update(base_url=server.url)
        yield Subject([found.ok() for found in schema.get_all_operations()], session)


def key_for(operation: Any) -> dict[str, str]:
    kinds = {kind for scheme in operation.definition.raw["security"] for kind in scheme}
    keys = [key for kind, key in KEYS_BY_KIND.items() if kind in kinds]
    return bearer(keys[0]) if keys else {}


def can_be_wrong(operation: Any) -> bool:
    """Tell whether there is anything in a request of which not everything will do."""
    raw = operation.definition.raw
    schemas = [one["schema"] for one in raw["parameters"]]
    return "requestBody" in raw or any(schema.keys() - {"type"} for schema in schemas)


def test_what_the_document_allows_is_answered_as_it_says(subject: Subject) -> None:
    assert len(subject.operations) > 25
    for operation in subject.operations:
        subject.hold(operation, GenerationMode.POSITIVE)


def test_what_the_document_does_not_allow_is_refused_as_it_says(subject: Subject) -> None:
    fallible = [operation for operation in subject.operations if can_be_wrong(operation)]
    assert len(fallible) > 10
    for operation in fallible:
        subject.hold(operation, GenerationMode.NEGATIVE)
