"""The look at the store, within a time: at start for the log, and for ``framegate doctor``."""

import asyncio
from collections.abc import Sequence

import structlog
from tornado import locale

from application.ports import Finding, Verdict
from entrypoints.container.building import build_examination
from entrypoints.settings import Settings
from entrypoints.texts import say

START_SECONDS = 0.8
"""No start waits longer for its store than this."""

_log = structlog.stdlib.get_logger("framegate.start")


def examine_store(settings: Settings, seconds: float) -> Sequence[Finding]:
    """Look the store over. Raises ``SettingsError`` where the settings forbid it."""
    examination = build_examination(settings)
    # Neither asyncio.run() nor a Runner: they wait for a resolver that hangs, however long.
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(asyncio.wait_for(examination.execute(), seconds))
    except TimeoutError:
        return [Finding.failed("redis.slow", seconds=seconds)]
    except Exception as error:  # noqa: BLE001 no answer, however odd, may keep a server from starting
        return [Finding.failed("redis.odd", error=type(error).__name__)]
    finally:
        loop.close()


def warn_of_unfit_store(settings: Settings) -> None:
    """Log what has to change about the store, and of one in memory what it is like.

    Nothing of it stops a start: a store that is away now may be there soon, and what is
    wrong with one can be put right while the server runs.
    """
    for finding in examine_store(settings, START_SECONDS):
        if settings.storage == "memory":
            said = say(locale.get("en"), finding.what, finding.facts)
            _log.warning("storage_in_memory", said=said)
        if finding.verdict is Verdict.FAILED:
            problem = say(locale.get("en"), finding.what, finding.facts)
            _log.warning("store_check_failed", check=finding.what, problem=problem)
