"""What a test asks of a browser, whichever it is.

A frame is named by the selectors that lead to it, not held: documents come and go in it.
"""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from attrs import frozen

from tests.support.waiting import until


class NotThere(Exception):
    """There is no document to ask at the moment, or it could not answer."""


class Tab(Protocol):
    """One tab; whoever goes somewhere waits until it is loaded."""

    def go(self, url: str) -> None: ...

    def reload(self) -> None: ...

    def back(self) -> None: ...

    def forward(self) -> None: ...

    def connect(self, *, connected: bool) -> None:
        """Cut it off from all servers, or let it reach them again."""

    def tell(self, path: tuple[str, ...], expression: str) -> object:
        """Evaluate an expression whose value, or what it promises, is text or nothing, in the
        frame that these selectors lead to, one inside the other. Raises ``NotThere``.

        ``a >> b`` is a b that belongs to a, also in its shadow."""

    def screenshot(self, path: Path) -> None: ...

    def statuses(self, url: str) -> list[int]:
        """Return what the server answered when the browser asked for it, in this order."""


class Profile(Protocol):
    """What a person's browser keeps of cookies and storage, apart from everybody else's."""

    def tab(self) -> Tab: ...


class Browser(Protocol):
    """One running browser with one setting for cookies."""

    def profile(self) -> AbstractContextManager[Profile]: ...

    def asleep(self) -> AbstractContextManager[None]:
        """Have it stand still, as all does when a computer sleeps; it is not to be asked then."""


@frozen
class Frame:
    """A frame of a tab; without selectors the tab's own page."""

    tab: Tab
    path: tuple[str, ...] = ()

    def frame(self, selector: str) -> "Frame":
        return Frame(self.tab, (*self.path, selector))

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression, or of its promise. Raises ``NotThere``."""
        text = self.tab.tell(self.path, f"(async () => JSON.stringify(await ({expression})))()")
        return None if text is None else json.loads(str(text))

    def await_that(self, what: str, expression: str, holds: Callable[[Any], bool] = bool) -> None:
        """Ask until it holds."""
        said: list[object] = []

        def asked() -> bool:
            try:
                said[:] = [self.evaluate(expression)]
            except NotThere as away:
                said[:] = [away]
                return False
            return holds(said[0])

        try:
            until(what, asked)
        except AssertionError as late:
            raise AssertionError(*late.args, *said) from late

    def await_text(self, selector: str, text: str) -> None:
        expression = f"document.querySelector({json.dumps(selector)})?.textContent.trim()"
        self.await_that(f"{selector} says {text!r}", expression, lambda found: found == text)

    def reload(self) -> None:
        """Have the document reload itself, and wait for the next one."""
        self.evaluate("(window.isOld = true, setTimeout(() => location.reload()), null)")
        self.await_that("reloaded", "!window.isOld && document.readyState === 'complete'")
