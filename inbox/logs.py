"""Structured logs: ids of conversations and messages, never the text of one."""

import logging
import sys
from typing import Any

import structlog


def configure(level: str, form: str) -> None:
    """Log to standard error from `level` on, as ``json``, as ``text``, or as ``auto`` finds fit."""
    as_text = form == "text" or (form == "auto" and sys.stderr.isatty())
    last: Any = structlog.dev.ConsoleRenderer() if as_text else structlog.processors.JSONRenderer()
    weight = getattr(logging, level.upper())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(weight),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(weight, logging.WARNING), stream=sys.stderr)
