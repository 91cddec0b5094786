"""The kinds of the fixtures that scenarios take."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from tests.support.framegate_server import FramegateServer

Scale = Callable[[int, int], int]
TakeFigure = Callable[[str, str], None]
Serve = Callable[..., AbstractContextManager[FramegateServer]]
