import pytest

from application.authenticate import Authenticate, KeyRejected
from application.check_pass import CheckPass, SignedOut
from application.sign_in import SignIn
from domain import events
from domain.client import Admin, Caller, Client
from domain.dashboard_pass import LIFETIME_MS
from domain.key import digest_key
from tests.unit.application.fakes import REMOTE, START, Directory, RecordingSink, SteppedClock

PORTAL = Client(name="portal")
OPS = Admin(name="ops", keys=frozenset({digest_key("ops's")}))
BOSS = Admin(name="boss", keys=frozenset({digest_key("boss's")}))


class Scene:
    def __init__(self) -> None:
        self.clock, self.sink = SteppedClock(), RecordingSink()
        keys = {"ops's": Caller(is_admin=True), "boss's": Caller(is_admin=True)}
        keys["portal's"] = Caller(PORTAL)
        self.directory = Directory(PORTAL, keys=keys, admins=[BOSS, OPS])
        self.sign_in = SignIn(Authenticate(self.directory, self.sink, self.clock))
        self.check = CheckPass(self.directory, self.clock)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_an_admin_gets_a_pass_that_lasts_a_working_day(scene: Scene) -> None:
    given = scene.sign_in.execute("ops's", remote=REMOTE)
    assert (given.admin, given.ends_at) == ("ops", START + LIFETIME_MS)
    scene.check.execute(given.text)
    scene.clock.step(LIFETIME_MS - 1)
    scene.check.execute(given.text)
    scene.clock.step(1)
    with pytest.raises(SignedOut):
        scene.check.execute(given.text)
    assert scene.sink.events == []


@pytest.mark.parametrize(
    ("key", "problem"), [("", "missing"), ("guess", "unknown"), ("portal's", "wrong_kind")]
)
def test_nobody_else_gets_one_and_each_try_is_audited(scene: Scene, key: str, problem: str) -> None:
    with pytest.raises(KeyRejected) as rejected:
        scene.sign_in.execute(key, remote=REMOTE)
    assert rejected.value.problem == problem
    (event,) = scene.sink.events
    assert isinstance(event, events.KeyRejected)
    assert event.remote == REMOTE


def test_a_pass_ends_with_its_admin_and_no_other(scene: Scene) -> None:
    ours, other = (scene.sign_in.execute(key, remote=REMOTE) for key in ("ops's", "boss's"))
    scene.directory.listed_admins = [BOSS]
    scene.check.execute(other.text)
    with pytest.raises(SignedOut):
        scene.check.execute(ours.text)


@pytest.mark.parametrize("text", [None, "", "ops", "ops.9999999999999." + "A" * 43])
def test_without_a_pass_nobody_is_signed_in(scene: Scene, text: str | None) -> None:
    with pytest.raises(SignedOut):
        scene.check.execute(text)
