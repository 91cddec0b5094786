"""Usage as a page in one file, to be sent on and opened anywhere."""

import base64
from collections.abc import Sequence
from importlib.resources import as_file, files

from tornado import locale
from tornado.template import Loader

from domain.usage import Period, Usage
from entrypoints.http.assets import Assets
from entrypoints.settings import terminal_language
from entrypoints.texts import TAGS
from entrypoints.usage_chart import HEIGHT, WIDTH, bars_of, most_of
from entrypoints.usage_table import figures_of
from entrypoints.usage_text import COLUMNS, name_of, when

_KINDS = {"css": "text/css", "svg": "image/svg+xml"}


def usage_page(usages: Sequence[Usage], period: Period, *, by_region: bool) -> bytes:
    """Write the page, with all that it shows in it, in the language of the terminal."""
    language, assets = locale.get(terminal_language()), Assets.load("")

    def inside(name: str) -> str:
        text = base64.b64encode(files("entrypoints.http").joinpath("static", name).read_bytes())
        return f"data:{_KINDS[name.rpartition('.')[2]]};base64,{text.decode()}"

    bars = bars_of(usages, period)
    with as_file(files("entrypoints.http").joinpath("pages")) as folder:
        template = Loader(str(folder)).load("report.html")
    return template.generate(
        _=language.translate,
        lang=TAGS[language.code],
        demo=False,
        asset=inside,
        integrity=assets.integrity,
        usages=usages,
        bars=bars,
        most=most_of([(bar.redeemed, bar.refused) for bar in bars]),
        width=WIDTH,
        height=HEIGHT,
        start=when(period.start),
        end=when(period.end),
        when=when,
        name_of=name_of,
        columns=COLUMNS,
        figures_of=figures_of,
        by_region=by_region,
    )
