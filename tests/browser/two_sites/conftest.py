"""A parent's site and framegate's, each of its own and over TLS, and browsers that trust both."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Protocol

import pytest
import trustme
from playwright.sync_api import Playwright

from tests.browser.protected_page import write_protected_page
from tests.browser.two_sites.chromium import running_chromium
from tests.browser.two_sites.cookie_settings import SETTINGS, CookieSetting
from tests.browser.two_sites.driving import Browser, Frame, Profile
from tests.browser.two_sites.firefox import running_firefox
from tests.browser.two_sites.parent import Parent
from tests.browser.two_sites.site import FRAME, Site, running_site
from tests.browser.two_sites.ways import WAYS, Way
from tests.support.framegate_server import FramegateServer, running_framegate, write_clients
from tests.support.redis_server import free_port


class Gates(Protocol):
    """Gives the server of each transport; ``client`` is more of the client's entry."""

    def __call__(self, transport: str, client: str = "") -> FramegateServer: ...


Browsers = Callable[[CookieSetting], Browser]


@pytest.fixture
def transport() -> str:
    """Take one: what these tests are about happens in the browser."""
    return "fast"


@pytest.fixture(scope="package")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="package")
def site(authority: trustme.CA) -> Iterator[Site]:
    with running_site(authority) as site:
        yield site


@pytest.fixture(scope="package")
def gates(
    authority: trustme.CA, site: Site, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gates]:
    """Start each server once."""
    folder = tmp_path_factory.mktemp("gates")
    pem = folder / "certificate.pem"
    authority.issue_cert(FRAME, "127.0.0.1").private_key_and_cert_chain_pem.write_to_path(pem)
    environment = {
        "TLS_CERT_FILE": str(pem),
        "STORAGE": "memory",
        "IFRAME_ROOT": str(write_protected_page(folder / "pages")),
        "RATE_LIMITS": "off",
        "DRAIN_SECONDS": "0",
    }
    servers: dict[tuple[str, str], FramegateServer] = {}
    with ExitStack() as running:

        def gate(transport: str, client: str = "") -> FramegateServer:
            key = transport, client
            if key not in servers:
                port, own = str(free_port()), folder / str(len(servers))
                own.mkdir()
                clients = write_clients(own / "clients.toml", client, site.origin())
                mine = {
                    "PORT": port,
                    "PUBLIC_URL": f"https://{FRAME}:{port}",
                    "CLIENTS_FILE": str(clients),
                    "HTTP_TRANSPORT": transport,
                }
                server = running_framegate(own, environment | mine, "serve")
                servers[key] = running.enter_context(server)
            return servers[key]

        yield gate


@pytest.fixture
def parent(gates: Gates, site: Site, transport: str, authority: trustme.CA) -> Parent:
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    return Parent(site, gates(transport), trust)


@pytest.fixture(scope="package")
def browsers(
    authority: trustme.CA, driver: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browsers]:
    """Give a browser with a setting; each is started once."""
    started: dict[CookieSetting, Browser] = {}
    with ExitStack() as running:

        def browser(setting: CookieSetting) -> Browser:
            if setting not in started:
                folder = tmp_path_factory.mktemp(setting.browser)
                started[setting] = running.enter_context(
                    running_chromium(folder, authority, driver, setting.preferences)
                    if setting.browser == "chromium"
                    else running_firefox(folder, authority, setting.preferences)
                )
            return started[setting]

        yield browser


@pytest.fixture(params=SETTINGS)
def setting(request: pytest.FixtureRequest) -> CookieSetting:
    return SETTINGS[request.param]


@pytest.fixture
def person(browsers: Browsers, setting: CookieSetting) -> Browser:
    """The browser of somebody with this setting."""
    return browsers(setting)


@pytest.fixture
def profile(person: Browser) -> Iterator[Profile]:
    with person.profile() as profile:
        yield profile


@pytest.fixture
def page(profile: Profile) -> Frame:
    """The page of the first tab, still empty."""
    return Frame(profile.tab())


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Way:
    return WAYS[request.param]
