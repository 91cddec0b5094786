import base64
import ipaddress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from domain.policy import Policy
from entrypoints.http.proxies import UNIX
from entrypoints.settings import (
    Settings,
    SettingsError,
    load_demo_settings,
    load_settings,
    terminal_language,
)
from tests.unit.catalogues import fill, keys_below


class Variable(NamedTuple):
    """A variable, the setting it makes, what that is without it, and a good value."""

    name: str
    setting: str
    default: object
    text: str
    value: object


YES, NO = True, False  # words of their own, because ruff wants no bare ones in a call

VARIABLES = [
    Variable("REDIS_URL", "redis_url", None, "rediss://h:1/2", "rediss://h:1/2"),
    Variable("REDIS_HOST", "redis_host", "localhost", "redis.example", "redis.example"),
    Variable("REDIS_PORT", "redis_port", 6379, "6380", 6380),
    Variable("REDIS_DB", "redis_db", 0, "3", 3),
    Variable("REDIS_USERNAME", "redis_username", None, "ana", "ana"),
    Variable("REDIS_PASSWORD", "redis_password", None, "s e:c@r/e#t", "s e:c@r/e#t"),
    Variable("REDIS_TLS", "redis_tls", NO, "True", YES),
    Variable("REDIS_TLS_CA", "redis_tls_ca", None, __file__, __file__),
    Variable(
        "REDIS_SENTINELS",
        "redis_sentinels",
        (),
        " a.example:26379 , [::1]:1,",
        (("a.example", 26379), ("::1", 1)),
    ),
    Variable("REDIS_SENTINEL_SERVICE", "redis_sentinel_service", "", "gate", "gate"),
    Variable("REDIS_SENTINEL_PASSWORD", "redis_sentinel_password", None, "s e", "s e"),
    Variable("REDIS_CLUSTER", "redis_cluster", NO, "True", YES),
    Variable("REDIS_NODES", "redis_nodes", (), "10.0.0.1:7000", (("10.0.0.1", 7000),)),
    Variable("REDIS_TIMEOUT_MS", "redis_timeout_ms", 300, "250", 250),
    Variable("REDIS_IN_FLIGHT", "redis_in_flight", 1024, "8", 8),
    Variable("GRANT_CACHE_SECONDS", "grant_cache_seconds", 2, "0", 0),
    Variable("SINGLE_USE", "single_use", "strict", "durable", "durable"),
    Variable("RATE_LIMITS", "rate_limits", YES, "off", NO),
    Variable("CREATES_PER_MINUTE", "creates_per_minute", 6000, "60", 60),
    Variable("FAILED_REDEEMS_PER_MINUTE", "failed_redeems_per_minute", 300, "5", 5),
    Variable("STORAGE", "storage", "redis", "memory", "memory"),
    Variable("SESSION_TTL_SECONDS", "session_ttl_seconds", 1800, "60", 60),
    Variable("SESSION_CAP", "session_cap", 1000, "5", 5),
    Variable("SNAPSHOT_DIR", "snapshot_dir", None, "/srv/kept", Path("/srv/kept")),
    Variable("SNAPSHOT_EVERY_MINUTES", "snapshot_every_minutes", 15, "60", 60),
    Variable("SNAPSHOT_KEEP", "snapshot_keep", 96, "3", 3),
    Variable("CLIENTS_FILE", "clients_file", None, "c.toml", Path("c.toml")),
    Variable("IFRAME_ROOT", "iframe_root", None, "/srv/pages", Path("/srv/pages")),
    Variable("HOST", "host", "127.0.0.1", "0.0.0.0", "0.0.0.0"),
    Variable("PORT", "port", 8000, "9000", 9000),
    Variable("UNIX_SOCKET", "unix_socket", None, "/run/fg.sock", "/run/fg.sock"),
    Variable("TLS_CERT_FILE", "tls_cert_file", None, __file__, __file__),
    Variable("TLS_KEY_FILE", "tls_key_file", None, __file__, __file__),
    Variable("WORKERS", "workers", 1, "4", 4),
    Variable("PUBLIC_URL", "public_url", "", "https://g.example/a/", "https://g.example/a"),
    Variable(
        "TRUSTED_PROXIES",
        "trusted_proxies",
        (),
        " 10.0.0.0/8 , 192.0.2.1,2001:db8::/32, unix",
        (
            ipaddress.ip_network("10.0.0.0/8"),
            ipaddress.ip_network("192.0.2.1/32"),
            ipaddress.ip_network("2001:db8::/32"),
            UNIX,
        ),
    ),
    Variable("REGIONS", "regions", "off", "maxmind", "maxmind"),
    Variable("REGION_HEADER", "region_header", "Cf-Ipcountry", "x-COUNTRY", "X-Country"),
    Variable("REGION_DATABASE", "region_database", None, "c.mmdb", Path("c.mmdb")),
    Variable("AUDIT_FILE", "audit_file", None, "/var/log/a.log", Path("/var/log/a.log")),
    Variable("AUDIT_FILE_MEGABYTES", "audit_file_megabytes", 100, "1", 1),
    Variable("AUDIT_FILE_KEEP", "audit_file_keep", 10, "3", 3),
    Variable("AUDIT_STREAM_LENGTH", "audit_stream_length", 100_000, "0", 0),
    Variable(
        "ALERT_WEBHOOK_URL",
        "alert_webhook_url",
        None,
        "https://hooks.example/a?b=c",
        "https://hooks.example/a?b=c",
    ),
    Variable(
        "ALERT_WEBHOOK_SECRET",
        "alert_webhook_secret",
        None,
        "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz",
        b"012345678901234567890123",
    ),
    Variable("ALERT_STORE_AWAY_SECONDS", "alert_store_away_seconds", 30, "60", 60),
    Variable("ALERT_CAP_PERCENT", "alert_cap_percent", 90, "50", 50),
    Variable("ALERT_REFUSALS_PER_MINUTE", "alert_refusals_per_minute", 100, "5", 5),
    Variable("ALERT_REMIND_MINUTES", "alert_remind_minutes", 60, "10", 10),
    Variable("MAX_IN_FLIGHT", "max_in_flight", 256, "64", 64),
    Variable("HTTP_TRANSPORT", "http_transport", "fast", "tornado", "tornado"),
    Variable("KEEP_ALIVE_SECONDS", "keep_alive_seconds", 75, "30", 30),
    Variable("DRAIN_SECONDS", "drain_seconds", 1, "0", 0),
    Variable("METRICS", "metrics", YES, "off", NO),
    Variable("METRICS_HOST", "metrics_host", "127.0.0.1", "10.0.0.1", "10.0.0.1"),
    Variable("METRICS_PORT", "metrics_port", None, "9464", 9464),
    Variable("LOCALE", "locale", "pt_BR", "en", "en"),
    Variable("DEBUG", "debug", NO, "True", YES),
    Variable("LOG_LEVEL", "log_level", "INFO", "ERROR", "ERROR"),
]
EACH = pytest.mark.parametrize("variable", VARIABLES, ids=[v.name for v in VARIABLES])

