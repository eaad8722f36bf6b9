"""What is counted of the conversations for the reports, half an hour at a time."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import exp, floor, log

SLOT = timedelta(minutes=30)
"""Long enough to be few, short enough that the days of nearly every time zone begin with one."""

RECEIVED = "received"
BOT = "bot"
AGENTS = "agents"
STARTED = "started"
HANDED_OVER = "handed_over"
TAKEN_OVER = "taken_over"
RESOLVED = "resolved"
LABELLED = "labelled"
"""A label was given; counted by label."""

MESSAGES = (RECEIVED, BOT, AGENTS)
EVENTS = (HANDED_OVER, TAKEN_OVER, RESOLVED, LABELLED)

STEP = log(1.1)
"""Waits are counted by the logarithm of their seconds: a step is a tenth longer than the one before it."""


def slot_of(moment: datetime) -> datetime:
    """The beginning of the half hour that the moment lies in."""
    return moment - (moment - datetime(1970, 1, 1, tzinfo=UTC)) % SLOT


def step_of(seconds: float) -> int:
    """Among which waits one of so many seconds is counted; one of less than a second as of a second."""
    return floor(log(max(seconds, 1.0)) / STEP)


def percentile(steps: Mapping[int, int], share: float) -> float | None:
    """The seconds within which that share of the waits ended, to a twentieth; None where nobody waited."""
    wanted, seen = sum(steps.values()) * share, 0
    for step in sorted(steps):
        seen += steps[step]
        if seen >= wanted:
            return exp((step + 0.5) * STEP)
    return None
