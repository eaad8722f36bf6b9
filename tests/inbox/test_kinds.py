"""Threads that come to the same kind of value for the first time, at the same moment."""

import subprocess
import sys

ALL_AT_ONCE = """
import asyncio, sys, threading, msgspec, inbox.app
from inbox.kinds import _kinds
from inbox.settings import Settings

class Far(Exception):
    "As far as the application is made here."

async def no_parts(*given):
    raise Far

sys.setswitchinterval(1e-6)
kinds = [kind for kind in _kinds(msgspec.Struct) if kind.__module__.startswith(("inbox.", "connectors."))]
assert len(kinds) > 100
inbox.app._parts = no_parts
try:
    asyncio.run(inbox.app.make_app(Settings(_env_file=None)))
except Far:
    pass
gate = threading.Barrier(8)

def convert():
    for kind in kinds:
        gate.wait()
        try:
            msgspec.convert({field: {} for field in kind.__struct_encode_fields__}, kind)
        except Exception:  # whether they fit is not the question
            pass

threads = [threading.Thread(target=convert) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


def test_threads_may_come_to_a_kind_at_once_in_an_application() -> None:
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", ALL_AT_ONCE], timeout=120)
        assert done.returncode == 0
