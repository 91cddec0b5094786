import json
from types import MappingProxyType

import pytest
from attrs.exceptions import FrozenInstanceError

from domain.errors import InvalidMetadata, InvalidSubject
from domain.payload import Payload

EMPTY_OBJECT_BYTES = len('{"a":""}')


def deep(levels: int) -> dict[str, object]:
    inner: dict[str, object] = {}
    for _ in range(levels):
        inner = {"a": inner}
    return inner


def round_about() -> dict[str, object]:
    ring: dict[str, object] = {}
    ring["ring"] = ring
    return ring


def test_nothing_sent_is_nothing_carried() -> None:
    assert Payload.of() == Payload(None, None)
    assert Payload.of(None, None) == Payload()


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param("a", id="one"),
        pytest.param(" ", id="space"),
        pytest.param("a" * 256, id="256"),
        pytest.param("á" * 256, id="256 accented"),
        pytest.param("\U0001f600" * 256, id="256 beyond the BMP"),
        pytest.param("Ana Conceição <ana@portal.example>", id="a person"),
        pytest.param("10\u00a0km", id="no-break space"),
        pytest.param("\U0001f469\u200d\U0001f680", id="joined emoji"),
    ],
)
def test_a_subject_is_1_to_256_characters_of_any_script(subject: str) -> None:
    assert Payload.of(subject=subject).subject == subject


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param("", id="empty"),
        pytest.param("a" * 257, id="257"),
        pytest.param("á" * 257, id="257 accented"),
        pytest.param("a\n", id="newline"),
        pytest.param("a\tb", id="tab"),
        pytest.param("a\0", id="NUL"),
        pytest.param("a\x7f", id="delete"),
        pytest.param("a\x85", id="a C1 control"),
        pytest.param("a\u2028b", id="line separator"),
        pytest.param("a\u202eb", id="right-to-left override"),
        pytest.param("\ud800", id="lone surrogate"),
        pytest.param(1, id="number"),
        pytest.param(True, id="bool"),
        pytest.param(b"ana", id="bytes"),
        pytest.param(["ana"], id="list"),
        pytest.param({}, id="object"),
    ],
)
def test_any_other_subject_is_refused(subject: object) -> None:
    with pytest.raises(InvalidSubject) as refused:
        Payload.of(subject=subject)
    assert refused.value.most_characters == 256


def test_metadata_is_kept_as_compact_json_in_the_order_it_came() -> None:
    carried = Payload.of(metadata={"z": [1, 2.5, None, True], "a": {"ação": "é"}})
    assert carried.metadata == '{"z":[1,2.5,null,true],"a":{"ação":"é"}}'


def test_an_empty_object_is_metadata() -> None:
    assert Payload.of(metadata={}).metadata == "{}"


@pytest.mark.parametrize("letter", ["a", "é", "€", "\U0001f600"])
def test_metadata_takes_at_most_2048_bytes_in_utf8(letter: str) -> None:
    count, rest = divmod(2048 - EMPTY_OBJECT_BYTES, len(letter.encode()))
    fits = {"a": letter * count + "x" * rest}
    kept = Payload.of(metadata=fits).metadata
    assert kept is not None
    assert len(kept.encode()) == 2048
    assert json.loads(kept) == fits
    with pytest.raises(InvalidMetadata) as refused:
        Payload.of(metadata={"a": fits["a"] + "x"})
    assert refused.value.most_bytes == 2048


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param([], id="list"),
        pytest.param("{}", id="text"),
        pytest.param(0, id="zero"),
        pytest.param(False, id="false"),
        pytest.param({"a": float("nan")}, id="not a number"),
        pytest.param({"a": float("inf")}, id="infinity"),
        pytest.param({"a": {1, 2}}, id="a set"),
        pytest.param({"a": b""}, id="bytes"),
        pytest.param({("a",): 1}, id="a tuple as name"),
        pytest.param({"a": "\ud800"}, id="lone surrogate"),
        pytest.param({"\udcff": 1}, id="lone surrogate in a name"),
        pytest.param(round_about(), id="circle"),
        pytest.param(deep(100_000), id="too deep"),
        pytest.param(MappingProxyType({"a": MappingProxyType({})}), id="not a JSON mapping"),
    ],
)
def test_what_is_no_json_object_is_refused(metadata: object) -> None:
    with pytest.raises(InvalidMetadata):
        Payload.of(metadata=metadata)


def test_a_payload_does_not_change_with_what_it_was_made_from() -> None:
    sent = {"a": ["b"]}
    carried = Payload.of(metadata=sent)
    sent["a"].append("c")
    assert carried.metadata == '{"a":["b"]}'


def test_a_payload_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Payload().subject = "ana"  # type: ignore[misc]
