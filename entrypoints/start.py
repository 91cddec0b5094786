"""Where the program starts: before its libraries have been read, which takes a moment."""

import sys

INTERRUPTED = 130
"""The status that shells give to what Ctrl-C has ended."""


def main() -> None:
    """Run the command line, and end without a word on Ctrl-C, however early."""
    try:
        from entrypoints.cli import main as program  # noqa: PLC0415 it may be interrupted

        program()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
