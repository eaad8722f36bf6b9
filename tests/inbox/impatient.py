"""Parley as `parley serve` runs it, but with short leases: for tests that kill it and cannot wait long."""

from datetime import timedelta

from inbox import binds, leases, media, outbox
from inbox.app import run
from inbox.settings import load

if __name__ == "__main__":
    leases.LEASE, leases.BEAT = timedelta(seconds=3), 1.0
    binds.LEASE, binds.BEAT, binds._SURE = timedelta(seconds=4), 0.5, 2.0
    outbox.GRACE = timedelta(seconds=15)  # longer than a dead process's transaction may hold up a report
    media._LEASE = timedelta(seconds=3)
    run(load())
