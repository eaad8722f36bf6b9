"""What nobody had foreseen: set aside, told, tried again a few times; and what comes behind it goes on."""

import asyncio
from datetime import timedelta
from inspect import iscoroutinefunction
from typing import Any

import pytest

from connectors.content import Text
from inbox import indexing
from inbox.actions import converse, later, setbacks, steps, triage
from inbox.actions.errors import Forbidden, NotFound
from inbox.actions.people import principal_of
from inbox.automation import Automation
from inbox.dialogue import Handoff
from inbox.follower import Follower
from inbox.indexing import Indexing
from inbox.model.conversation import Status
from inbox.model.people import Role
from inbox.model.rules import Step
from inbox.promises import PromiseKeeping
from inbox.routing import Routing
from inbox.surveys import Surveys
from tests.inbox.factories import an_agent
from tests.inbox.office import Office, says
from tests.inbox.test_automation import a_rule
from tests.inbox.test_routing import a_team, a_user, holders, waits

ADMIN = an_agent("Ada Admin", Role.ADMIN)
MARCO = an_agent()
WAITS = (timedelta(seconds=31), timedelta(minutes=6), timedelta(hours=2), timedelta(hours=7))


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes `place.name` raise what nobody had foreseen, where `when` holds for its arguments."""

    def make(place: Any, name: str, when: Any = lambda *_, **__: True) -> pytest.MonkeyPatch:
        real = getattr(place, name)

        def breaks(*args: Any, **fields: Any) -> Any:
            if when(*args, **fields):
                raise ZeroDivisionError("secret words of a customer")
            return real(*args, **fields)

        async def breaks_later(*args: Any, **fields: Any) -> Any:
            return await breaks(*args, **fields)

        monkeypatch.setattr(place, name, breaks_later if iscoroutinefunction(real) else breaks)
        return monkeypatch

    return make


def says_bad(desk: Any, thread: Any, *_: Any, **__: Any) -> bool:
    return thread.conversation.last_message.preview == "bad"


async def test_a_line_that_breaks_a_rule_is_set_aside_and_the_next_ones_are_seen_to(
    office: Office, broken: Any
) -> None:
    await a_rule(office, "heard", Step("note", "Look"))
    await office.hears("bad")
    broken(steps, "take", says_bad)
    following = Automation(office.desk)
    assert await following.step() == 0
    await office.hears("good")
    assert await following.step() == 1
    assert (await office.conversation()).ruled_seq == 2
    (aside,) = await setbacks.present(office.desk, ADMIN)
    assert (aside.duty, aside.seq, aside.attempts) == ("rules", 1, 1)
    assert "ZeroDivisionError" in aside.why
    assert "secret" not in aside.why


async def test_it_is_tried_again_and_then_done_once(office: Office, broken: Any) -> None:
    await a_rule(office, "heard", Step("note", "Look"))
    await office.hears("bad")
    mended = broken(steps, "take", says_bad)
    await Automation(office.desk).step()
    mended.undo()
    first, second = Automation(office.desk), Automation(office.another().desk)
    assert await first.step() == 0, "it is not due"
    office.clock.forward(seconds=31)
    found = await office.store.rules.list()
    (line, *_) = await office.thread()
    key = "rules:" + line.conversation_id + ":1"
    await asyncio.gather(*(each._run(line.conversation_id, found, line, key) for each in (first, second)))
    assert await first.step() == 0
    notes = [m for m in await office.thread() if getattr(m.content, "text", "") == "Look"]
    assert len(notes) == 1
    assert await setbacks.present(office.desk, ADMIN) == []


async def test_after_a_few_times_it_is_given_up_until_an_admin_says_so(office: Office, broken: Any) -> None:
    await a_rule(office, "heard", Step("note", "Look"))
    await office.hears("bad")
    mended = broken(steps, "take", says_bad)
    following = Automation(office.desk)
    await following.step()
    for wait in WAITS:
        office.clock.forward(seconds=wait.total_seconds())
        await following.step()
    (aside,) = await setbacks.present(office.desk, ADMIN)
    assert (aside.attempts, aside.retry_at) == (5, None)
    mended.undo()
    office.clock.forward(days=2)
    assert await following.step() == 0
    with pytest.raises(Forbidden):
        await setbacks.retry(office.desk, MARCO, aside.id)
    await setbacks.retry(office.desk, ADMIN, aside.id)
    assert await following.step() == 1
    with pytest.raises(NotFound):
        await setbacks.forget(office.desk, ADMIN, aside.id)


async def test_a_conversation_that_cannot_be_given_away_holds_up_no_other(
    office: Office, broken: Any
) -> None:
    marco = await a_user(office, "Marco", capacity=5)
    await a_team(office, marco)
    office.bot.script = lambda turn: says("One moment.", handoff=Handoff("asked"))
    bad = await waits(office, "Ada")
    office.clock.forward(seconds=1)
    await waits(office, "Grace")
    mended = broken(converse, "assign", lambda desk, at, *_, **__: at == bad.id)
    every = {team.id: team for team in await office.store.teams.all()}
    routing = Routing(office.desk)
    await routing.round(every, office.clock(), on_duty_for=timedelta(hours=1))
    assert await holders(office, "Ada", "Grace") == [None, "Marco"]
    mended.undo()
    assert await routing.round(every, office.clock(), on_duty_for=timedelta(hours=1)) == 0
    office.clock.forward(seconds=31)
    await routing.round(every, office.clock(), on_duty_for=timedelta(hours=1))
    assert await holders(office, "Ada") == ["Marco"]
    assert await setbacks.present(office.desk, ADMIN) == []


async def test_a_message_that_cannot_be_taken_apart_leaves_the_others_findable(
    office: Office, broken: Any
) -> None:
    await office.hears("bad", "good")
    mended = broken(indexing, "index_words", lambda texts: "bad" in list(texts))
    following = Indexing(office.store, office.clock)
    await following.step()
    assert await office.store.findings.find(["good"], None)
    mended.undo()
    office.clock.forward(seconds=31)
    await Indexing(office.store, office.clock)._try_again()
    assert await office.store.findings.find(["bad"], None)
    assert await setbacks.present(office.desk, ADMIN) == []


@pytest.mark.parametrize("kind", [Surveys, PromiseKeeping])
async def test_work_of_a_conversation_that_fails_is_left_alone_and_stays_due(
    office: Office, kind: Any
) -> None:
    conversation = await office.hears("Hello")
    await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
    await converse.resolve(office.desk, conversation.id, MARCO)
    duty = kind(office.desk)
    calls: list[str] = []

    async def fails(conversation_id: str) -> None:
        assert await duty._leases.claim(conversation_id)
        calls.append(conversation_id)
        raise ZeroDivisionError

    duty.worker._job = fails
    name = duty.worker._work
    assert await office.store.conversations.due(name, office.clock(), 10) == [conversation.id]
    duty.worker.start()
    async with asyncio.timeout(60):
        while not await office.store.setbacks.list():
            await asyncio.sleep(0.01)
        while getattr(await office.conversation(), name).owner is not None:
            await asyncio.sleep(0.01)
    await duty.worker.stop(1)
    assert await office.store.conversations.due(name, office.clock(), 10) == []
    (aside,) = await setbacks.present(office.desk, ADMIN)
    assert aside.duty == name
    await setbacks.retry(office.desk, ADMIN, aside.id)
    assert await office.store.conversations.due(name, office.clock(), 10) == [conversation.id]
    assert calls == [conversation.id]


async def test_what_is_to_be_said_later_holds_up_no_other_and_comes_back_to_its_author(
    office: Office, broken: Any
) -> None:
    marco = await a_user(office, "Marco")
    who = principal_of(marco)
    conversation = await office.hears("Hello")
    await converse.take_over(office.desk, conversation.id, who, epoch=1)
    at = office.clock() + timedelta(minutes=1)
    for text in ("bad", "good"):
        await later.schedule(office.desk, conversation.id, who, content=Text(text), at=at, client_id=text)
        office.clock.forward(seconds=1)
    broken(later, "_say", lambda desk, due, who: due.content.text == "bad")
    office.clock.forward(minutes=2)
    await later.say_due(office.desk)
    assert [text for text, _ in await office.out() if text in ("bad", "good")] == ["good"]
    for wait in WAITS:
        office.clock.forward(seconds=wait.total_seconds())
        await later.say_due(office.desk)
    (kept,) = await office.store.scheduled.of(conversation.id)
    assert kept.problem is not None
    assert kept.problem.code == "internal"


async def test_one_that_will_not_wake_lets_the_others_wake(office: Office, broken: Any) -> None:
    office.bot.script = lambda turn: says("One moment.", handoff=Handoff("asked"))
    ada, grace = await waits(office, "Ada"), await waits(office, "Grace")
    until = office.clock() + timedelta(minutes=1)
    for each in (ada, grace):
        await triage.snooze(office.desk, each.id, MARCO, until=until)
    mended = broken(triage, "_wake", lambda desk, at, now: at == ada.id)
    office.clock.forward(minutes=2)
    await triage.wake(office.desk)

    async def status(of: Any) -> Status:
        found = await office.store.conversations.get(of.id)
        assert found
        return found.status

    assert (await status(ada), await status(grace)) == (Status.SNOOZED, Status.OPEN)
    mended.undo()
    office.clock.forward(seconds=31)
    await triage.wake(office.desk)
    assert await status(ada) is Status.OPEN


async def test_a_follower_outlives_whatever_its_step_does(office: Office) -> None:
    done = asyncio.Event()
    steps_taken = 0

    async def step() -> int:
        nonlocal steps_taken
        steps_taken += 1
        if steps_taken < 3:
            raise ZeroDivisionError
        done.set()
        return 0

    follower = Follower("trying", office.store, office.clock, step, pause=lambda count, spent: 0.001)
    follower.start()
    async with asyncio.timeout(60):
        await done.wait()
    await follower.stop()
