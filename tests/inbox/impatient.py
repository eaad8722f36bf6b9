"""Parley as `parley serve` runs it, but with short leases: for tests that kill it and cannot wait long."""

from datetime import timedelta

from inbox import outbox, turns
from inbox.app import run
from inbox.settings import load

if __name__ == "__main__":
    outbox._LEASE = timedelta(seconds=3)
    outbox.GRACE = timedelta(seconds=1.5)
    turns._MARGIN = timedelta(seconds=1)
    run(load())
