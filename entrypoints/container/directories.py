"""Who may call."""

from pathlib import Path

from injector import Module, provider, singleton

from adapters.clients_file import ClientsFile
from adapters.memory.open_directory import OpenDirectory
from application.ports import ClientDirectory
from domain.client import Client
from entrypoints.settings import Settings


class OpenDirectoryModule(Module):
    """Demo mode: no keys, one client that everybody is."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @singleton
    @provider
    def directory(self) -> ClientDirectory:
        client = Client(name="demo", origins=("'self'",), policy=self._settings.policy)
        return OpenDirectory(client)


class ClientsFileModule(Module):
    """Production: clients come from a file, and nobody else gets in."""

    def __init__(self, settings: Settings, path: Path) -> None:
        self._settings = settings
        self._path = path

    @singleton
    @provider
    def directory(self) -> ClientDirectory:
        return ClientsFile(self._path, self._settings.policy)
