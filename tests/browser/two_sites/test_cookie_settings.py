"""A setting for cookies does what ``cookie_settings.py`` says of it, or nothing else here is worth
much."""

from collections.abc import Mapping

from tests.browser.two_sites.cookie_settings import CookieSetting
from tests.browser.two_sites.driving import Frame
from tests.browser.two_sites.site import FRAME, OTHER, Reply, Site

COMMON = "Secure; SameSite=None; Path=/"
SERVICE_WORKER = Reply("self.onfetch = () => {};", "text/javascript")


def tell_cookies(headers: Mapping[str, str]) -> Reply:
    return Reply(headers.get("Cookie", ""), "text/plain")


def embed(site: Site, page: Frame, *cookies: str, name: str = "parent.test") -> Frame:
    """Open a frame whose answer sets these cookies."""
    lines = tuple(("Set-Cookie", f"{cookie}; {COMMON}") for cookie in cookies)
    framed = site.put(lambda _: Reply("<!DOCTYPE html>", headers=lines), FRAME)
    page.tab.go(site.page(f'<iframe src="{framed}"></iframe>', name))
    return page.frame("iframe")


def sent_from(site: Site, frame: Frame) -> set[str]:
    """Return the cookies that a request of the frame carries."""
    told = site.put(tell_cookies, FRAME)
    sent = frame.evaluate(f"fetch('{told}').then(answer => answer.text())")
    return set(filter(None, sent.split("; ")))


def test_a_frame_is_sent_the_cookies_that_the_setting_allows(
    setting: CookieSetting, site: Site, page: Frame
) -> None:
    own = f"own=1; {COMMON}"
    page.tab.go(site.put(lambda _: Reply("", headers=(("Set-Cookie", own),)), FRAME))
    frame = embed(site, page, "plain=1", "__Host-apart=1; Partitioned")
    frame.evaluate(f"document.cookie = '__Host-script=1; {COMMON}; Partitioned'")

    apart = {"__Host-apart=1", "__Host-script=1"}
    assert sent_from(site, frame) == (
        ({"own=1"} if setting.shared else set())
        | ({"plain=1"} if setting.plain else set())
        | (apart if setting.partitioned else set())
    )
    # A script can tell.
    assert ("__Host-script=1" in frame.evaluate("document.cookie")) == setting.partitioned

    frame = embed(site, page, name=OTHER)
    assert not sent_from(site, frame) & apart, "kept apart for each embedding site"


def test_a_frame_has_the_storage_that_the_setting_allows(
    setting: CookieSetting, site: Site, page: Frame
) -> None:
    frame = embed(site, page)
    worker = site.put(lambda _: SERVICE_WORKER, FRAME)
    assert works(frame, "sessionStorage.setItem('held', '1')") == setting.session_storage
    assert works(frame, "localStorage.setItem('held', '1')") == setting.other_storage
    assert works(frame, OPEN_DATABASE) == setting.other_storage
    assert works(frame, f"navigator.serviceWorker.register('{worker}')") == setting.other_storage
    if setting.session_storage:
        frame.reload()
        assert frame.evaluate("sessionStorage.getItem('held')") == "1"
        page.tab.reload()
        assert frame.evaluate("sessionStorage.getItem('held')") == "1"


OPEN_DATABASE = """new Promise((yes, no) => {
    const asked = indexedDB.open('held');
    asked.onsuccess = yes;
    asked.onerror = () => no(asked.error);
})"""


def works(frame: Frame, what: str) -> bool:
    """Tell whether the browser does it; that it refuses is a DOMException in each case."""
    return bool(
        frame.evaluate(f"""(async () => {{
            try {{ await ({what}); return true; }}
            catch (error) {{ if (error instanceof DOMException) return false; throw error; }}
        }})()""")
    )
