"""framegate's own pages, and the heads that pages have."""

from collections.abc import Mapping, Sequence
from importlib.resources import as_file, files

from tornado.locale import Locale
from tornado.template import Loader

from entrypoints.http.answer import VARIES, Answer, Answers
from entrypoints.http.assets import Assets
from entrypoints.http.content_security import SELF, page_policy
from entrypoints.http.head import Head
from entrypoints.http.problems import Problem
from entrypoints.texts import TAGS, say

HTML = "text/html; charset=utf-8"


class Pages:
    """Answers with pages. ``framing`` is the part of a policy that says who may frame one."""

    def __init__(self, answers: Answers, assets: Assets, *, demo: bool) -> None:
        self._common = answers.common
        self._assets = assets
        self._demo = demo
        with as_file(files("entrypoints.http").joinpath("pages")) as folder:
            self._loader = Loader(str(folder))

    def show(  # noqa: PLR0913 what a page may do is said where it is shown
        self,
        template: str,
        language: Locale,
        framing: str,
        *,
        framed: bool = False,
        scripts: Sequence[str] = (),
        sends: bool = False,
        framed_origins: Sequence[str] = (SELF,),
        **facts: object,
    ) -> Answer:
        """Answer with a page of framegate's own; ``scripts`` are the assets that may run.

        One without scripts ``sends`` forms where it is said so.

        ``framed`` lets it be shown inside another page, by whom ``framing`` names, and it may show
        pages of the ``framed_origins`` inside itself; ``facts`` are for the template.
        """
        policy = page_policy(
            framing,
            map(self._assets.integrity, scripts),
            asks=bool(scripts) or sends,
            framed_origins=framed_origins,
        )
        head = self._head(policy, framed=framed).plus(VARIES)
        return Answer(200, head, self._html(template, language, **facts))

    def show_problem(
        self, problem: Problem, language: Locale, framing: str, *, framed: bool = False
    ) -> Answer:
        """Answer with a failure that a person can read."""

        def text(part: str) -> str:
            key = f"page.{problem.code}.{part}"
            said = say(language, key)
            return said if said != key else say(language, f"page.{part}")

        html = self._html(
            "problem.html",
            language,
            status=problem.status,
            code=problem.code,
            title=text("title"),
            detail=say(language, f"problem.{problem.code}", problem.facts),
            hint=text("hint"),
            framed=framed,
        )
        scripts = [self._assets.integrity("problem.js")] if framed else []
        head = self._head(page_policy(framing, scripts), framed=framed)
        head = head.plus(*problem.headers.items(), VARIES)
        return Answer(problem.status, head, html, problem.closes)

    def hand_over(
        self, content: bytes, framing: str, referrer_policy: str = "no-referrer"
    ) -> Answer:
        """Answer with the protected page: what it may load is for its own policy to say."""
        more = {"Referrer-Policy": referrer_policy}
        return Answer(200, self._head(framing, framed=True, more=more), content)

    def lead_to(self, location: str, framing: str) -> Answer:
        """Answer with another address of a page; the method stays what it was."""
        return Answer(302, self._head(framing, framed=True, more={"Location": location}), b"")

    def _head(self, policy: str, *, framed: bool, more: Mapping[str, str] | None = None) -> Head:
        lines = {**self._common, "Content-Type": HTML, "Content-Security-Policy": policy}
        lines |= more or {}
        if framed:
            # X-Frame-Options knows no list of origins, and frame-ancestors says it better.
            del lines["X-Frame-Options"]
            lines["Cross-Origin-Resource-Policy"] = "cross-origin"
        return Head.of(lines.items())

    def _html(self, template: str, language: Locale, **facts: object) -> bytes:
        return self._loader.load(template).generate(
            _=language.translate,
            lang=TAGS[language.code],
            demo=self._demo,
            asset=self._assets.url,
            integrity=self._assets.integrity,
            **facts,
        )
