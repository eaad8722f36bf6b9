"""Rules: when something happens to a conversation and conditions hold, something is done. And macros. Pure.

What happens is read from a conversation's own lines: a message of the customer, or an activity. Each line
knows the rules that led to it, so that a rule is not set off by what it did itself.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from connectors.content import Activity
from connectors.preview import preview
from inbox.model.conversation import Conversation, Ran, SpeakerKind
from inbox.model.message import Direction, Message
from inbox.model.routing import PRIORITIES, speaks
from inbox.model.thread import asks

LONGEST_CHAIN = 5
"""So many rules may set off one another."""

MOST_RUNS = 10
_WITHIN = timedelta(hours=1)
_RUNS_KEPT = 50
_TEXT = 4000


class Happening(StrEnum):
    """What can set a rule off."""

    STARTED = "started"
    """The first message of a conversation."""
    HEARD = "heard"
    """A message of the customer."""
    HANDED_OVER = "handed_over"
    TAKEN_OVER = "taken_over"
    HANDED_BACK = "handed_back"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    TEAM_CHANGED = "team_changed"
    LABELLED = "labelled"
    PRIORITISED = "prioritised"
    SNOOZED = "snoozed"
    WOKE = "woke"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    RATED = "rated"
    SKILL_WAIVED = "skill_waived"
    """Anybody of its team may take it: nobody there had the skill or the language."""
    SLA_WARNED = "sla_warned"
    SLA_BREACHED = "sla_breached"


class Condition(msgspec.Struct, frozen=True):
    """What must be so. `FIELDS` says which tests a field knows."""

    field: str
    test: str
    value: str = ""


class Surroundings(msgspec.Struct, frozen=True):
    """What conditions ask for beside the conversation."""

    attributes: dict[str, Any] = {}
    """The customer's."""
    is_there: bool = True
    """Whether the team has opened."""


ALONE = Surroundings()
"""Nothing is known but the conversation."""


class Step(msgspec.Struct, frozen=True):
    """One thing that is done. `STEPS` are the kinds."""

    kind: str
    value: str = ""


_IS = ("is", "is_not")
FIELDS: dict[str, tuple[str, ...]] = {
    "channel": _IS,
    "team": _IS,
    "assignee": _IS,
    "speaker": _IS,
    "status": _IS,
    "language": _IS,
    "intent": _IS,
    "label": ("has", "lacks"),
    "priority": (*_IS, "at_least"),
    "text": ("contains", "lacks"),
    "score": ("at_least", "at_most"),
    "attribute": _IS,
    "hours": _IS,
}
"""Which tests there are for which field. An empty value of `is` means: none.

`attribute` is one of the customer's, with its value: ``plan=Gold``, or ``plan=`` for none. `hours` are the
conversation's team's, or the default one's: ``open`` or ``closed``.
"""

STEPS = (
    "add_label",
    "remove_label",
    "priority",
    "team",
    "assign",
    "snooze",
    "resolve",
    "note",
    "reply",
)
"""`snooze` is for so many minutes; an empty `team` or `assign` takes it away."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What is done when something happens and all conditions hold."""

    id: str
    name: str
    is_on: bool = True
    happening: Happening
    conditions: tuple[Condition, ...] = ()
    steps: tuple[Step, ...] = ()
    position: int = 0
    updated_at: datetime
    """What happened before is no matter of this rule."""
    stopped_at: datetime | None = None
    stopped_why: str | None = None
    """When it was last kept from running, and why."""


class Macro(msgspec.Struct, frozen=True, kw_only=True):
    """Several steps that an agent takes at once."""

    id: str
    name: str
    steps: tuple[Step, ...] = ()
    updated_at: datetime


def happened(message: Message) -> frozenset[Happening]:
    """What a line of a conversation says that happened."""
    if isinstance(message.content, Activity):
        event = message.content.event
        return frozenset({Happening(event)} if event in _EVENTS else ())
    found = set()
    if message.direction is Direction.IN and asks(message.content) and not message.is_quiet:
        found.add(Happening.HEARD)
        if message.seq == 1:
            found.add(Happening.STARTED)
    return frozenset(found)


