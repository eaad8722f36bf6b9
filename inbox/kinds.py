"""Every kind of value, known to msgspec before a thread asks for one.

msgspec 0.22 learns a kind when it is first converted to, and lets others use what it has learnt so far: a
second thread that comes to the same kind meanwhile reads a field that is not there yet, and the process is
gone (SIGSEGV in `msgspec/_core`, where lanes of ingest began at the same moment).
"""

from collections.abc import Iterator

import msgspec


def learn() -> None:
    """Have every kind of value that is loaded learnt. To be called while there is one thread alone."""
    for kind in _kinds(msgspec.Struct):
        try:
            msgspec.json.Decoder(kind)
        except TypeError:  # one that is never read: its fields are no types that msgspec knows
            continue


def _kinds(parent: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for kind in parent.__subclasses__():
        yield kind
        yield from _kinds(kind)
