"""The command line: which commands there are, and where each of them is."""

import signal

import click

from entrypoints.cli_later import Later
from entrypoints.cli_program import Program


@click.group(cls=Program)
@click.version_option(package_name="framegate")
def main() -> None:
    """Let a page be opened in an iframe once."""
    for signum in (signal.SIGHUP, signal.SIGUSR1):
        signal.signal(signum, signal.SIG_IGN)  # by default it would end a server that starts


main.add_command(Later("audit", "entrypoints.cli_audit"))
main.add_command(Later("completion", "entrypoints.cli_completion"))
main.add_command(Later("demo", "entrypoints.cli_serve"))
main.add_command(Later("doctor", "entrypoints.cli_doctor"))
main.add_command(Later("keys", "entrypoints.cli_keys"))
main.add_command(Later("report", "entrypoints.cli_report"))
main.add_command(Later("restore", "entrypoints.cli_snapshots"))
main.add_command(Later("serve", "entrypoints.cli_serve"))
main.add_command(Later("settings", "entrypoints.cli_settings"))
main.add_command(Later("snapshot", "entrypoints.cli_snapshots"))
