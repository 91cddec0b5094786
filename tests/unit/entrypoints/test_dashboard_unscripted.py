"""What the dashboard says where no script runs."""

from typing import Any

import pytest
from tornado import locale

from domain.alerts import Limits
from entrypoints.http.dashboard.unscripted import UNKNOWN, Words
from entrypoints.texts import load_texts

AT = 1_700_000_000_000
THEN = "2023-11-14 22:13:20 UTC"


def words(language: str = "en", **parts: Any) -> Words:
    load_texts("en")
    frame = {
        "storage": "redis",
        "store": {"away_since": None, "at": AT},
        "window": {"ms": 300_000, "others": {}},
        "alerts": [],
        **parts,
    }
    return Words(frame, locale.get(language).translate)


def alert(name: str, subject: str = "portal", value: float = 91.7) -> dict[str, object]:
    return {"alert": name, "subject": subject, "value": value, "since": AT}


def test_whether_the_store_answers_is_said_and_of_when_its_figures_are() -> None:
    assert words().store() == ("good", "Redis answers")
    assert words().age() == f"Figures of {THEN}"
    away = words(store={"away_since": AT, "at": AT})
    assert away.store() == ("stop", f"Redis is away since {THEN}")
    assert away.age() == f"Last known figures, of {THEN}"
    assert away.of_store(3) == "3"


def test_what_was_never_known_is_no_figure() -> None:
    never = words(store={"away_since": None, "at": None})
    assert never.store() == ("note", "Store: not known")
    assert (never.age(), never.of_store(0)) == ("", UNKNOWN)
    assert words().of_store(None) == UNKNOWN


def test_the_alerts_that_are_on_are_said_with_their_time() -> None:
    assert words().alerts() == []
    on = [alert("cap_near"), alert("refusals_spike", "?", 120)]
    assert words(alerts=on).alerts() == [
        f"portal: the cap is nearly reached (92 percent when it was raised). Since {THEN}.",
        f"(nobody's): 120 redeems refused in a minute. Since {THEN}.",
    ]
    assert "o limite está quase cheio" in words("pt", alerts=on).alerts()[0]


def test_a_store_that_answers_again_is_said_to() -> None:
    on = [alert("store_away", "", 1)]
    assert words(alerts=on).alerts() == [
        f"Redis did not answer (alert since {THEN}), and answers again."
    ]
    away = words(alerts=on, store={"away_since": AT, "at": AT})
    assert away.alerts() == [f"Redis does not answer. Since {THEN}."]


@pytest.mark.parametrize("language", ["pt", "en"])
def test_every_alert_has_its_words(language: str) -> None:
    on = [alert(rule.name) for rule in Limits().all]
    said = words(language, alerts=on).alerts()
    assert not [text for text in said if "pages." in text or "{" in text]


def test_lost_entries_of_the_audit_log_are_said_with_the_time_they_were_counted_in() -> None:
    assert words().lost() == ""
    lost = {"audit_entries_lost": 7}
    said = words(window={"ms": 300_000, "others": lost}).lost()
    assert said == "Audit entries lost (in the last five minutes): 7"
    said = words(window={"ms": 66_000, "others": lost}).lost()
    assert said == "Audit entries lost (in the last 1:06 min): 7"
