"""Labels as a whole: one is renamed, or taken away, in every conversation that has it.

A label is nothing but its name on conversations. So a rename goes through all of them, some hundred in a go,
each written as any other change of it, so that open pages hear. Who is killed on the way has done a part; the
same again does the rest. No rule is set off: nothing happened to a customer.
"""

from typing import Any, NamedTuple

from inbox.actions import audit
from inbox.actions.desk import Desk
from inbox.actions.errors import Forbidden, Invalid, NotFound
from inbox.actions.triage import clean_label
from inbox.model.commit import Commit, change_of
from inbox.model.people import ADMIN, Principal
from inbox.model.rules import Macro, Rule
from inbox.model.thread import Thread

_AT_ONCE = 200
_STEPS = ("add_label", "remove_label")


class Relabelled(NamedTuple):
    """How far it has come."""

    conversations: int
    """How many were changed now."""
    is_done: bool
    """Whether none is left; else ask again."""


async def rename(desk: Desk, who: Principal, label: str, to: str) -> Relabelled:
    """Give a label another name, or that of another label, which then takes its place.

    Raises `Forbidden`, `Invalid`, `NotFound`.
    """
    return await _relabel(desk, who, clean_label(label), clean_label(to))


async def remove(desk: Desk, who: Principal, label: str) -> Relabelled:
    """Take a label away everywhere. Raises as `rename` does."""
    return await _relabel(desk, who, clean_label(label), None)


async def _relabel(desk: Desk, who: Principal, label: str, to: str | None) -> Relabelled:
    if not who.may(ADMIN):
        raise Forbidden("You are not allowed to do this.")
    if label == to:
        raise Invalid("That is its name already.")
    await _check_unused(desk, label)
    found = await desk.store.conversations.labelled(label, _AT_ONCE + 1)
    if not found:
        raise NotFound("No conversation has this label.")
    done = 0
    for conversation_id in found[:_AT_ONCE]:
        done += await _change(desk, conversation_id, label, to)
    after: dict[str, Any] = {"label": to, "conversations": done} if to else {"conversations": done}
    deed, at = ("label.renamed" if to else "label.removed"), f"label:{label}"
    await audit.note(who, deed, at, store=desk.store, clock=desk.clock, after=after)
    return Relabelled(done, len(found) <= _AT_ONCE)


async def _change(desk: Desk, conversation_id: str, label: str, to: str | None) -> bool:
    async def work(session: Any) -> tuple[Commit, bool]:
        conversation = await desk.store.conversations.get(conversation_id, session)
        if conversation is None or label not in conversation.labels:
            return Commit(), False
        thread = Thread(conversation, desk.clock())
        kept = [to if one == label else one for one in conversation.labels]
        thread.set(labels=tuple(dict.fromkeys(one for one in kept if one)))
        return Commit(conversations=[change_of(thread)]), True

    commit, is_changed = await desk.store.change(work)
    desk.bus.publish(commit)
    return is_changed


async def _check_unused(desk: Desk, label: str) -> None:
    """Raise `Invalid` if something of ours goes by the label: it would go by nothing."""
    of_rules: list[Rule | Macro] = [*await desk.store.rules.list(), *await desk.store.macros.list()]
    for one in of_rules:
        conditions = one.conditions if isinstance(one, Rule) else ()
        named = [c.value for c in conditions if c.field == "label"]
        named += [step.value for step in one.steps if step.kind in _STEPS]
        if any(label in (word.strip().casefold() for word in value.split(",")) for value in named):
            raise Invalid(f"“{one.name}” goes by this label. Change it first.")
    if any(rule.label == label for rule in await desk.store.retention.list()):
        raise Invalid("A rule of retention goes by this label. Change it first.")