# Name, least, most.
NUMBERS = [
    ("REDIS_PORT", 1, 65_535),
    ("REDIS_DB", 0, 1_000_000),
    ("REDIS_TIMEOUT_MS", 10, 60_000),
    ("REDIS_IN_FLIGHT", 1, 100_000),
    ("GRANT_CACHE_SECONDS", 0, 60),
    ("SESSION_TTL_SECONDS", 1, 86_400),
    ("SESSION_CAP", 1, 10_000_000),
    ("SNAPSHOT_EVERY_MINUTES", 1, 10_080),
    ("SNAPSHOT_KEEP", 1, 100_000),
    ("CREATES_PER_MINUTE", 1, 10_000_000),
    ("FAILED_REDEEMS_PER_MINUTE", 1, 10_000_000),
    ("PORT", 0, 65_535),
    ("WORKERS", 1, 256),
    ("AUDIT_FILE_MEGABYTES", 1, 100_000),
    ("AUDIT_FILE_KEEP", 1, 1000),
    ("AUDIT_STREAM_LENGTH", 0, 10_000_000),
    ("ALERT_STORE_AWAY_SECONDS", 1, 3600),
    ("ALERT_CAP_PERCENT", 2, 100),
    ("ALERT_REFUSALS_PER_MINUTE", 2, 1_000_000),
    ("ALERT_REMIND_MINUTES", 1, 10_080),
    ("MAX_IN_FLIGHT", 1, 10_000),
    ("KEEP_ALIVE_SECONDS", 1, 3600),
    ("DRAIN_SECONDS", 0, 5),
]
EACH_NUMBER = pytest.mark.parametrize(
    ("name", "least", "most"), NUMBERS, ids=[name for name, _, _ in NUMBERS]
)

