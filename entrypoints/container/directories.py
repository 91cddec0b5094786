"""Who may call."""

from pathlib import Path

from injector import Module, provider, singleton

from adapters.clients_file import ClientsFile, ClientsFileBroken, NobodyCouldGetIn
from adapters.memory.open_directory import OpenDirectory
from application.ports import ClientDirectory
from domain.client import Client
from domain.origin import SELF
from entrypoints.settings import Settings, SettingsError

# Any page of the same machine may try to embed the demo.
LOOPBACK = ("http://localhost:*", "http://127.0.0.1:*")


class OpenDirectoryModule(Module):
    """Demo mode: no keys, one client that everybody is."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @singleton
    @provider
    def directory(self) -> ClientDirectory:
        return OpenDirectory(
            Client(name="demo", origins=(SELF, *LOOPBACK), policy=self._settings.policy)
        )


class ClientsFileModule(Module):
    """Production: clients come from a file, and nobody else gets in."""

    def __init__(self, settings: Settings, path: Path) -> None:
        self._settings = settings
        self._path = path

    @singleton
    @provider
    def directory(self) -> ClientDirectory:
        return ClientsFile(self._path, self._settings.policy)


def read_clients(directory: ClientsFile) -> None:
    """Read the clients file. Raises ``SettingsError``."""
    try:
        directory.load()
    except ClientsFileBroken as error:
        raise SettingsError(
            "CLIENTS_FILE", f"clients_file.{error.problem}", path=error.path, **error.facts
        ) from error
    except NobodyCouldGetIn as error:
        raise SettingsError("CLIENTS_FILE", "settings.no_client") from error
