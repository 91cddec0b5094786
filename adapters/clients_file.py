"""The clients file: who may call, in TOML, read at start and again when asked."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from attrs import field, frozen

from application.ports import ClientDirectory
from domain.client import Admin, Caller, Client, Entry
from domain.errors import FramegateError, InvalidClient, InvalidPolicy
from domain.key import hide_keys
from domain.policy import Policy

# Where each part of a policy stands.
_POLICY_FIELDS = {
    "ttl_seconds": "session_ttl_seconds",
    "cap": "session_cap",
    "creates_per_minute": "creates_per_minute",
    "grant_ttl_seconds": "grant_ttl_seconds",
    "grant_idle_seconds": "grant_idle_seconds",
    "bearer_ttl_seconds": "bearer_ttl_seconds",
}
_CLIENT_FIELDS = {"name", "keys", "origins", "entry", *_POLICY_FIELDS.values()}
_ADMIN_FIELDS = {"name", "keys"}


@frozen
class ClientsFileBroken(FramegateError):
    """The file cannot be used. ``problem`` names the entry and what is wrong with it.

    ``problem`` is a message key, ``facts`` fill it in; neither ever holds a key.
    """

    path: str
    problem: str
    facts: Mapping[str, object] = field(factory=dict)


class NobodyCouldGetIn(FramegateError):
    """The file is sound and holds no client."""


@frozen
class _Directory:
    by_key: Mapping[str, Caller]
    by_tag: Mapping[str, Client]
    clients: tuple[Client, ...]
    admins: tuple[Admin, ...]


_EMPTY = _Directory({}, {}, (), ())


class ClientsFile(ClientDirectory):
    """A directory of clients that a file holds.

    Empty until ``load`` has succeeded once. A ``load`` that fails changes nothing, so a
    broken file never locks out those who were in.
    """

    def __init__(self, path: Path, defaults: Policy) -> None:
        self._path = path
        self._defaults = defaults
        self._directory = _EMPTY

    def load(self) -> None:
        """Read the file. Raises ``ClientsFileBroken``, ``NobodyCouldGetIn``."""
        try:
            document = tomllib.loads(self._path.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            # The error's own text would repeat bytes of the file.
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise self._broken("unreadable", reason=reason) from error
        except (ValueError, RecursionError) as error:
            # Unchained: the error's own text may repeat a key.
            raise self._broken("not_toml", reason=hide_keys(str(error))) from None
        directory = self._read(document)
        if not directory.clients:
            raise NobodyCouldGetIn
        self._directory = directory

    @property
    def has_admin(self) -> bool:
        """Whether the file names an admin."""
        return bool(self._directory.admins)

    def holder(self, key_digest: str | None) -> Caller | None:
        return self._directory.by_key.get(key_digest) if key_digest else None

    def by_tag(self, tag: str) -> Client | None:
        return self._directory.by_tag.get(tag)

    def clients(self) -> Sequence[Client]:
        return self._directory.clients

    def admins(self) -> Sequence[Admin]:
        return self._directory.admins

    def _read(self, document: Mapping[str, object]) -> _Directory:
        unknown = document.keys() - {"client", "admin"}
        if unknown:
            raise self._broken("unknown_table", table=hide_keys(min(unknown)))
        by_key: dict[str, Caller] = {}
        by_tag: dict[str, Client] = {}
        for entry in self._entries(document, "client", _CLIENT_FIELDS):
            client = self._client(entry)
            if client.tag in by_tag:
                if by_tag[client.tag].name == client.name:
                    raise self._broken("same_name", name=client.name)
                raise self._broken("same_tag", name=client.name, other=by_tag[client.tag].name)
            by_tag[client.tag] = client
            self._hold(by_key, client.keys, Caller(client), client.name)
        admins = [self._admin(entry) for entry in self._entries(document, "admin", _ADMIN_FIELDS)]
        for admin in admins:
            self._hold(by_key, admin.keys, Caller(is_admin=True), admin.name)
        clients = sorted(by_tag.values(), key=lambda client: client.name)
        return _Directory(by_key, by_tag, tuple(clients), tuple(admins))

    def _entries(
        self, document: Mapping[str, object], table: str, fields: set[str]
    ) -> Iterable[Mapping[str, object]]:
        entries = document.get(table, [])
        if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
            raise self._broken("not_a_list", table=table)
        for entry in entries:
            unknown = entry.keys() - fields
            if unknown:
                raise self._broken("unknown_field", table=table, field=hide_keys(min(unknown)))
            yield entry

    def _client(self, entry: Mapping[str, object]) -> Client:
        try:
            return Client(
                name=self._text(entry, "name"),
                keys=self._keys(entry),
                origins=tuple(self._texts(entry, "origins")),
                entry=self._entry(entry),
                policy=Policy(
                    **{
                        part: self._number(entry, name, getattr(self._defaults, part))
                        for part, name in _POLICY_FIELDS.items()
                    }
                ),
            )
        except InvalidClient as error:
            raise self._invalid(error) from error
        except InvalidPolicy as error:
            raise self._broken(
                "number_out_of_range",
                name=self._text(entry, "name"),
                field=_POLICY_FIELDS[error.part],
                least=error.least,
                most=error.most,
            ) from error

    def _admin(self, entry: Mapping[str, object]) -> Admin:
        try:
            return Admin(name=self._text(entry, "name"), keys=self._keys(entry))
        except InvalidClient as error:
            raise self._invalid(error) from error

    def _keys(self, entry: Mapping[str, object]) -> frozenset[str]:
        keys = frozenset(self._texts(entry, "keys"))
        if not keys:
            raise self._broken("no_keys", name=self._text(entry, "name"))
        return keys

    def _entry(self, entry: Mapping[str, object]) -> Entry:
        ways = [way.value for way in Entry]
        way = entry.get("entry", Entry.OPEN.value)
        if way not in ways:
            raise self._broken(
                "entry_unknown", name=self._text(entry, "name"), known=", ".join(ways)
            )
        return Entry(way)

    def _hold(
        self, by_key: dict[str, Caller], keys: Iterable[str], caller: Caller, name: str
    ) -> None:
        for key in keys:
            if key in by_key:
                raise self._broken("same_key", name=name)
            by_key[key] = caller

    def _text(self, entry: Mapping[str, object], name: str) -> str:
        value = entry.get(name)
        if not isinstance(value, str):
            raise self._broken("field_not_text", field=name)
        return value

    def _texts(self, entry: Mapping[str, object], name: str) -> list[str]:
        value = entry.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._broken("field_not_texts", field=name)
        return value

    def _number(self, entry: Mapping[str, object], name: str, default: int) -> int:
        value = entry.get(name, default)
        if type(value) is not int:  # TOML's true is an int to isinstance
            raise self._broken("field_not_number", field=name)
        return value

    def _invalid(self, error: InvalidClient) -> ClientsFileBroken:
        return self._broken(f"invalid_{error.problem}", name=error.name, value=error.value)

    def _broken(self, problem: str, **facts: object) -> ClientsFileBroken:
        return ClientsFileBroken(str(self._path), problem, facts)
