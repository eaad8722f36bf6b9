"""Snooze, priority and labels."""

from datetime import timedelta

import pytest

from inbox.actions import converse, triage
from inbox.actions.errors import Forbidden, Invalid
from inbox.model.people import Principal
from tests.inbox.factories import NOON, an_agent, heard
from tests.inbox.office import Office

MARCO, LAURA = an_agent("Marco"), an_agent("Laura")
HOUR = timedelta(hours=1)


async def test_it_sleeps_until_its_time_and_no_longer(office: Office) -> None:
    await office.take(heard("Call me tomorrow"))
    at = (await office.conversation()).id
    snoozed = await triage.snooze(office.desk, at, MARCO, until=NOON + HOUR)
    assert (snoozed.status, snoozed.unread_count) == ("snoozed", 0)
    assert await triage.wake(office.desk) == 0
    office.clock.forward(hours=1)
    assert await triage.wake(office.desk) == 1
    woken = await office.conversation()
    assert (woken.status, woken.snoozed_until, woken.speaker) == ("open", None, snoozed.speaker)
    assert await triage.wake(office.desk) == 0


async def test_two_processes_wake_it_once(office: Office) -> None:
    await office.take(heard("Hello"))
    at = (await office.conversation()).id
    await triage.snooze(office.desk, at, MARCO, until=NOON + HOUR)
    office.clock.forward(hours=1)
    await triage.wake(office.desk)
    await triage.wake(office.another().desk)
    woke = [m for m in await office.thread() if getattr(m.content, "event", None) == "woke"]
    assert len(woke) == 1


async def test_the_customer_wakes_it_at_once_with_whoever_was_the_speaker(office: Office) -> None:
    await office.take(heard("Hello"))
    at = (await office.conversation()).id
    taken = await converse.take_over(office.desk, at, MARCO, epoch=1)
    await triage.snooze(office.desk, at, MARCO, until=None)
    await office.take(heard("Are you there?"))
    woken = await office.conversation()
    assert (woken.status, woken.speaker, woken.unread_count) == ("open", taken.speaker, 1)
    assert woken.snoozed_until is None


@pytest.mark.parametrize("end", ["resolve", "take_over", "hand_back"])
async def test_whatever_ends_the_sleep_forgets_its_time(office: Office, end: str) -> None:
    await office.take(heard("Hello"))
    at = (await office.conversation()).id
    await converse.take_over(office.desk, at, MARCO, epoch=1)
    await triage.snooze(office.desk, at, MARCO, until=NOON + HOUR)
    if end == "resolve":
        after = await converse.resolve(office.desk, at, MARCO)
    elif end == "take_over":
        after = await converse.take_over(office.desk, at, LAURA, epoch=2)
    else:
        after = await converse.hand_back(office.desk, at, MARCO, outcome="unresolved", note=None)
    assert after.snoozed_until is None
    assert after.status == ("resolved" if end == "resolve" else "open")


@pytest.mark.parametrize("until", [NOON, NOON - HOUR, NOON + timedelta(days=400)])
async def test_only_a_time_to_come_will_do(office: Office, until) -> None:
    await office.take(heard("Hello"))
    with pytest.raises(Invalid):
        await triage.snooze(office.desk, (await office.conversation()).id, MARCO, until=until)


async def test_two_who_label_at_once_both_have_their_way(office: Office) -> None:
    await office.take(heard("Hello"))
    at = (await office.conversation()).id
    await triage.label(office.desk, at, MARCO, add=["  VIP ", "Returns"])
    labelled = await triage.label(office.desk, at, LAURA, add=["vip", "billing"], remove=["returns"])
    assert labelled.labels == ("vip", "billing")
    assert await office.store.conversations.labels() == ["billing", "vip"]
    rev = labelled.rev
    assert (await triage.label(office.desk, at, LAURA, add=["vip"])).rev == rev


@pytest.mark.parametrize("name", ["", "  ", "x" * 51, "a\0b", "a\u202eb"])
async def test_a_label_is_a_short_printable_text(office: Office, name: str) -> None:
    await office.take(heard("Hello"))
    with pytest.raises(Invalid):
        await triage.label(office.desk, (await office.conversation()).id, MARCO, add=[name])


async def test_there_is_a_limit_to_labels_and_a_choice_of_priorities(office: Office) -> None:
    await office.take(heard("Hello"))
    at = (await office.conversation()).id
    with pytest.raises(Invalid):
        await triage.label(office.desk, at, MARCO, add=[str(n) for n in range(21)])
    with pytest.raises(Invalid):
        await triage.prioritise(office.desk, at, MARCO, priority="utmost")
    assert (await triage.prioritise(office.desk, at, MARCO, priority="urgent")).priority == "urgent"


async def test_who_may_only_read_changes_nothing(office: Office) -> None:
    await office.take(heard("Hello"))
    at = (await office.conversation()).id
    reader = Principal(id="r", name="Reader", permissions=frozenset())
    for attempt in (
        triage.snooze(office.desk, at, reader, until=None),
        triage.prioritise(office.desk, at, reader, priority="high"),
        triage.label(office.desk, at, reader, add=["x"]),
    ):
        with pytest.raises(Forbidden):
            await attempt
