"""Steps of rules and macros: each is one of the verbs that people have, several of them one commit.

`take` raises what the verb raises, having changed nothing.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from connectors.content import Text
from connectors.events import DeliveryStatus
from inbox.actions import converse, teams, triage
from inbox.actions.desk import Desk, Within
from inbox.actions.errors import Invalid, NotFound
from inbox.actions.morning import keep_step
from inbox.actions.queueing import may_write
from inbox.actions.replies import values_of
from inbox.model.message import Author, AuthorKind
from inbox.model.people import Principal
from inbox.model.replies import BadReply, check, fill_in
from inbox.model.routing import PRIORITIES
from inbox.model.rules import STEPS, Step
from inbox.model.thread import Thread

_MOST = 10
_MINUTES = 366 * 24 * 60


def checked(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps as they are kept. Raises `Invalid` if one makes no sense."""
    given = tuple(Step(step.kind, step.value.strip()) for step in steps)
    if not 1 <= len(given) <= _MOST:
        raise Invalid(f"There must be 1 to {_MOST} steps.")
    for step in given:
        _check(step)
    return given


async def take(
    desk: Desk, thread: Thread, session: Any, who: Principal, step: Step, *, client_id: str | None = None
) -> None:
    """Take one step in the transaction of `thread`, as `who`: a colleague, or a rule."""
    inner, at = desk._replace(within=Within(thread, session)), thread.before.id
    match step.kind:
        case "add_label":
            await triage.label(inner, at, who, add=[step.value])
        case "remove_label":
            await triage.label(inner, at, who, remove=[step.value])
        case "priority":
            await triage.prioritise(inner, at, who, priority=step.value)
        case "snooze":
            until = thread.now + timedelta(minutes=int(step.value))
            await triage.snooze(inner, at, who, until=until)
        case "resolve":
            await converse.resolve(inner, at, who)
        case "team":
            await _move(inner, at, who, step.value)
        case "assign":
            await _assign(inner, at, who, step.value)
        case _:
            await _write(inner, thread, session, who, step, client_id)
    epoch = thread.conversation.speaker.epoch  # what was said on the way leaves, whoever speaks at the end
    thread.keep([m for m in thread.added if m.status == DeliveryStatus.QUEUED and m.epoch < epoch])


async def _move(desk: Desk, at: str, who: Principal, team_id: str) -> None:
    team = await desk.store.teams.get(team_id) if team_id else None
    if team_id and team is None:
        raise NotFound("The team is gone.")
    await teams.move(desk, at, who, to=team)


async def _assign(desk: Desk, at: str, who: Principal, agent_id: str) -> None:
    wanted = who.id if agent_id == "me" else agent_id
    agent = await desk.store.users.get(wanted) if wanted else None
    if wanted and (agent is None or agent.disabled):
        raise NotFound("The colleague is gone.")
    await converse.assign(desk, at, who, to=agent)


async def _write(
    desk: Desk, thread: Thread, session: Any, who: Principal, step: Step, client_id: str | None
) -> None:
    at = thread.before.id
    try:
        text = fill_in(step.value, values_of(thread.conversation, who))
    except BadReply as error:
        raise Invalid(str(error)) from error
    if step.kind == "note":
        await converse.note(desk, at, who, text=text, client_id=client_id)
    elif await keep_step(desk, thread, session, who, Text(text), client_id):
        return
    elif not who.id.startswith("rule:"):
        await converse.reply(desk, at, who, content=Text(text), client_id=client_id)
    elif may_write(thread.conversation, thread.now):
        thread.carries, thread.link = await desk.carries(thread.conversation.channel_id), desk.link
        thread.say(Author(AuthorKind.SYSTEM, who.id, who.name), Text(text))
    else:
        raise Invalid("The customer may not be written to now.")


def _check(step: Step) -> None:
    if step.kind not in STEPS:
        raise Invalid(f"{step.kind[:20]} is no step: {', '.join(STEPS)}.")
    if step.kind in ("add_label", "remove_label"):
        triage.clean_label(step.value)
    elif step.kind == "priority" and step.value not in PRIORITIES:
        raise Invalid(f"The priority must be one of: {', '.join(PRIORITIES)}.")
    elif step.kind == "snooze" and not (step.value.isdecimal() and 1 <= int(step.value[:9]) <= _MINUTES):
        raise Invalid("Snooze for 1 minute to a year.")
    elif step.kind in ("note", "reply"):
        try:
            check(step.value)
        except BadReply as error:
            raise Invalid(str(error)) from error
