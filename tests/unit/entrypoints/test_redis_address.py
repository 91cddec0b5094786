"""Which Redis is meant: one server, Sentinels, or a Cluster."""

import environ
import pytest

from adapters.redis.address import RedisAddress
from entrypoints.container.redis_address import redis_address
from entrypoints.settings import Settings, SettingsError
from tests.unit.catalogues import fill


def address_of(**variables: str) -> RedisAddress:
    settings: Settings = environ.to_config(Settings, environ=variables)
    return redis_address(settings)


def refusal_of(**variables: str) -> tuple[str, str]:
    with pytest.raises(SettingsError) as refused:
        address_of(**variables)
    variable = str(refused.value.facts["variable"])
    assert all(variable in text for text in fill(refused.value.key, refused.value.facts).values())
    return variable, refused.value.key


def test_with_nothing_said_it_is_one_server_on_this_machine() -> None:
    assert address_of() == RedisAddress()


def test_sentinels_are_asked_for_their_service() -> None:
    address = address_of(
        REDIS_SENTINELS="a:1,b:2", REDIS_SENTINEL_SERVICE="gate", REDIS_SENTINEL_PASSWORD="p"
    )
    assert address.sentinels == (("a", 1), ("b", 2))
    assert (address.sentinel_service, address.sentinel_password) == ("gate", "p")


def test_a_cluster_is_found_through_any_of_its_nodes() -> None:
    assert address_of(REDIS_CLUSTER="True", REDIS_NODES="a:1,b:2").nodes == (("a", 1), ("b", 2))


def test_a_cluster_without_named_nodes_is_found_through_the_host() -> None:
    assert address_of(REDIS_CLUSTER="True", REDIS_HOST="a").nodes == (("a", 6379),)


@pytest.mark.parametrize(
    ("variables", "variable", "key"),
    [
        (
            {"REDIS_URL": "redis://h", "REDIS_SENTINELS": "a:1", "REDIS_SENTINEL_SERVICE": "g"},
            "REDIS_SENTINELS",
            "settings.two_ways",
        ),
        (
            {"REDIS_URL": "redis://h", "REDIS_CLUSTER": "True"},
            "REDIS_CLUSTER",
            "settings.two_ways",
        ),
        (
            {
                "REDIS_SENTINELS": "a:1",
                "REDIS_SENTINEL_SERVICE": "g",
                "REDIS_CLUSTER": "True",
            },
            "REDIS_CLUSTER",
            "settings.two_ways",
        ),
        ({"REDIS_SENTINELS": "a:1"}, "REDIS_SENTINEL_SERVICE", "settings.sentinel_pair"),
        ({"REDIS_SENTINEL_SERVICE": "g"}, "REDIS_SENTINEL_SERVICE", "settings.sentinel_pair"),
        ({"REDIS_NODES": "a:1"}, "REDIS_NODES", "settings.nodes_without_cluster"),
        ({"REDIS_CLUSTER": "True", "REDIS_DB": "1"}, "REDIS_DB", "settings.cluster_db"),
        ({"REDIS_TLS": "True", "REDIS_URL": "redis://h"}, "REDIS_TLS", "settings.tls_beside_url"),
        ({"REDIS_TLS_CA": __file__}, "REDIS_TLS_CA", "settings.tls_ca_without_tls"),
    ],
)
def test_settings_that_contradict_each_other_are_named(
    variables: dict[str, str], variable: str, key: str
) -> None:
    assert refusal_of(**variables) == (variable, key)
