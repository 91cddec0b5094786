"""What the README tells a newcomer to type works as it says."""

import re
import subprocess
from pathlib import Path

from tests.support.framegate_server import running_framegate

README = Path(__file__).parents[2] / "README.md"


def test_the_walk_with_curl_gives_the_answers_that_stand_beside_it(tmp_path: Path) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text(), flags=re.DOTALL)
    walk = next(block for block in blocks if block.startswith("BASE="))
    with running_framegate(tmp_path / "demo", {"LOG_LEVEL": "INFO"}, "demo") as server:
        script = walk.replace("http://127.0.0.1:8000", server.url)
        # A line break after each command, so that each answer stands on a line of its own.
        script = "\n".join(f"{line}; echo" for line in script.splitlines())
        done = subprocess.run(
            ["bash", "-ec", script.replace("#", "; echo #")],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
    answers = [line for line in done.stdout.splitlines() if line]
    assert '"session_id":"fgs_' in answers[0]
    assert '"active_sessions":1,"used_sessions":0' in answers[1]
    assert answers[2:4] == ["200", "401"]
    assert '"code":"session_invalid"' in answers[4]
    assert '"active_sessions":0,"used_sessions":1' in answers[5]
    assert '"sessions_removed":0' in answers[6]
    (tmp_path / "session.json").unlink()
