"""How a parent's page can embed framegate's. What must hold, holds for each way."""

from typing import Protocol

from tests.browser.two_sites.driving import Frame
from tests.browser.two_sites.parent import Parent


class Way(Protocol):
    """One way to embed."""

    survives_without_cookies: bool
    """Whether the page goes on working where the browser keeps no cookie."""

    def embed(self, parent: Parent, name: str = "one") -> str:
        """Return the piece of a page that opens one session under this name."""

    def opened(self, page: Frame, name: str = "one") -> Frame:
        """Return where the protected page, or the refusal, is shown in the parent's page."""


class ByAddress(Way):
    """``<iframe src>`` with the session in the address, as ``iframe_url`` has it."""

    survives_without_cookies = False

    def embed(self, parent: Parent, name: str = "one") -> str:
        address = parent.session()["iframe_url"]
        return f'<iframe id="{name}" width="640" height="320" src="{address}"></iframe>'

    def opened(self, page: Frame, name: str = "one") -> Frame:
        return page.frame(f"#{name}")


class ByForm(Way):
    """A form with the session, which the parent's page posts into the frame."""

    survives_without_cookies = False  # a new frame knows nothing of the one before it

    def embed(self, parent: Parent, name: str = "one") -> str:
        # A frame that a script makes is not restored on the way back, and so gets one form only.
        form, action = f"{name}-form", f"{parent.gate_url}/client/enter"
        return f"""<form id="{form}" target="{name}" method="post" action="{action}">
            <input type="hidden" name="session_id" value="{parent.session()["session_id"]}"></form>
            <script>{{
                const frame = document.createElement("iframe");
                frame.id = frame.name = "{name}";
                Object.assign(frame, {{ width: 640, height: 320 }});
                document.body.append(frame);
                document.getElementById("{form}").submit();
            }}</script>"""

    def opened(self, page: Frame, name: str = "one") -> Frame:
        return page.frame(f"#{name}").frame("iframe")


class BySdk(Way):
    """``<framegate-embed>``; what it says is noted in ``told`` of the parent's page."""

    survives_without_cookies = True

    def embed(self, parent: Parent, name: str = "one", session_url: str | None = None) -> str:
        gate, session_url = parent.gate_url, session_url or parent.session_url()
        return f"""<script type="module" crossorigin src="{gate}/sdk/framegate.js"></script>
            <framegate-embed id="{name}" src="{gate}" session-url="{session_url}"
                style="width: 640px; height: 320px"></framegate-embed>
            <script>
                window.told ??= [];
                for (const type of ["ready", "refused", "expired", "error"])
                    document.getElementById("{name}").addEventListener(
                        type, ({{ detail }}) => told.push({{ type, ...detail }}));
            </script>"""

    def opened(self, page: Frame, name: str = "one") -> Frame:
        return page.frame(f"#{name} >> iframe").frame("iframe")


WAYS: dict[str, Way] = {"by address": ByAddress(), "by form": ByForm(), "by SDK": BySdk()}
