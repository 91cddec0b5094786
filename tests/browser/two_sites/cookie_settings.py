"""The settings for cookies that people have, and what a frame of another site gets by each.

Measured with Chromium 156 and Firefox 153; ``test_cookie_settings.py`` holds this table to what
the browsers do. ``shared``: the frame is sent what the site set when it was visited by itself.
Elsewhere a cookie that is kept is kept apart for each embedding site.
"""

from collections.abc import Mapping

from attrs import frozen


@frozen(kw_only=True, eq=False)
class CookieSetting:
    """A setting as the browser's preferences have it, and what works in the frame with it."""

    browser: str
    preferences: Mapping[str, object]
    plain: bool
    shared: bool
    partitioned: bool
    session_storage: bool
    other_storage: bool
    """localStorage, IndexedDB and service workers."""


_ALL = {"plain": True, "partitioned": True, "session_storage": True, "other_storage": True}
_NONE = dict.fromkeys(_ALL, False)

# chrome://settings/cookies, and "sites not allowed to save data" there.
_CHROMIUM_ASIDE = {"cookie_controls_mode": 1, "block_third_party_cookies": True}
_CHROMIUM_SITE = {"content_settings": {"exceptions": {"cookies": {"frame.test,*": {"setting": 2}}}}}


def _firefox(behaviour: int) -> dict[str, object]:
    # nsICookieService.idl: BEHAVIOR_ACCEPT, _REJECT_FOREIGN, _REJECT,
    # _REJECT_TRACKER_AND_PARTITION_FOREIGN.
    return {"network.cookie.cookieBehavior": behaviour}


SETTINGS = {
    "chromium-all": CookieSetting(
        browser="chromium", preferences={"cookie_controls_mode": 0}, shared=True, **_ALL
    ),
    "chromium-third-party-blocked": CookieSetting(
        browser="chromium", preferences=_CHROMIUM_ASIDE, shared=False, **_ALL | {"plain": False}
    ),
    "chromium-site-blocked": CookieSetting(
        browser="chromium", preferences=_CHROMIUM_SITE, shared=False, **_NONE
    ),
    "firefox-all": CookieSetting(browser="firefox", preferences=_firefox(0), shared=True, **_ALL),
    "firefox-kept-apart": CookieSetting(  # Firefox's default
        browser="firefox", preferences=_firefox(5), shared=False, **_ALL
    ),
    "firefox-third-party-blocked": CookieSetting(
        browser="firefox",
        preferences=_firefox(1),
        shared=False,
        **_NONE | {"session_storage": True},
    ),
    "firefox-none": CookieSetting(
        browser="firefox", preferences=_firefox(2), shared=False, **_NONE
    ),
}
