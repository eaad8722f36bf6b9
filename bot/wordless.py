"""A log without customers' words: who is erased must not be found in it."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator

_BEFORE_ANYBODY_WRITES = "parley.serve"
"""Who starts the bot: what is wrong then, a person must read, and nobody has written anything."""


def log_to_stderr() -> None:
    """Log warnings and worse, exceptions without what they say."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Wordless(logging.BASIC_FORMAT))
    logging.basicConfig(level=logging.WARNING, force=True, handlers=[handler])


class Wordless(logging.Formatter):
    """Tells of an exception its class and its lines: what it says may be what a customer wrote."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's line, and the traceback of its exception."""
        if not record.exc_info or not record.exc_info[1] or record.name == _BEFORE_ANYBODY_WRITES:
            return super().format(record)
        told = "\n".join(reversed(list(_told(record.exc_info[1]))))
        plain = logging.makeLogRecord({**vars(record), "exc_info": None, "exc_text": None})
        return f"{super().format(plain)}\n{told}"


def _told(error: BaseException) -> Iterator[str]:
    """An exception, and what led to it."""
    known: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in known:
        known.add(id(found))
        kind = type(found)
        yield "".join(traceback.format_tb(found.__traceback__)) + f"{kind.__module__}.{kind.__qualname__}"
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
