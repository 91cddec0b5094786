"""The usage report as a page: one file, opened from wherever it was sent to."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from domain.usage import DAY_MS, HOUR_MS, Counted, Period, Step, Usage
from entrypoints.texts import load_texts
from entrypoints.usage_page import usage_page

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
START = 20_000 * DAY_MS
USAGES = [
    Usage(
        start=START + hour * HOUR_MS,
        end=START + (hour + 1) * HOUR_MS,
        client=client,
        region=region,
        counts={Counted.REDEEMED: 3 * hour + 1, Counted.REFUSED_USED: hour},
    )
    for hour in range(1, 24)
    for client, region in (("portal", "BR"), ("portal", ""), ("?", ""))
]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_the_page_stands_alone_fits_its_window_and_is_photographed(
    browser: Browser, tmp_path: Path, width: int, scheme: str
) -> None:
    load_texts("en")
    period = Period(start=START, end=START + DAY_MS, step=Step.HOUR)
    file = tmp_path / "report.html"
    file.write_bytes(usage_page(USAGES, period, by_region=True))
    complaints: list[str] = []
    page = browser.new_page(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(file.as_uri())
    expect(page.get_by_role("img")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(len(USAGES) + 1)
    assert page.locator("body").evaluate("e => getComputedStyle(e).fontFamily") != "serif"
    for entry in page.locator("figcaption .key").all():
        box, swatch = entry.bounding_box(), entry.locator("i").bounding_box()
        assert box is not None
        assert swatch is not None
        assert box["height"] < 2 * swatch["height"], "its words stand one below the other"
        assert swatch["width"] == swatch["height"]
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) == 0
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"report-{width}-{scheme}.png", full_page=True)
    page.close()
    assert complaints == []
