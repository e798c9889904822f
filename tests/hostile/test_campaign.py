"""A small part of the campaign: hostile actions over every id, and what they call of the host."""

import re
import subprocess
import sys
from pathlib import Path

CAMPAIGN = Path(__file__).with_name("campaign.py")
READING = r"host: \d+ x (?:import \S+|open \S+\.pyc? r|open \S+\.so r)$"
"""A module of Python's own that a tool's first call loads, such as that of `strptime`."""


def test_hostile_actions_crash_nothing_and_touch_nothing_of_the_host():
    words = [sys.executable, CAMPAIGN, "--actions", "1500", "--trace", "--seed", "11"]
    done = subprocess.run([*map(str, words)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[-1] == "0 found"
    assert int(lines[1].split()[0]) >= 1500
    told = [line for line in lines if line.startswith("host:")]
    worker = [line for line in told if "subprocess.Popen" in line and "-c" in line]
    assert [line for line in told if line not in worker and not re.search(READING, line)] == []
    assert len(worker) <= 1


def test_the_trace_sees_what_a_tool_would_do(tmp_path):
    """The test above could not fail if the trace were blind."""
    file = tmp_path / "touched"
    code = (
        f"import sys; sys.path.insert(0, {str(CAMPAIGN.parent)!r}); from campaign import Host; h = Host()\n"
        f"h.on = True; open({str(file)!r}, 'w').close(); h.on = False; print(sorted(h.calls))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert f"open {file} w" in done.stdout, done.stdout + done.stderr
