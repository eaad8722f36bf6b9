"""Several processes at one door: each loads the model, and whoever is free takes the next request."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import time

DOOR = "PARLEY_BOT_DOOR"
"""In a worker's environment: the file descriptor of the socket that all of them listen on."""
PR_SET_PDEATHSIG = 1
PATIENCE = 10.0
"""Seconds that workers have to end, and between two starts of one that fails."""

log = logging.getLogger("parley.several")


def inherited_door() -> socket.socket | None:
    """The socket that the process which started us has bound; None when we are on our own."""
    descriptor = os.environ.get(DOOR)
    if descriptor is None:
        return None
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return socket.socket(fileno=int(descriptor))


def run(count: int, door: socket.socket) -> int:
    """Keep `count` workers until told to end. `door` is bound and not yet listening.

    A worker listens once its model is loaded, so that nobody's request waits for one that loads.
    Returns the exit status of a worker that cannot start at all, else 0.
    """
    leaving = False

    def leave(*_: object) -> None:
        nonlocal leaving
        leaving = True

    for what in (signal.SIGTERM, signal.SIGINT):
        signal.signal(what, leave)
    workers = {number: _started(door) for number in range(count)}
    began = dict.fromkeys(workers, time.monotonic())
    status = 0
    while not leaving and not status:
        time.sleep(0.2)
        for number, worker in workers.items():
            ended = worker.poll()
            if ended == 2:
                status = ended
            elif ended is not None and time.monotonic() - began[number] > PATIENCE:
                log.warning("A worker ended with %d and is started again.", ended)
                workers[number], began[number] = _started(door), time.monotonic()
    _end(list(workers.values()))
    return status


def _started(door: socket.socket) -> subprocess.Popen[bytes]:
    environment = {**os.environ, DOOR: str(door.fileno())}
    return subprocess.Popen([sys.executable, "serve.py"], env=environment, pass_fds=[door.fileno()])


def _end(workers: list[subprocess.Popen[bytes]]) -> None:
    for worker in workers:
        with contextlib.suppress(ProcessLookupError):
            worker.terminate()
    deadline = time.monotonic() + PATIENCE
    for worker in workers:
        try:
            worker.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
