"""A process that was told to leave is gone in time, whatever hangs in it."""

import signal
import subprocess
import sys

import pytest

from inbox import leaving
from inbox.leaving import ALL, LAST, TimeLeft

HANGING = """
import re, sys, time
from inbox import leaving
leaving.LAST, leaving._KILLED = map(float, sys.argv[1:3])
leaving.be_gone_in_time()
while True:
    {what}
"""


def ended(what: str, last: float, killed: float) -> int:
    """How a process ended that was told to leave while it did nothing but `what`."""
    argv = [sys.executable, "-c", HANGING.format(what=what), str(last), str(killed)]
    return subprocess.run(argv, timeout=120, stdout=subprocess.DEVNULL).returncode


def test_one_that_waits_for_ever_ends_itself() -> None:
    assert ended("time.sleep(3600)", last=0.2, killed=3600) == 1


def test_one_that_is_too_busy_to_end_itself_is_ended_by_the_kernel() -> None:
    assert ended("re.fullmatch('(a+)+', 'a' * 60 + 'b')", last=0.2, killed=1) == -signal.SIGALRM


def test_all_that_is_waited_for_shares_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(leaving, "monotonic", lambda: clock[0])
    time = TimeLeft()
    assert time.part(60) == 60
    time.begin()
    assert time.part(4) == 4
    clock[0] += ALL - 1.5
    assert time.part(4) == pytest.approx(1.5)
    clock[0] = 100 + LAST
    assert 0 < time.part(4) < 0.5, "as good as nothing, and yet a chance for what is done already"
