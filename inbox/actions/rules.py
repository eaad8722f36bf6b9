"""Rules and macros: kept by those who may, tried on what has been, and run.

All raise `Forbidden`, `NotFound`, `Invalid` or `AlreadyThere`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from inbox.actions import audit
from inbox.actions import steps as stepping
from inbox.actions.converse import Desk, change
from inbox.actions.errors import ActionRefused, AlreadyThere, Forbidden, Invalid, NotFound
from inbox.actions.rights import name_of
from inbox.actions.surroundings import surroundings
from inbox.actions.voices import as_rule
from inbox.model.conversation import Conversation, Ran
from inbox.model.ids import new_id
from inbox.model.message import Message
from inbox.model.people import ADMIN, READ, WRITE, Principal
from inbox.model.rules import (
    FIELDS,
    Condition,
    Happening,
    Macro,
    Rule,
    Step,
    holds,
    kept_from,
    set_off,
    with_run,
)
from inbox.model.thread import Thread

_MOST = 100
_NAME = 80
_CONDITIONS = 20
_LOOKED_AT = 5_000
_SHOWN = 50


async def save(
    desk: Desk,
    who: Principal,
    *,
    rule_id: str | None = None,
    name: str,
    happening: str,
    conditions: Iterable[Condition] = (),
    steps: Iterable[Step] = (),
    is_on: bool = True,
    position: int = 0,
) -> Rule:
    """Keep a new rule, or change the one of `rule_id`. It goes by what happens from now on."""
    rule = _checked(
        who, desk.clock(), rule_id, name, happening, conditions, steps, is_on=is_on, position=position
    )
    before = await desk.store.rules.get(rule.id)
    if rule_id is not None and before is None:
        raise NotFound("There is no such rule.")
    if rule_id is None and await desk.store.rules.count() >= _MOST:
        raise Invalid(f"There are {_MOST} rules already.")
    keep = desk.store.rules.add if rule_id is None else desk.store.rules.swap
    if not await keep(rule):
        raise AlreadyThere(f"There is a rule {rule.name} already.")
    await audit.note_change(who, "rule", rule.id, before, rule, store=desk.store, clock=desk.clock)
    return rule


async def drop(desk: Desk, who: Principal, rule_id: str) -> None:
    """Delete a rule."""
    _may(who, ADMIN)
    before = await desk.store.rules.get(rule_id)
    if before is None or not await desk.store.rules.remove(rule_id):
        raise NotFound("There is no such rule.")
    await audit.note_change(who, "rule", rule_id, before, None, store=desk.store, clock=desk.clock)


class Tried(NamedTuple):
    """What a rule would have done."""

    looked_at: int
    """Lines of conversations."""
    is_all: bool
    """Whether those are all of that time, or the newest of them."""
    number: int
    matches: list[tuple[Conversation, Message]]
    """The newest of those that would have set it off."""


async def try_out(
    desk: Desk,
    who: Principal,
    *,
    since: datetime,
    until: datetime,
    name: str,
    happening: str,
    conditions: Iterable[Condition] = (),
    steps: Iterable[Step] = (),
) -> Tried:
    """What a rule would have done between the moments. Changes nothing.

    It is kept from running too often, as a rule that is on would be. A conversation is looked at as it is
    now: how it was then is not kept.
    """
    rule = _checked(who, since, None, name, happening, conditions, steps, is_on=True, position=0)
    lines = await desk.store.automation.lines_between(since, until, _LOOKED_AT)
    wanted = [line for line in lines if set_off([rule], line)]
    found = await desk.store.conversations.involved({line.conversation_id for line in wanted}, ())
    known = {conversation.id: conversation for conversation in found}
    around = {c.id: await surroundings(desk, [rule], c) for c in found}
    matches = [
        (known[at], line)
        for line in wanted
        if (at := line.conversation_id) in known and holds(rule, known[at], line, around[at])
    ]
    matches = _let_run(rule, matches)
    return Tried(len(lines), len(lines) < _LOOKED_AT, len(matches), matches[:_SHOWN])


def _let_run(rule: Rule, matches: list[tuple[Conversation, Message]]) -> list[tuple[Conversation, Message]]:
    """Those, the newest first, at which the rule would not have been kept from running."""
    runs: dict[str, tuple[Ran, ...]] = {}
    ran = []
    for conversation, line in reversed(matches):
        before = runs.get(conversation.id, ())
        if kept_from(rule, line, before, line.created_at) is None:
            runs[conversation.id] = with_run(before, rule, line.created_at)
            ran.append((conversation, line))
    return ran[::-1]


async def run(
    thread: Thread, session: Any, rules: Iterable[Rule], line: Message, desk: Desk
) -> list[tuple[Rule, str]]:
    """Run the rules that a line sets off, in the transaction of `thread`. Those kept from it, and why.

    What a step could not do is told to colleagues; the others are taken all the same.
    """
    stopped = []
    for rule in set_off(rules, line):
        around = await surroundings(desk, [rule], thread.conversation, session)
        if not holds(rule, thread.conversation, line, around):
            continue
        if why := kept_from(rule, line, thread.conversation.runs, thread.now):
            stopped.append((rule, why))
            thread.cause = (*line.cause, rule.id)
            thread.activity("rule_stopped", rule=rule.name, why=why)
            continue
        thread.set(runs=with_run(thread.conversation.runs, rule, thread.now))
        thread.cause = (*line.cause, rule.id)
        await _take_steps(thread, session, rule, desk)
    thread.cause = ()
    thread.set(ruled_seq=max(line.seq, thread.conversation.ruled_seq))
    return stopped


async def _take_steps(thread: Thread, session: Any, rule: Rule, desk: Desk) -> None:
    who = as_rule(rule)
    for step in rule.steps:
        try:
            await stepping.take(desk, thread, session, who, step)
        except ActionRefused as error:
            thread.activity("rule_failed", rule=rule.name, step=step.kind, why=str(error))


async def save_macro(
    desk: Desk, who: Principal, *, macro_id: str | None = None, name: str, steps: Iterable[Step]
) -> Macro:
    """Keep a new macro, or change the one of `macro_id`."""
    _may(who, WRITE)
    macro = Macro(
        id=macro_id or new_id(),
        name=name_of(name, _NAME),
        steps=stepping.checked(steps),
        updated_at=desk.clock(),
    )
    before = await desk.store.macros.get(macro.id)
    if macro_id is not None and before is None:
        raise NotFound("There is no such macro.")
    if macro_id is None and await desk.store.macros.count() >= _MOST:
        raise Invalid(f"There are {_MOST} macros already.")
    keep = desk.store.macros.add if macro_id is None else desk.store.macros.swap
    if not await keep(macro):
        raise AlreadyThere(f"There is a macro {macro.name} already.")
    await audit.note_change(who, "macro", macro.id, before, macro, store=desk.store, clock=desk.clock)
    return macro


async def drop_macro(desk: Desk, who: Principal, macro_id: str) -> None:
    """Delete a macro."""
    _may(who, WRITE)
    before = await desk.store.macros.get(macro_id)
    if before is None or not await desk.store.macros.remove(macro_id):
        raise NotFound("There is no such macro.")
    await audit.note_change(who, "macro", macro_id, before, None, store=desk.store, clock=desk.clock)


async def run_macro(
    desk: Desk, conversation_id: str, who: Principal, macro_id: str, *, client_id: str | None
) -> Conversation:
    """Take all steps of a macro in one commit, or none. The same `client_id` again writes nothing again."""
    _may(who, WRITE)
    macro = await desk.store.macros.get(macro_id)
    if macro is None:
        raise NotFound("There is no such macro.")

    async def work(thread: Thread, session: Any) -> None:
        for place, step in enumerate(macro.steps):
            own = f"{client_id}:{place}" if client_id else None
            await stepping.take(desk, thread, session, who, step, client_id=own)

    conversation, _ = await change(desk, conversation_id, who, work)
    return conversation


def _checked(
    who: Principal,
    now: datetime,
    rule_id: str | None,
    name: str,
    happening: str,
    conditions: Iterable[Condition],
    steps: Iterable[Step],
    *,
    is_on: bool,
    position: int,
) -> Rule:
    _may(who, ADMIN)
    if happening not in set(Happening):
        raise Invalid(f"A rule is set off by one of: {', '.join(Happening)}.")
    given = tuple(conditions)
    if len(given) > _CONDITIONS:
        raise Invalid(f"{_CONDITIONS} conditions are allowed.")
    for condition in given:
        if condition.test not in FIELDS.get(condition.field, ()):
            raise Invalid(f"There is no condition {condition.field[:20]} {condition.test[:20]}.")
        if condition.field == "hours" and condition.value not in ("open", "closed"):
            raise Invalid("A team's hours are open or closed.")
        if condition.field == "attribute" and not condition.value.partition("=")[1]:
            raise Invalid("An attribute is written with its value: plan=Gold.")
    return Rule(
        id=rule_id or new_id(),
        name=name_of(name, _NAME),
        is_on=is_on,
        happening=Happening(happening),
        conditions=given,
        steps=stepping.checked(steps),
        position=max(0, min(position, 10_000)),
        updated_at=now,
    )


def value_json(value: Rule | Macro) -> dict[str, Any]:
    """A rule or macro as pages and programs see it."""
    kept: dict[str, Any] = msgspec.to_builtins(value)
    return kept


def _may(who: Principal, permission: str) -> None:
    if not who.may(permission) and not (permission == READ and who.may(WRITE)):
        raise Forbidden("You are not allowed to do this.")