def set_off(rules: Iterable[Rule], message: Message) -> list[Rule]:
    """The rules that a line sets off, if their conditions hold; in their order."""
    what = happened(message)
    return [
        r for r in in_order(rules) if r.is_on and r.happening in what and message.created_at >= r.updated_at
    ]


def in_order(rules: Iterable[Rule]) -> list[Rule]:
    """Rules as they are tried."""
    return sorted(rules, key=lambda rule: (rule.position, rule.name, rule.id))


def holds(rule: Rule, conversation: Conversation, message: Message, around: Surroundings = ALONE) -> bool:
    """Whether all conditions hold for the conversation as it is, and the line that set the rule off."""
    return all(_holds(condition, conversation, message, around) for condition in rule.conditions)


def kept_from(rule: Rule, message: Message, runs: Iterable[Ran], now: datetime) -> str | None:
    """Why the rule must not run, in plain words; None if it may.

    A rule that set itself off would run for ever; so would one that talks to a customer's own machine.
    """
    if rule.id in message.cause:
        return "It was set off by what it had done itself."
    if len(message.cause) >= LONGEST_CHAIN:
        return f"{LONGEST_CHAIN} rules had set off one another."
    lately = sum(run.rule_id == rule.id and now - run.at < _WITHIN for run in runs)
    if lately >= MOST_RUNS:
        return f"It ran {MOST_RUNS} times in this conversation within an hour."
    return None


def with_run(runs: tuple[Ran, ...], rule: Rule, now: datetime) -> tuple[Ran, ...]:
    """The runs and one more."""
    recent = [run for run in runs if now - run.at < _WITHIN]
    return (*recent, Ran(rule.id, now))[-_RUNS_KEPT:]


def _holds(condition: Condition, conversation: Conversation, message: Message, around: Surroundings) -> bool:
    value = condition.value.strip()
    match condition.test:
        case "is":
            return _is(condition.field, value, conversation, message, around)
        case "is_not":
            return not _is(condition.field, value, conversation, message, around)
        case "has" | "contains":
            return _has(condition.field, value, conversation, message)
        case "lacks":
            return not _has(condition.field, value, conversation, message)
        case _:
            return _compares(condition, value, conversation)


def _is(field: str, value: str, conversation: Conversation, message: Message, around: Surroundings) -> bool:
    if field == "hours":
        return value == ("open" if around.is_there else "closed")
    if field == "attribute":
        return _has_attribute(value, around)
    if field == "language":
        spoken = conversation.language
        return speaks([spoken], value) if spoken and value else not spoken and not value
    if field == "speaker" and value == "people":
        return conversation.speaker.kind is not SpeakerKind.BOT
    if field == "intent":
        return (((message.parse or {}).get("intent") or {}).get("name") or "") == value
    present = {
        "channel": conversation.channel_id,
        "team": conversation.team_id,
        "assignee": conversation.assignee_id,
        "speaker": conversation.speaker.kind,
        "status": conversation.status,
        "priority": conversation.priority,
    }[field]
    return (present or "") == value


def _has_attribute(value: str, around: Surroundings) -> bool:
    """Whether the customer has it, as a file would write it; whatever the letters' case."""
    name, _, wanted = value.partition("=")
    kept = around.attributes.get(name.strip())
    if isinstance(kept, bool):
        kept = "true" if kept else "false"
    return ("" if kept is None else str(kept)).casefold() == wanted.strip().casefold()


def _has(field: str, value: str, conversation: Conversation, message: Message) -> bool:
    if field == "label":
        return value.casefold() in conversation.labels
    words = [word.strip().casefold() for word in value.split(",") if word.strip()]
    text = preview(message.content, _TEXT).casefold() if message.direction is Direction.IN else ""
    return any(word in text for word in words)


def _compares(condition: Condition, value: str, conversation: Conversation) -> bool:
    if condition.field == "priority":
        known = value in PRIORITIES and conversation.priority in PRIORITIES
        return known and PRIORITIES.index(conversation.priority) <= PRIORITIES.index(value)
    rating = conversation.rating
    if rating is None or not value.isdecimal():
        return False
    return rating.score >= int(value) if condition.test == "at_least" else rating.score <= int(value)


_EVENTS = frozenset(Happening) - {Happening.STARTED, Happening.HEARD}
