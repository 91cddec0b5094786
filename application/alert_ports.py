"""What calling an operator needs from outside."""

from abc import abstractmethod
from typing import Protocol

from domain.alerts import Notice


class AlertSink(Protocol):
    """Tells somebody of alerts."""

    @abstractmethod
    def tell(self, notice: Notice) -> None:
        """Take the notice. Never raises, never waits."""
