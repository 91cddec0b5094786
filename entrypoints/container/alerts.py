"""Who looks whether an operator is to be called, and who calls."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from attrs import frozen
from injector import Module, provider, singleton

from adapters.alert_log import AlertLog
from adapters.metrics.alerts_on import AlertsOn
from adapters.redis.alert_claims import AlertClaims
from adapters.redis.link import RedisLink
from adapters.redis.scripts import Scripts
from adapters.redis.sessions import RedisSessions
from adapters.redis.usage import RedisUsage
from adapters.webhook import Receiver, Webhook
from application.alert_ports import AlertSink
from application.ports import (
    ClientDirectory,
    Clock,
    Randomness,
    SessionRepository,
    StoreHealth,
)
from application.usage_ports import UsageLedger
from application.watch_for_alerts import WatchForAlerts
from domain.alerts import Limits, Notice
from entrypoints.alert_watch import AlertWatch
from entrypoints.container.audit import Audit
from entrypoints.container.metrics import Metering
from entrypoints.container.snapshots import Snapshots
from entrypoints.settings import Settings, SettingsError

_log = structlog.stdlib.get_logger("framegate.alerts")

IsOurs = Callable[[Notice], Awaitable[bool]]


@frozen
class Alerts:
    """The look, and the webhook where one is wanted."""

    watch: AlertWatch
    webhook: Webhook | None

    def start(self) -> None:
        """Begin, in the event loop that runs."""
        self.watch.start()
        if self.webhook is not None:
            self.webhook.start()

    async def close(self) -> None:
        """End both."""
        await self.watch.close()
        if self.webhook is not None:
            await asyncio.shield(self.webhook.close())


@frozen
class Watched:
    """What is looked at, and who else may look at the same."""

    health: StoreHealth
    sessions: SessionRepository
    ledger: UsageLedger
    is_ours: IsOurs


class AlertsModule(Module):
    """The look and the calls, wherever sessions are kept."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @singleton
    @provider
    def alerts(
        self,
        watched: Watched,
        snapshots: Snapshots,
        directory: ClientDirectory,
        clock: Clock,
        randomness: Randomness,
        metering: Metering,
    ) -> Alerts:
        s = self._settings
        webhook = None
        log = AlertLog(lambda **facts: _log.warning("alert", **facts))
        sinks: list[AlertSink] = [log, AlertsOn(metering.meter)]
        if bool(s.alert_webhook_url) != bool(s.alert_webhook_secret):
            raise SettingsError("ALERT_WEBHOOK_SECRET", "settings.webhook_pair")
        if s.alert_webhook_url and s.alert_webhook_secret:
            webhook = Webhook(
                Receiver(url=s.alert_webhook_url, key=s.alert_webhook_secret),
                watched.is_ours,
                _tell_given_up,
                clock,
                randomness,
            )
            sinks.append(webhook)
        watch = WatchForAlerts(
            health=watched.health,
            sessions=watched.sessions,
            directory=directory,
            ledger=watched.ledger,
            snapshot_age=snapshots.age,
            sinks=sinks,
            clock=clock,
            limits=Limits(
                store_away_seconds=s.alert_store_away_seconds,
                cap_percent=s.alert_cap_percent,
                refusals_per_minute=s.alert_refusals_per_minute,
                remind_minutes=s.alert_remind_minutes,
                snapshot_minutes=2 * s.snapshot_every_minutes,
            ),
        )
        return Alerts(AlertWatch(watch), webhook)


class MemoryAlertsModule(AlertsModule):
    """One process has all there is."""

    @singleton
    @provider
    def watched(
        self, health: StoreHealth, sessions: SessionRepository, ledger: UsageLedger
    ) -> Watched:
        return Watched(health, sessions, ledger, _always)


class RedisAlertsModule(AlertsModule):
    """It asks over the audit's connection: no request waits for what it asks."""

    @singleton
    @provider
    def watched(self, audit: Audit, link: RedisLink, scripts: Scripts) -> Watched:
        own = audit.link or link
        sessions = RedisSessions(own, scripts)
        return Watched(own, sessions, RedisUsage(own), AlertClaims(own, scripts).is_ours)


async def _always(_: Notice) -> bool:
    return True


def _tell_given_up(notice: Notice, problem: str) -> None:
    _log.error(
        "alert_not_delivered", alert=notice.alert, change=notice.change.value, problem=problem
    )
