"""What can be wrong between framegate and Redis, as one value."""

from typing import ClassVar

from attrs import frozen


@frozen(kw_only=True)
class Harm:
    """What happens to the bytes that go one way; several things can be wrong at once.

    A cut counts the bytes of each connection from the moment the fault begins, and comes
    with the piece that reaches the number: at 0 nothing of the next piece is passed on, at
    its whole length all of it is.
    """

    delay: float = 0  # seconds
    drop: bool = False
    hold: bool = False  # it is passed on when the fault ends
    cut_at: int | None = None


@frozen(kw_only=True)
class Fault:
    """What a proxy does; by default it passes everything on.

    ``only_with`` spares the connections over which this has not been sent.
    """

    NONE: ClassVar["Fault"]
    LOSE_REPLIES: ClassVar["Fault"]
    HOLD_REPLIES: ClassVar["Fault"]
    BLACK_HOLE: ClassVar["Fault"]
    REFUSE: ClassVar["Fault"]

    requests: Harm = Harm()
    replies: Harm = Harm()
    reset: bool = False  # a cut is a TCP reset instead of an orderly end
    only_with: bytes = b""
    refuse: bool = False  # nobody listens; connections that are open stay open


Fault.NONE = Fault()
Fault.LOSE_REPLIES = Fault(replies=Harm(cut_at=0))
Fault.HOLD_REPLIES = Fault(replies=Harm(hold=True))
Fault.BLACK_HOLE = Fault(requests=Harm(drop=True), replies=Harm(drop=True))
Fault.REFUSE = Fault(refuse=True)
