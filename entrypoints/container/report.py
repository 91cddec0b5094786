"""What ``framegate report`` needs: the usage in a store that servers share."""

from attrs import frozen
from injector import Injector

from adapters.clients_file import ClientsFile
from adapters.redis.link import RedisLink
from application.ports import ClientDirectory
from application.report_usage import ReportUsage
from entrypoints.container.directories import ClientsFileModule, read_clients
from entrypoints.container.stores import RedisStoreModule
from entrypoints.container.system import SystemModule
from entrypoints.container.use_cases import UseCaseModule
from entrypoints.settings import Settings, SettingsError


@frozen
class UsageReport:
    """A report to be made in an event loop, and what is to be closed in it afterwards."""

    report: ReportUsage
    link: RedisLink


def build_usage_report(settings: Settings) -> UsageReport:
    """Build it and read the clients file. Raises ``SettingsError``."""
    if settings.storage != "redis":
        raise SettingsError("STORAGE", "report.memory")
    if settings.clients_file is None:
        raise SettingsError("CLIENTS_FILE", "settings.no_client")
    injector = Injector(
        [
            SystemModule(),
            RedisStoreModule(settings),
            ClientsFileModule(settings, settings.clients_file),
            UseCaseModule(settings),
        ],
        auto_bind=False,
    )
    directory = injector.get(ClientDirectory)  # type: ignore[type-abstract] # a key, not a class
    if isinstance(directory, ClientsFile):
        read_clients(directory)
    return UsageReport(injector.get(ReportUsage), injector.get(RedisLink))
