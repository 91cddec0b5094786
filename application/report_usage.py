"""Tell how much was used, and by whom."""

from attrs import frozen

from application.ports import ClientDirectory, Clock
from application.usage_ports import UsageLedger
from domain.client import NOBODY, Caller
from domain.usage import DAY_MS, KEPT_DAYS, Period, Usage, add_up


@frozen(kw_only=True)
class UsageRequest:
    """``client`` is a name, ``None`` for all that the caller may look at."""

    caller: Caller
    period: Period
    client: str | None = None
    by_region: bool = False


@frozen
class ReportUsage:
    """Reports a client's own usage to it, and everybody's to an admin.

    An admin's report ends with that of nobody (``domain.client.NOBODY``): redeems of ids that
    are no client's.
    """

    ledger: UsageLedger
    directory: ClientDirectory
    clock: Clock

    async def execute(self, request: UsageRequest) -> list[Usage]:
        """Add up, step by step and within it in the order of the clients' names.

        Raises ``ClientNotFound``, ``StoreUnavailable``.
        """
        period, today = request.period, self.clock.now() // DAY_MS
        # A store's clock may be a little ahead, and what is too old is not there to be asked for.
        first_day = max(period.start // DAY_MS, today - KEPT_DAYS - 1)
        last_day = min((period.end - 1) // DAY_MS, today + 1)
        usages: list[Usage] = []
        for client in self._names(request):
            counts = await self.ledger.counts(client, first_day, last_day)
            usages += add_up(counts, client=client, period=period, by_region=request.by_region)
        return sorted(usages, key=lambda usage: usage.start)

    def _names(self, request: UsageRequest) -> list[str]:
        caller, only = request.caller, request.client
        if caller.is_admin and only == NOBODY:
            return [NOBODY]
        names = [client.name for client in caller.sees(self.directory.clients(), only)]
        return [*names, NOBODY] if caller.is_admin and only is None else names
