"""The page that tells what may be asked, in a real browser."""

from playwright.sync_api import Page, expect

from tests.support.framegate_server import FramegateServer


def test_the_reference_can_be_read_on_a_phone_and_by_keyboard(
    page: Page, demo: FramegateServer, complaints: list[str]
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{demo.url}/openapi")

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Pular para o conteúdo")).to_be_focused()
    page.get_by_role("link", name="POST /auth/create-session", exact=True).focus()
    page.keyboard.press("Enter")
    article = page.get_by_role("article", name="POST /auth/create-session", exact=True)
    expect(article).to_be_in_viewport()
    article.get_by_role("link", name="ttl_invalid").click()
    expect(page.get_by_role("row", name="ttl_invalid")).to_be_in_viewport()
    assert complaints == []
