"""A certificate authority of the tests' own, and browsers that trust it."""

import subprocess
from pathlib import Path

import trustme


def trust_in(folder: Path, authority: trustme.CA) -> None:
    """Make the database in which NSS, and so Chromium and Firefox, look for authorities."""
    folder.mkdir(parents=True, exist_ok=True)
    pem = folder / "authority.pem"
    authority.cert_pem.write_to_path(pem)
    for arguments in (
        ("-N", "--empty-password"),
        ("-A", "-n", "framegate's tests", "-t", "C,,", "-i", str(pem)),
    ):
        subprocess.run(["certutil", *arguments, "-d", f"sql:{folder}"], check=True)
