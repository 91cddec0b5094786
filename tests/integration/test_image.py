"""The image and the services of deploy/compose, as far as they run without an engine: the
Dockerfile's steps, its command and its health check, and Redis by our configuration and ACLs."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest

from tests.support.deployed import composed, copy_compose, make_secrets
from tests.support.framegate_server import bearer
from tests.support.http_call import call
from tests.support.image import Image, build_image
from tests.support.own_tree import needs_mounts, running_tree
from tests.support.redis_server import free_port
from tests.support.waiting import until

pytestmark = needs_mounts
SERVICES = composed()["services"]


@attrs.frozen
class Services:
    """The image with what Compose gives it; Redis runs, by the name that it has there."""

    image: Image
    secrets: Path
    environment: Mapping[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['PORT']}"

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the image to its end."""
        return subprocess.run(
            self.image.entered(*command),
            env=self.image.environment(self.environment),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    @contextmanager
    def serving(self, log: Path) -> Iterator[int]:
        """Run the image's own command; yield its process's id."""
        command = [*self.image.said.words("ENTRYPOINT"), *self.image.said.words("CMD")]
        environment = self.image.environment(self.environment)
        with running_tree(self.image.entered(*command), environment, log) as first:
            until("both workers serve", lambda: log.read_text().count('"serving"') == 2)
            yield first


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("compose")
    image = build_image(folder / "image")
    compose = copy_compose(folder)
    make_secrets(compose)
    port, redis_port = free_port(), free_port()
    (image.root / "etc/hosts").write_text("127.0.0.1 localhost redis\n")
    (image.root / "etc/nsswitch.conf").write_text("hosts: files\n")
    (image.root / "etc/framegate/.env").symlink_to("/secrets/framegate.env")
    (image.root / "etc/framegate/clients.toml").symlink_to("/secrets/clients.toml")
    secrets = (compose / "secrets").rename(image.root / "secrets")
    secrets.chmod(0o755)  # the engine mounts the files one by one, past the folder
    said = {name: str(value) for name, value in SERVICES["framegate"]["environment"].items()}
    environment = said | {
        "PUBLIC_URL": f"http://localhost:{port}",
        "WORKERS": "2",
        "DRAIN_SECONDS": "0",
        "PORT": str(port),
        "REDIS_PORT": str(redis_port),
    }
    with _running_redis(compose, secrets, redis_port):
        yield Services(image, secrets, environment)
    shutil.rmtree(folder / "image")


@contextmanager
def _running_redis(compose: Path, secrets: Path, port: int) -> Iterator[None]:
    """Run Redis by redis.conf, with its places for those of the container."""
    text = (compose / "redis.conf").read_text()
    for there, here in (
        ("/run/secrets/users.acl", secrets / "users.acl"),
        ("dir /data", f"dir {compose}"),
    ):
        assert there in text
        text = text.replace(there, str(here))
    (compose / "here.conf").write_text(text)
    program = SERVICES["redis"]["command"][0]
    command = [program, compose / "here.conf", "--port", str(port), "--bind", "127.0.0.1"]
    _, health, *words = SERVICES["redis"]["healthcheck"]["test"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as redis:
        try:
            ask = [health, "-p", str(port), *words]
            until("Redis is healthy", lambda: _ends_well(ask))
            yield
        finally:
            redis.terminate()


def _ends_well(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def new_key(services: Services, *names: str) -> str:
    """Make a key as docs/deploy.md shows; return it."""
    made = services.run("framegate", "keys", "new", *names)
    assert made.returncode == 0, made.stderr
    with (services.secrets / "clients.toml").open("a") as file:
        file.write(made.stdout)
    return made.stderr.split()[-1]


@pytest.fixture(scope="module")
def key(services: Services) -> str:
    return new_key(services, "portal")


def test_the_image_serves_as_nobody_on_a_root_that_it_cannot_write_to(
    services: Services, key: str, tmp_path: Path
) -> None:
    with services.serving(tmp_path / "framegate.log") as pid:
        assert call("GET", f"{services.url}/readyz").status == 200
        create = f"{services.url}/auth/create-session"
        created = call("POST", create, headers=bearer(key)).fields
        page = created["iframe_url"].replace("localhost", "127.0.0.1")
        assert [call("GET", page).status for _ in range(2)] == [200, 401]

        status = Path(f"/proc/{pid}/status").read_text()
        assert services.run(*services.image.said.words("HEALTHCHECK")).returncode == 0
        assert services.run("framegate", "doctor").returncode == 0
    uid, _, gid = services.image.said.last("USER").partition(":")
    assert f"Uid:\t{uid}\t" in status
    assert f"Gid:\t{gid}\t" in status
    assert "NoNewPrivs:\t1" in status
    assert "CapBnd:\t0000000000000000" in status


def test_the_image_is_not_healthy_when_nothing_answers(services: Services) -> None:
    assert services.run(*services.image.said.words("HEALTHCHECK")).returncode != 0


def test_as_the_first_process_it_ends_well_on_the_images_signal_and_reads_again_on_sighup(
    services: Services, key: str, tmp_path: Path
) -> None:
    log = tmp_path / "framegate.log"
    with services.serving(log) as pid:
        other = new_key(services, "other")
        create = f"{services.url}/auth/create-session"
        assert call("POST", create, headers=bearer(other)).status == 401
        subprocess.run(["kill", "-HUP", str(pid)], check=True)
        until("it has read them", lambda: call("POST", create, headers=bearer(other)).status == 200)
        assert call("POST", create, headers=bearer(key)).status == 200

        subprocess.run(["kill", f"-{services.image.said.last('STOPSIGNAL')}", str(pid)], check=True)
        until("it has ended", lambda: not Path(f"/proc/{pid}").exists())
    assert '"stopped"' in log.read_text()
    assert "workers_killed" not in log.read_text()


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (["PING"], "NOAUTH"),
        (["--user", "health", "--pass", "none", "GET", "fg:{portal}:counters"], "NOPERM"),
        (["--user", "framegate", "--pass", "none", "PING"], "WRONGPASS"),
    ],
    ids=["nobody", "the health check", "a wrong password"],
)
def test_the_redis_of_compose_lets_nobody_in_but_framegate(
    services: Services, words: list[str], refusal: str
) -> None:
    ask = ["redis-cli", "-p", services.environment["REDIS_PORT"], *words]
    done = subprocess.run(ask, capture_output=True, text=True, check=False)
    assert refusal in done.stdout + done.stderr
