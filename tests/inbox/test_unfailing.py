"""Nothing that happens to the log happens to whoever writes to it."""

import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from inbox.machine.voice import Voice
from inbox.unfailing import Unfailing

FULL = Path("/dev/full")
"""Takes nothing: what a disk without space does."""

LOGS = """
import structlog
from inbox import logs
logs.configure("info", "json")
for n in range(1000):
    structlog.get_logger().info("n" * 100)
print("alive")
"""


def test_a_full_disk_under_the_log_stops_nobody() -> None:
    with FULL.open("w") as full:
        done = subprocess.run([sys.executable, "-c", LOGS], stdout=subprocess.PIPE, stderr=full, text=True)
    assert done.stdout == "alive\n"


def test_a_log_whose_reader_is_gone_stops_nobody() -> None:
    reader = subprocess.Popen(["true"], stdin=subprocess.PIPE)
    reader.wait()
    done = subprocess.run(
        [sys.executable, "-c", LOGS], stdout=subprocess.PIPE, stderr=reader.stdin, text=True
    )
    assert done.stdout == "alive\n"
    assert reader.stdin is not None
    reader.stdin.close()


def test_what_keeps_the_processes_up_goes_on_without_a_voice() -> None:
    with FULL.open("w", buffering=1) as full:
        voice = Voice(Console(file=full))
        voice.say("The inbox is back.")
        voice.warn("MongoDB has ended.")
        with pytest.raises(OSError):
            full.write("as a proof that it is full\n")
        with pytest.raises(OSError):
            full.close()


class Disk:
    """A stream that takes nothing as long as it is full."""

    def __init__(self) -> None:
        self.is_full = True
        self.text = ""

    def write(self, text: str) -> None:
        if self.is_full:
            raise OSError("No space left on device")
        self.text += text

    def flush(self) -> None:
        if self.is_full:
            raise OSError("No space left on device")


def test_what_was_lost_is_counted_once_there_is_room() -> None:
    disk = Disk()
    stream = Unfailing(disk)
    for line in ("one\n", "two\n"):
        stream.write(line)
    disk.is_full = False
    stream.write("three\n")
    stream.flush()
    assert disk.text == "! 2 times something could not be written here.\nthree\n"
