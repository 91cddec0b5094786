"""Every reply to every redeem, and the judgement over them."""

from collections import Counter
from collections.abc import Iterable
from enum import Enum

import attrs

from domain.session_id import Digest


class Outcome(Enum):
    WON = "won"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # 503, or no answer: it may have been redeemed or not


@attrs.frozen
class Reply:
    """What ``asker`` was told through ``door`` when it presented an id at ``moment``."""

    fingerprint: str
    outcome: Outcome
    door: str
    asker: int
    moment: str

    def __str__(self) -> str:
        return f"{self.outcome.value} by racer {self.asker} through {self.door} {self.moment}"


class Ledger:
    """Keeps ids by their fingerprint only, so that it may be shown to anybody."""

    def __init__(self) -> None:
        self._replies: dict[str, list[Reply]] = {}

    def issue(self, session_id: str) -> None:
        """Take note of an id that can be redeemed. No id is ever issued again."""
        fingerprint = Digest.of(session_id).fingerprint
        assert fingerprint not in self._replies, f"{fingerprint} was issued twice"
        self._replies[fingerprint] = []

    def record(
        self, session_id: str, outcome: Outcome, *, door: str, asker: int, moment: str
    ) -> None:
        fingerprint = Digest.of(session_id).fingerprint
        self._replies[fingerprint].append(Reply(fingerprint, outcome, door, asker, moment))

    @property
    def issued(self) -> int:
        return len(self._replies)

    @property
    def twice(self) -> dict[str, list[Reply]]:
        """The ids that more than one reply says were won, with these replies."""
        wins = {
            fingerprint: [reply for reply in replies if reply.outcome is Outcome.WON]
            for fingerprint, replies in self._replies.items()
        }
        return {fingerprint: won for fingerprint, won in wins.items() if len(won) > 1}

    def won(self, moment: str) -> int:
        """How many ids were won at the moment."""
        return sum(
            any(reply.outcome is Outcome.WON and reply.moment == moment for reply in replies)
            for replies in self._replies.values()
        )

    def untold(self, session_ids: Iterable[str], moment: str) -> list[str]:
        """Return those of which nobody knows what has become of them at the moment."""

        def is_told(session_id: str) -> bool:
            replies = self._replies[Digest.of(session_id).fingerprint]
            at_the_moment = [reply for reply in replies if reply.moment == moment]
            return any(reply.outcome is not Outcome.UNKNOWN for reply in at_the_moment)

        return [session_id for session_id in session_ids if not is_told(session_id)]

    @property
    def outcomes(self) -> Counter[Outcome]:
        return Counter(reply.outcome for each in self._replies.values() for reply in each)

    def judge(self) -> None:
        """Hold that nothing was redeemed twice.

        A win after an unknown outcome is in order: that one redeem may not have happened.
        """
        problems = [
            f"{fingerprint} was won {len(won)} times: " + "; ".join(map(str, won))
            for fingerprint, won in self.twice.items()
        ]
        assert not problems, "\n".join(
            [f"{len(problems)} of {self.issued} ids were redeemed twice", *problems[:10]]
        )

    def __str__(self) -> str:
        counted = self.outcomes
        replies = ", ".join(f"{counted[outcome]:,} {outcome.value}" for outcome in Outcome)
        return f"{len(self.twice):,} of {self.issued:,} ids ({replies})"
