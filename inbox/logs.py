"""Structured logs: ids of conversations and messages, never the text of one.

What an exception says is left out, for it may quote anything: a customer's words or number, a document of
the store, an address with its key. Its class, its code and the lines that it came by are told.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any, TextIO, cast

import structlog

from inbox.unfailing import Unfailing

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure(level: str, form: str) -> None:
    """Log to standard error from `level` on, as ``json``, as ``text``, or as ``auto`` finds fit.

    Whoever logs is never failed by it, whatever becomes of standard error.
    """
    as_text = form == "text" or (form == "auto" and sys.stderr.isatty())
    last: Any = structlog.dev.ConsoleRenderer() if as_text else structlog.processors.JSONRenderer()
    weight = getattr(logging, level.upper())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_of_exc_info),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(weight),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, Unfailing(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Wordless(logging.BASIC_FORMAT))
    logging.basicConfig(level=max(weight, logging.WARNING), handlers=[handler])


class Wordless(logging.Formatter):
    """Formats what libraries log; of their exceptions, only what `without_words` tells."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's line; of asyncio's the first, since the others show tasks with what they failed by."""
        record.exc_text = None  # what another handler has made of it
        if record.name == "asyncio":
            record.msg, record.args = record.getMessage().partition("\n")[0], None
        return super().format(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the library's name
        """The traceback."""
        return _of_exc_info(ei)


def without_words(error: BaseException) -> str:
    """The traceback of an exception and of what led to it, the first cause first, as Python writes it."""
    return "\n".join(reversed(list(_told(error))))


def _told(error: BaseException) -> Iterator[str]:
    known: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in known:
        known.add(id(found))
        yield "".join(traceback.format_tb(found.__traceback__)) + _named(found)
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)


def _named(error: BaseException) -> str:
    kind = type(error)
    code = next((c for n in ("errno", "code") if isinstance(c := getattr(error, n, None), int)), None)
    within = "".join(f" ({_named(each)})" for each in getattr(error, "exceptions", ()))
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return name + (f" {code}" if code is not None else "") + within


def _of_exc_info(exc_info: ExcInfo) -> str:
    return without_words(exc_info[1])
