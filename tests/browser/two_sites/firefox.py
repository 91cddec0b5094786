"""Firefox, driven by WebDriver BiDi, which it speaks itself."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import trustme
from attrs import frozen

from tests.browser.two_sites.bidi import Bidi, BidiError, connected
from tests.browser.two_sites.driving import Browser, NotThere, Profile, Tab
from tests.browser.two_sites.site import NAMES
from tests.browser.two_sites.sleeping import stopped
from tests.browser.two_sites.trust import trust_in
from tests.support.waiting import until

FIREFOX = ("firefox-esr", "firefox")

# What has it stay on this machine, and ask nobody anything.
QUIET: Mapping[str, object] = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "intl.accept_languages": "pt-BR, en",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.localDomains": ",".join(NAMES),
    "network.proxy.type": 0,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.server": "",
}


# As playwright does: the second of two selectors is looked for inside the first's element, also in
# what belongs to it alone.
FIND = """{}.reduce(
    (at, part) => (at?.shadowRoot ?? at)?.querySelector(part), document)?.contentWindow"""


@frozen
class FirefoxTab(Tab):
    _bidi: Bidi
    _context: str

    def go(self, url: str) -> None:
        self._do("navigate", url=url, wait="complete")

    def reload(self) -> None:
        self._do("reload", wait="complete")

    def back(self) -> None:
        self._traverse(-1)

    def forward(self) -> None:
        self._traverse(1)

    def connect(self, *, connected: bool) -> None:
        conditions = None if connected else {"type": "offline"}
        self._bidi.call(
            "emulation.setNetworkConditions",
            contexts=[self._context],
            networkConditions=conditions,
        )

    def tell(self, path: tuple[str, ...], expression: str) -> object:
        context = self._context
        for selector in path:
            found = self._evaluate(context, FIND.format(json.dumps(selector.split(" >> "))))
            if found["type"] != "window":
                raise NotThere("no frame", path)
            context = found["value"]["context"]
        return self._evaluate(context, expression).get("value")

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self._do("captureScreenshot")["data"]))

    def statuses(self, url: str) -> list[int]:
        self._bidi.call("session.status")  # what was told before it has been read then
        answers = [told["params"] for told in self._bidi.events]
        return [said["response"]["status"] for said in answers if said["request"]["url"] == url]

    def _do(self, command: str, **parameters: object) -> dict[str, Any]:
        return self._bidi.call(f"browsingContext.{command}", context=self._context, **parameters)

    def _traverse(self, delta: int) -> None:
        left = self.tell((), "location.href")
        self._do("traverseHistory", delta=delta)

        def has_left() -> bool:
            try:
                return self.tell((), "location.href") != left
            except NotThere:  # it is on its way
                return False

        until("another page is shown", has_left)

    def _evaluate(self, context: str, expression: str) -> dict[str, Any]:
        target = {"context": context}
        try:
            done = self._bidi.call(
                "script.evaluate", expression=expression, target=target, awaitPromise=True
            )
        except BidiError as error:  # a document that goes takes its scripts with it
            raise NotThere(str(error)) from error
        if done["type"] == "exception":
            raise NotThere(done["exceptionDetails"]["text"])
        return dict(done["result"])


@frozen
class FirefoxProfile(Profile):
    _bidi: Bidi
    _user: str

    def tab(self) -> FirefoxTab:
        made = self._bidi.call("browsingContext.create", type="tab", userContext=self._user)
        tab = FirefoxTab(self._bidi, made["context"])
        viewport = {"width": 1000, "height": 640}
        self._bidi.call("browsingContext.setViewport", context=made["context"], viewport=viewport)
        return tab


@frozen
class Firefox(Browser):
    _bidi: Bidi
    _process: int

    def asleep(self) -> AbstractContextManager[None]:
        return stopped(self._process)

    @contextmanager
    def profile(self) -> Iterator[FirefoxProfile]:
        # What Firefox calls a container: it has a jar of its own.
        user = self._bidi.call("browser.createUserContext")["userContext"]
        yield FirefoxProfile(self._bidi, user)
        self._bidi.call("browser.removeUserContext", userContext=user)
        self._bidi.events.clear()


@contextmanager
def running_firefox(
    folder: Path, authority: trustme.CA, preferences: Mapping[str, object]
) -> Iterator[Firefox]:
    """Run one with these preferences (about:config)."""
    profile = folder / "profile"
    trust_in(profile, authority)
    lines = [
        f"user_pref({json.dumps(name)}, {json.dumps(value)});"
        for name, value in {**QUIET, **preferences}.items()
    ]
    (profile / "user.js").write_text("\n".join(lines))
    executable = next(filter(None, map(shutil.which, FIREFOX)))
    arguments = [executable, "--headless", "--no-remote", "--remote-debugging-port", "0"]
    environment = {**os.environ, "HOME": str(folder)}
    with (
        (folder / "firefox.txt").open("wb") as said,
        subprocess.Popen(
            [*arguments, "--profile", str(profile)],
            env=environment,
            stdout=said,
            stderr=said,
            start_new_session=True,
        ) as process,
    ):
        try:
            told = profile / "WebDriverBiDiServer.json"
            until("Firefox tells its port", lambda: told.exists() and "}" in told.read_text())
            port = json.loads(told.read_text())["ws_port"]
            with connected(f"ws://127.0.0.1:{port}/session") as bidi:
                bidi.call("session.subscribe", events=["network.responseCompleted"])
                yield Firefox(bidi, process.pid)
        finally:
            process.terminate()