CHOICES = [
    ("SINGLE_USE", ["strict", "durable"], ["", "STRICT", "loose", "strict "]),
    ("HTTP_TRANSPORT", ["fast", "tornado"], ["", "Fast", "uvloop"]),
    ("STORAGE", ["redis", "memory"], ["", "Redis", "disk"]),
    ("REGIONS", ["off", "header", "maxmind", "embedded"], ["", "on", "Header", "geoip2"]),
    ("LOCALE", ["pt_BR", "en"], ["", "pt", "pt-BR", "en_US", "fr"]),
    (
        "LOG_LEVEL",
        ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
        ["", "info", "TRACE", "10"],
    ),
]

BAD = [
    *((name, bad) for name, _, bads in CHOICES for bad in bads),
    *(
        (name, bad)
        for name in ("DEBUG", "REDIS_TLS", "REDIS_CLUSTER")
        for bad in ("2", "maybe", "T", "yes please", "None")
    ),
    *(
        ("REDIS_URL", bad)
        for bad in (
            "localhost:6379",
            "http://h",
            "redis:/h",
            "redis",
            " redis://h",
            "Redis://h",
            "redis://",
            "unix://",
            "redis://h:port/0",
            "redis://:a/b@h:6379/0",
            "redis://h/x",
            "redis://h?decode_responses=true",
            "redis://[::1",
        )
    ),
    *((name, bad) for name in ("HOST", "REDIS_HOST") for bad in ("", " ")),
    *(("REGION_HEADER", bad) for bad in ("", " ", "X Country", "X-Country:", "País", "X\nY")),
    *(
        ("ALERT_WEBHOOK_URL", bad)
        for bad in ("hooks.example", "ftp://h", "https://", "https://ana:word@h/", "https://h/ a")
    ),
    *(
        ("ALERT_WEBHOOK_SECRET", bad)
        for bad in ("secret", "whsec_", "whsec_YQ==", "A" * 31, "A" * 88, "é" * 32)
    ),
    *(
        (name, bad)
        for name in ("REDIS_SENTINELS", "REDIS_NODES")
        for bad in (
            "a",
            "a:",
            ":1",
            "a:b",
            "a:0",
            "a:65536",
            "a:1;b:2",
            "ana@a:1",
            "::1:1",
            "a:1/0",
        )
    ),
    ("RATE_LIMITS", "banana"),
    ("REDIS_TLS_CA", "no/such/file.pem"),
    *(
        ("PUBLIC_URL", bad)
        for bad in (
            "gate.example",
            "//gate.example",
            "ftp://gate.example",
            "https://",
            "https:///a",
            "https://ana@gate.example",
            "https://ana:b@gate.example",
            "https://gate.example?a=b",
            "https://gate.example#a",
            "https://gate.example/?",
            "https://gate.example/a b",
            "javascript:alert(1)",
        )
    ),
    *(
        ("TRUSTED_PROXIES", bad)
        for bad in ("proxy.example", "10.0.0.0/33", "10.0.0.1/8", "*", "10.0.0.0/8;::1", "::1/129")
    ),
]
SECRET = "hunter2-and-more"


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Start in an empty folder, with nothing set."""
    monkeypatch.chdir(tmp_path)
    for name in [variable.name for variable in VARIABLES] + ["LC_ALL", "LC_MESSAGES", "LANG"]:
        monkeypatch.delenv(name, raising=False)


def refusal_of(**flags: str) -> SettingsError:
    """Refuse to start, and have something to say about it in every language."""
    with pytest.raises(SettingsError) as refused:
        load_settings(flags)
    for text in fill(refused.value.key, refused.value.facts).values():
        assert str(refused.value.facts["variable"]) in text
    return refused.value


def test_the_table_above_has_every_setting() -> None:
    named = {variable.setting for variable in VARIABLES}
    assert named == set(Settings.__annotations__)


@EACH
def test_a_variable_that_is_not_set_is_its_default(variable: Variable) -> None:
    assert getattr(load_settings({}), variable.setting) == variable.default


@EACH
def test_a_variable_is_read_from_the_environment(
    variable: Variable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable.name, variable.text)
    assert getattr(load_settings({}), variable.setting) == variable.value


@EACH
def test_a_variable_is_read_from_the_file_called_env(variable: Variable) -> None:
    Path(".env").write_text(f"# ours\n{variable.name}='{variable.text}'\n")
    assert getattr(load_settings({}), variable.setting) == variable.value


@EACH
def test_the_environment_goes_before_the_file_and_flags_before_both(
    variable: Variable, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(".env").write_text(f"{variable.name}=no value that would do for most\n")
    monkeypatch.setenv(variable.name, variable.text)
    assert getattr(load_settings({}), variable.setting) == variable.value
    monkeypatch.setenv(variable.name, "no value that would do for most")
    flags = {variable.name: variable.text}
    assert getattr(load_settings(flags), variable.setting) == variable.value


def test_the_file_does_not_reach_into_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("PORT=9000\n")
    assert load_settings({}).port == 9000
    Path(".env").unlink()
    monkeypatch.setenv("UNRELATED", "a")
    assert load_settings({}).port == 8000


def test_a_name_without_a_value_in_the_file_is_empty() -> None:
    Path(".env").write_text("CLIENTS_FILE\nREDIS_URL=\n")
    settings = load_settings({})
    assert (settings.clients_file, settings.redis_url) == (None, None)


def test_variables_of_others_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT_RANGE", "no number")
    monkeypatch.setenv("REDIS_COLOUR", "red")
    assert load_settings({}) == load_settings({})


@EACH_NUMBER
def test_a_number_is_good_from_its_least_to_its_most(name: str, least: int, most: int) -> None:
    setting = next(variable.setting for variable in VARIABLES if variable.name == name)
    for number in (least, most):
        assert getattr(load_settings({name: str(number)}), setting) == number
        assert getattr(load_settings({name: f" {number} "}), setting) == number


@EACH_NUMBER
def test_a_number_outside_is_refused_with_its_bounds(name: str, least: int, most: int) -> None:
    for number in (least - 1, most + 1, 10**25, 10**5000):
        error = refusal_of(**{name: "9" * 5001 if number == 10**5000 else str(number)})
        assert error.facts == {"variable": name, "least": least, "most": most}


@EACH_NUMBER
def test_what_is_no_whole_number_is_refused(name: str, least: int, most: int) -> None:
    for text in ("", " ", "a", "1.0", "1e1", "0x10", "1_0", "+1", "1 0", "\u0661", "\u00b2", "-0"):
        error = refusal_of(**{name: text})
        assert error.key == "settings.number"
        assert error.facts == {"variable": name, "least": least, "most": most}


@EACH_NUMBER
def test_leading_zeros_change_nothing(name: str, least: int, most: int) -> None:
    setting = next(variable.setting for variable in VARIABLES if variable.name == name)
    assert getattr(load_settings({name: str(most).zfill(30)}), setting) == most
    assert refusal_of(**{name: f"{least:020}{most + 1}"}).facts["most"] == most


@pytest.mark.parametrize(("name", "good", "bad"), CHOICES, ids=[name for name, _, _ in CHOICES])
def test_a_choice_is_one_of_its_words(name: str, good: list[str], bad: list[str]) -> None:
    setting = next(variable.setting for variable in VARIABLES if variable.name == name)
    assert [getattr(load_settings({name: word}), setting) for word in good] == good
    for word in bad:
        error = refusal_of(**{name: word})
        assert error.facts == {"variable": name, "choices": ", ".join(good)}


@pytest.mark.parametrize(("name", "setting"), [("DEBUG", "debug"), ("REDIS_TLS", "redis_tls")])
def test_a_switch_understands_the_usual_words(name: str, setting: str) -> None:
    for word in ("True", "true", "TRUE", "1", "on", "yes", " Yes "):
        assert getattr(load_settings({name: word}), setting) is True
    for word in ("False", "false", "0", "off", "no", "", "  "):
        assert getattr(load_settings({name: word}), setting) is False


@pytest.mark.parametrize(("name", "bad"), BAD, ids=repr)
def test_a_value_that_will_not_do_is_refused_by_the_variables_name(name: str, bad: str) -> None:
    error = refusal_of(**{name: bad})
    assert error.facts["variable"] == name
    assert str(error).startswith(f"{name}: ")


@pytest.mark.parametrize("bad", ["http://[::1", "https://gate.example]", "https://[::zz]"])
def test_a_public_address_that_cannot_be_read_at_all_is_refused_in_the_same_way(bad: str) -> None:
    assert refusal_of(PUBLIC_URL=bad).key == "settings.public_url"


def test_a_public_address_with_nothing_but_a_password_is_refused() -> None:
    error = refusal_of(PUBLIC_URL=f"https://:{SECRET}@gate.example")
    assert SECRET not in str(error)


@pytest.mark.parametrize("bad", ["https://gate.example:65536", "https://gate.example:a"])
def test_a_public_address_with_no_port_that_there_is_is_refused(bad: str) -> None:
    assert refusal_of(PUBLIC_URL=bad).key == "settings.public_url"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("", ""),
        ("https://gate.example", "https://gate.example"),
        ("http://localhost:8000/", "http://localhost:8000"),
        ("https://portal.example/gate/", "https://portal.example/gate"),
        ("https://[::1]:8443", "https://[::1]:8443"),
    ],
)
def test_a_public_address_is_kept_without_the_slash_at_its_end(text: str, url: str) -> None:
    assert load_settings({"PUBLIC_URL": text}).public_url == url


@pytest.mark.parametrize("url", ["redis://h", "rediss://h:6380/1", "unix:///run/redis.sock"])
def test_redis_may_be_reached_in_three_ways(url: str) -> None:
    assert load_settings({"REDIS_URL": url}).redis_url == url


def test_a_refused_redis_url_is_not_repeated() -> None:
    error = refusal_of(REDIS_URL=f"http://:{SECRET}@h")
    texts = fill(error.key, error.facts)
    assert SECRET not in f"{error!r} {error.facts} {texts}"


def test_more_workers_than_one_need_a_store_that_they_share() -> None:
    assert load_settings({"WORKERS": "2"}).workers == 2
    assert load_settings({"WORKERS": "1", "STORAGE": "memory"}).workers == 1
    error = refusal_of(WORKERS="2", STORAGE="memory")
    assert (error.key, error.facts) == ("settings.workers_memory", {"variable": "WORKERS"})


def test_the_policy_is_what_the_environment_says() -> None:
    assert load_settings({}).policy == Policy(ttl_seconds=1800, cap=1000)
    flags = {"SESSION_TTL_SECONDS": "60", "SESSION_CAP": "5"}
    assert load_settings(flags).policy == Policy(ttl_seconds=60, cap=5)


@pytest.mark.parametrize(
    "flags",
    [
        {"SESSION_TTL_SECONDS": ttl, "SESSION_CAP": cap}
        for ttl, cap in (("1", "1"), ("86400", "10000000"))
    ],
    ids=["least", "most"],
)
def test_every_policy_that_the_settings_let_through_can_be_made(flags: dict[str, str]) -> None:
    policy = load_settings(flags).policy
    assert (str(policy.ttl_seconds), str(policy.cap)) == tuple(flags.values())


def test_settings_cannot_be_changed() -> None:
    settings: Any = load_settings({})
    with pytest.raises(AttributeError):
        settings.port = 1
    assert settings.port == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [("REDIS_PASSWORD", SECRET), ("REDIS_URL", f"redis://:{SECRET}@h/0")],
    ids=["password", "URL"],
)
def test_no_representation_of_the_settings_shows_the_password_of_redis(
    name: str, value: str
) -> None:
    settings = load_settings({name: value})
    assert value in (settings.redis_password, settings.redis_url)
    assert SECRET not in f"{settings!r} {settings}"


def test_no_representation_of_the_settings_shows_whom_alerts_are_posted_to() -> None:
    address, key = "https://hooks.example/T0/secret-path", b"012345678901234567890123"
    settings = load_settings(
        {
            "ALERT_WEBHOOK_URL": address,
            "ALERT_WEBHOOK_SECRET": base64.b64encode(key).decode(),
        }
    )
    assert (settings.alert_webhook_url, settings.alert_webhook_secret) == (address, key)
    for hidden in ("secret-path", key.decode()):
        assert hidden not in f"{settings!r} {settings}"


def test_every_text_about_settings_has_someone_who_says_it() -> None:
    said_elsewhere = {
        *("no_client", "iframe_root", "tls_ca_without_tls", "tls_beside_url"),  # the container
        *("audit_file", "webhook_pair"),  # the same
        *("two_ways", "sentinel_pair", "nodes_without_cluster", "cluster_db"),  # the same
        *("region_header_of_nobody", "no_region_database", "regions_library"),  # the same
        *("cannot_listen", "no_such_host", "unix_socket", "tls", "tls_pair"),  # the command line
    }
    said_here = {refusal_of(**{name: bad}).key for name, bad in BAD} | {
        refusal_of(PORT="a").key,
        refusal_of(WORKERS="2", STORAGE="memory").key,
        demo_refusal_of(HOST="0.0.0.0").key,
    }
    Path(".env").write_bytes(b"PORT=\xff")
    said_here.add(refusal_of().key)
    assert {f"settings.{key}" for key in keys_below("settings.") - said_elsewhere} == said_here


# The demo


def demo_refusal_of(**flags: str) -> SettingsError:
    with pytest.raises(SettingsError) as refused:
        load_demo_settings(flags)
    fill(refused.value.key, refused.value.facts)
    return refused.value


def test_a_demo_runs_in_memory_in_one_process_on_loopback() -> None:
    demo = load_demo_settings({})
    assert (demo.storage, demo.workers, demo.host, demo.port) == ("memory", 1, "127.0.0.1", 8000)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_demo_may_listen_on_any_name_of_loopback(host: str) -> None:
    assert load_demo_settings({"HOST": host}).host == host


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.0.2.1", "gate.example", "127.0.0.1.example", "localhost."]
)
def test_a_demo_listens_nowhere_else(host: str) -> None:
    error = demo_refusal_of(HOST=host)
    assert (error.key, error.facts) == ("settings.demo_host", {"variable": "HOST"})


@pytest.mark.parametrize(
    "name",
    [
        "REDIS_URL",
        "REDIS_HOST",
        "REDIS_PORT",
        "REDIS_PASSWORD",
        "STORAGE",
        "CLIENTS_FILE",
        "PUBLIC_URL",
        "TRUSTED_PROXIES",
        "HOST",
        "WORKERS",
        "SINGLE_USE",
        "REGIONS",
    ],
)
def test_a_demo_leaves_the_settings_of_production_alone(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load_demo_settings({})
    monkeypatch.setenv(name, "a value that would not do for most")
    Path(".env").write_text(f"{name}=another that would not do for most\n")
    assert load_demo_settings({}) == before


@pytest.mark.parametrize(
    ("name", "setting", "text", "value"),
    [
        ("SESSION_TTL_SECONDS", "session_ttl_seconds", "60", 60),
        ("SESSION_CAP", "session_cap", "2", 2),
        ("IFRAME_ROOT", "iframe_root", "/srv/pages", Path("/srv/pages")),
        ("LOCALE", "locale", "en", "en"),
        ("LOG_LEVEL", "log_level", "DEBUG", "DEBUG"),
        ("PORT", "port", "9000", 9000),
    ],
)
def test_a_demo_takes_from_the_environment_what_is_harmless(
    name: str, setting: str, text: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, text)
    assert getattr(load_demo_settings({}), setting) == value


def test_a_demo_writes_only_warnings_where_nobody_asked_for_more() -> None:
    assert load_demo_settings({}).log_level == "WARNING"


def test_a_demo_stops_without_waiting_for_a_load_balancer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAIN_SECONDS", "5")
    assert load_demo_settings({}).drain_seconds == 0


def test_flags_go_before_the_environment_in_a_demo_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9000")
    assert load_demo_settings({"PORT": "9001"}).port == 9001


def test_a_bad_value_stops_a_demo_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "no number")
    assert demo_refusal_of().facts["variable"] == "PORT"


# The terminal


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "pt_BR.UTF-8"}, "pt"),
        ({"LANG": "pt_PT"}, "pt"),
        ({"LANG": "pt_BR.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "pt_BR.UTF-8"}, "pt"),
        ({"LC_MESSAGES": "pt_BR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_MESSAGES": "C", "LC_ALL": "pt_BR.UTF-8"}, "pt"),
        ({"LANG": "pt_BR.UTF-8", "LC_ALL": ""}, "pt"),
    ],
    ids=str,
)
def test_the_terminal_speaks_portuguese_or_english_as_posix_says(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert terminal_language() == language


def test_a_metrics_port_is_a_number_or_none() -> None:
    assert load_settings({"METRICS_PORT": ""}).metrics_port is None
    assert load_settings({"METRICS_PORT": "0"}).metrics_port == 0
    for text in ("-1", "65536", "a"):
        assert refusal_of(METRICS_PORT=text).facts["variable"] == "METRICS_PORT"
