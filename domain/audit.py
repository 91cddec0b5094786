"""What was audited, as it is read again."""

from collections.abc import Collection, Mapping, Sequence

from attrs import frozen


@frozen(kw_only=True)
class Entry:
    """One event that was taken down.

    ``at`` is in milliseconds since the epoch, ``event`` the event's name, ``facts`` everything
    else that is known of it. ``position`` says where it stands, to whoever keeps it.
    """

    position: str
    at: int
    event: str
    facts: Mapping[str, object]


@frozen
class Stretch:
    """Entries in the order in which they were taken down, and the position to go on from.

    ``reaches_the_end`` says that there was nothing more when it was read, ``missed`` how many
    entries came after the position that was asked for and were dropped before they were read.
    """

    entries: Sequence[Entry]
    end: str
    reaches_the_end: bool
    missed: int = 0


@frozen(kw_only=True)
class Wanted:
    """Which entries somebody asks for; what is left out does not matter."""

    since: int | None = None
    client: str | None = None
    reason: str | None = None
    events: Collection[str] = ()

    def takes(self, entry: Entry) -> bool:
        """Tell whether the entry is one of them."""
        return (
            (self.since is None or entry.at >= self.since)
            and (self.client is None or entry.facts.get("client") == self.client)
            and (self.reason is None or entry.facts.get("reason") == self.reason)
            and (not self.events or entry.event in self.events)
        )
