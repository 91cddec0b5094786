"""A systemd of a test's own: the first process of its tree, among mounts of its own, where services
run as on any machine. What is written there to /etc, /opt, /run and /var is gone with it."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from tests.support.own_tree import running_tree
from tests.support.waiting import until

ROOT = Path(__file__).parents[2]

OLD_GROUPS = Path("/sys/fs/cgroup/systemd")
"""Where systemd tells by control groups of the old kind which processes are a service's."""

# Only the units that others wait for: none of this machine's own is to run a second time.
_UNITS = "sysinit basic shutdown network-online multi-user"

# Nothing but what the shell does itself: its first child is to be systemd.
_ENTER = """
echo $$ >"$GROUP/cgroup.procs"
exec unshare --mount --pid --fork --ipc --uts --cgroup sh -c "$BOOT"
"""

# Of the old control groups it gets none that limits anything.
_BOOT = """
set -e
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/upper /run/work /run/systemd/system
mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/upper,workdir=/run/work /etc
for place in /opt /var/lib /var/log /etc/systemd/system /lib/systemd/system; do
    mount -t tmpfs -o mode=755 tmpfs $place
done
mount -t proc proc /proc
if [ "$OLD" ]; then
    mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
    mkdir "$OLD"
    mount -t cgroup -o none,name=systemd cgroup "$OLD"
else
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
fi
for unit in $UNITS; do
    printf '[Unit]\\nDefaultDependencies=no\\n' >/lib/systemd/system/$unit.target
done
mkdir -p /opt/framegate/bin /opt/python /opt/packages /opt/source
mount --bind "$PYTHON" /opt/python
mount --bind "$PACKAGES" /opt/packages
mount --bind "$SOURCE" /opt/source
cat >/opt/framegate/bin/framegate <<'END'
#!/bin/sh
export PYTHONPATH=/opt/source:/opt/packages LD_LIBRARY_PATH=/opt/python/lib
exec /opt/python/bin/python3 -m entrypoints "$@"
END
chmod 755 /opt/framegate/bin/framegate
exec env -i container=docker PATH=/usr/sbin:/usr/bin:/sbin:/bin \\
    /lib/systemd/systemd --system --unit=basic.target --log-target=console
"""


@attrs.frozen
class Systemd:
    """A running systemd; ``pid`` is its process's id, seen from outside."""

    pid: int

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run what a shell understands, in the checkout, as root, where this systemd lives."""
        enter = ("nsenter", "--target", str(self.pid), "--mount", "--pid", "--ipc", "--cgroup")
        return subprocess.run(
            [*enter, "sh", "-ec", f"cd /opt/source\n{command}"],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def do(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run what has to go well."""
        done = self.run(command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def shows(self, service: str, name: str) -> str:
        """Return one of the properties that systemd keeps of a service."""
        return self.run(f"systemctl show --value --property {name} {service}").stdout.strip()

    def is_up(self) -> bool:
        """Tell whether it has started everything that it starts by itself."""
        return self.run("systemctl is-active basic.target").returncode == 0


@contextmanager
def running_systemd(log: Path) -> Iterator[Systemd]:
    """Start one, and end it with all that runs in it."""
    old = OLD_GROUPS.is_dir()
    groups = OLD_GROUPS if old else Path("/sys/fs/cgroup")
    group = groups / f"framegate-test-{os.getpid()}"
    environment = {
        **os.environ,
        "BOOT": _BOOT,
        "GROUP": str(group),
        "OLD": str(OLD_GROUPS) if old else "",
        "PACKAGES": sysconfig.get_path("purelib"),
        "PYTHON": sys.base_prefix,
        "SOURCE": str(ROOT),
        "UNITS": _UNITS,
    }
    group.mkdir()
    try:
        with running_tree(["sh", "-c", _ENTER], environment, log) as pid:
            systemd = Systemd(pid)
            until("systemd is up", systemd.is_up)
            yield systemd
    finally:
        for path in sorted(group.rglob("*/"), reverse=True):
            path.rmdir()
        group.rmdir()
