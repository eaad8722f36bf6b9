"""The figures of the reports: how much was written, who answered it, and how long customers waited.

Raises `Forbidden` or `Invalid`.
"""

import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from connectors.contract import Clock
from inbox.actions.access import hidden_from, sees_all
from inbox.actions.errors import Forbidden, Invalid
from inbox.actions.handoff import REASONS
from inbox.model.people import READ, Principal
from inbox.model.tally import AGENTS, EVENTS, HANDED_OVER, LABELLED, MESSAGES, STARTED, percentile
from inbox.store import Store
from inbox.store.tallies import Row

LONGEST = timedelta(days=366)
BY = ("day", "channel", "team", "agent", "reason", "label")

_COUNTED = (*MESSAGES, STARTED, *EVENTS)
_LOOK_EVERY = timedelta(seconds=30)
_REST = 20
"""How many times as long as the counting took nothing is counted after it."""

_AT_ONCE = 48
_FIELDS = {
    "day": "day",
    "channel": "channel_id",
    "team": "team_id",
    "agent": "agent_id",
    "reason": "reason",
    "label": "label",
}
_ORDERS = {"reason": HANDED_OVER, "agent": AGENTS, "team": AGENTS, "label": LABELLED}
"""What the lines of a table are sorted by, the most first; by what customers wrote where it is not said."""


class Period(msgspec.Struct, frozen=True):
    """Which half hours a report is about, and in which IANA time zone its days begin."""

    since: datetime
    until: datetime
    zone: str

    @property
    def before(self) -> "Period":
        """The time just before, as long."""
        return Period(self.since - (self.until - self.since), self.since, self.zone)


def period(since: datetime, until: datetime, zone: str) -> Period:
    """The period. Raises `Invalid`."""
    if not timedelta(0) < until - since <= LONGEST:
        raise Invalid(f"A report is about a time of at most {LONGEST.days} days that begins before it ends.")
    try:
        ZoneInfo(zone)
    except (ValueError, KeyError, OSError) as error:  # it looks the name up as a file
        raise Invalid("There is no such time zone. One is called as in Europe/Rome.") from error
    return Period(since, until, zone)


async def overview(store: Store, who: Principal, over: Period) -> dict[str, Any]:
    """All figures of a period, with the totals of the one before it to compare with.

    Who does not see every team is shown no figures of private teams, and of agents only their own.
    """
    _check(who)
    total, before = await _lines(store, over, "day"), await _lines(store, over.before, "day")
    tables = {"days": _table(total, {}, "day")}
    tables |= {f"{by}s": await table(store, who, over, by) for by in BY if by != "day"}
    at = await store.tallies.counted_at()
    return {
        "since": over.since.isoformat(),
        "until": over.until.isoformat(),
        "zone": over.zone,
        "counted_at": at.isoformat() if at else None,
        "total": _figures(row for rows in total.values() for row in rows),
        "before": _figures(row for rows in before.values() for row in rows),
        **tables,
    }


async def table(store: Store, who: Principal, over: Period, by: str) -> list[dict[str, Any]]:
    """The figures of each day, channel, team, agent, reason for a handoff or label: `{id, name, …}`."""
    _check(who)
    lines = await _lines(store, over, by)
    names = await _names(store, by)
    if by == "team":
        hidden = await hidden_from(who, store=store)
        lines = {key: rows for key, rows in lines.items() if key not in hidden}
    if by == "agent":
        shown = set(names) if sees_all(who) else {who.id}
        lines = {key: rows for key, rows in lines.items() if key in shown}
    return _table(lines, names, by)


def _check(who: Principal) -> None:
    if not who.may(READ):
        raise Forbidden("You are not allowed to see this.")


def _table(lines: dict[str | None, list[Row]], names: dict[str, str], by: str) -> list[dict[str, Any]]:
    found = [{"id": key, "name": names.get(key, key), **_figures(rows)} for key, rows in lines.items() if key]
    if by == "day":
        return sorted(found, key=lambda line: line["id"])
    order = _ORDERS.get(by, MESSAGES[0])
    return sorted(found, key=lambda line: (-line[order], line["name"]))


def columns() -> list[str]:
    """What the lines of a table have, in their order."""
    return ["id", "name", *_figures([])]


async def count(store: Store, clock: Clock) -> None:
    """Go on counting, by whichever process comes first; the more there is to count, the more seldom."""
    if await store.presence.strike("tallies", clock(), _LOOK_EVERY) > 1:
        return
    began = time.monotonic()
    await store.tallies.go_on(clock(), _AT_ONCE)
    rest = timedelta(seconds=_REST * (time.monotonic() - began))
    if rest > _LOOK_EVERY:
        await store.presence.rest("tallies", clock() + rest)


async def _lines(store: Store, over: Period, by: str) -> dict[str | None, list[Row]]:
    lines: dict[str | None, list[Row]] = {}
    for row in await store.tallies.added_up(over.since, over.until, _FIELDS[by], over.zone):
        lines.setdefault(row.of, []).append(row)
    return lines


def _figures(rows: Iterable[Row]) -> dict[str, Any]:
    """How often each thing happened; and of those who waited for a person half and nine tenths how long."""
    numbers, waits = Counter[str](), Counter[int]()
    for row in rows:
        numbers[row.what] += row.number
        if row.what == AGENTS and row.step is not None:
            waits[row.step] += row.number
    return {
        **{what: numbers[what] for what in _COUNTED},
        "answered": waits.total(),
        "wait_median": percentile(waits, 0.5),
        "wait_p90": percentile(waits, 0.9),
    }


async def _names(store: Store, by: str) -> dict[str, str]:
    match by:
        case "channel":
            return {channel.id: channel.name for channel in await store.channels.list(limit=1_000)}
        case "team":
            return {team.id: team.name for team in await store.teams.all()}
        case "agent":
            return {user.id: user.name for user in await store.users.list(limit=10_000)}
        case "reason":
            return REASONS
    return {}
