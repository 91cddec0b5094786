import base64

from application.issue_key import IssueKey
from domain.key import digest_key, is_key_digest
from tests.unit.application.fakes import CountingRandomness


def test_a_key_is_made_of_256_random_bits() -> None:
    randomness = CountingRandomness()
    issued = IssueKey(randomness).execute()
    assert [len(secret) for secret in randomness.given] == [32]
    encoded = issued.key.removeprefix("fgk_")
    assert base64.urlsafe_b64decode(encoded + "=") == randomness.given[0]


def test_the_digest_that_is_kept_is_the_keys() -> None:
    issued = IssueKey(CountingRandomness()).execute()
    assert issued.digest == digest_key(issued.key)
    assert is_key_digest(issued.digest)
    assert issued.key not in issued.digest


def test_no_key_is_issued_twice() -> None:
    issue = IssueKey(CountingRandomness())
    assert issue.execute().key != issue.execute().key
