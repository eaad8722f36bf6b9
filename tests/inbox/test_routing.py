"""The job that gives what waits in teams' queues to agents."""

import asyncio
from datetime import UTC, datetime, timedelta
from zlib import crc32

import pytest
from msgspec.structs import replace

from inbox.actions import converse, seats, teams, triage
from inbox.actions.errors import Forbidden, Invalid, NotFound, StaleEpoch
from inbox.actions.people import principal_of
from inbox.dialogue import Handoff
from inbox.model.conversation import Conversation
from inbox.model.hours import Hours
from inbox.model.ids import new_id
from inbox.model.people import Role, User
from inbox.model.routing import Method
from inbox.model.team import Team
from inbox.routing import Routing
from tests.inbox.factories import an_agent, heard, phone
from tests.inbox.office import Office, says
from tests.parley import until

ADMIN = an_agent("Ada Admin", Role.ADMIN)
LONG = timedelta(days=1)


@pytest.fixture
def office(office: Office) -> Office:
    """The office now: MongoDB forgets by the real clock who was here."""
    office.clock.at = datetime.now(UTC).replace(microsecond=0)
    office.bot.script = lambda turn: says("One moment.", handoff=Handoff("asked"))
    return office


async def a_user(office: Office, name: str, *, is_here: bool = True, **seat) -> User:
    user = User(
        id=new_id(),
        email=f"{name.lower()}@example.com",
        name=name,
        role=Role.AGENT,
        password_hash="none",
        created_at=office.clock(),
    )
    assert await office.store.users.add(user)
    if is_here:
        await arrives(office, user)
    if seat:
        await seats.save(office.desk, ADMIN, user.id, **{"capacity": 5, **seat})
    return user


async def arrives(office: Office, user: User) -> None:
    await office.store.presence.arrive(f"page of {user.id}", user.id, user.name, office.clock())


async def a_team(office: Office, *members: User, **fields) -> Team:
    given = {"name": "Support", "method": Method.ROUND_ROBIN, "is_default": True, **fields}
    return await teams.save(office.desk, ADMIN, members=[user.id for user in members], **given)


async def waits(office: Office, name: str = "Ada", **fields) -> Conversation:
    """A customer asks for a person, and is in the queue."""
    await office.take(heard("A person, please", phone(_number(name)), name=name))
    found = await named(office, name)
    await office.turns.run(found.id)
    if fields:
        found = await triage.label(office.desk, found.id, ADMIN, add=fields["labels"])
    return await named(office, name)


def _number(name: str) -> str:
    return f"+1555{crc32(name.encode()) % 10_000_000:07}"


async def named(office: Office, name: str) -> Conversation:
    every = await office.store.conversations.page({}, waiting=False, after=None, limit=100)
    return next(c for c in every if c.contact.name == name)


async def route(office: Office, *, on_duty_for: timedelta = LONG) -> int:
    every = {team.id: team for team in await office.store.teams.all()}
    return await Routing(office.desk).round(every, office.clock(), on_duty_for=on_duty_for)


async def holders(office: Office, *names: str) -> list[str | None]:
    return [(await named(office, name)).speaker.name for name in names]


async def activities(office: Office, at: str) -> list[str]:
    thread, _ = await office.store.messages.page(at, before_seq=None, limit=100)
    return [m.content.event for m in thread if hasattr(m.content, "event")]


async def test_what_waits_is_shared_in_turn_up_to_everybodys_capacity(office: Office) -> None:
    marco, laura = await a_user(office, "Marco", capacity=1), await a_user(office, "Laura", capacity=2)
    await a_team(office, marco, laura)
    for name in ("Ada", "Grace", "Joan", "Mary"):
        await waits(office, name)
        office.clock.forward(seconds=1)
    assert await route(office) == 3
    assert sorted(await holders(office, "Ada", "Grace")) == ["Laura", "Marco"]
    assert await holders(office, "Joan", "Mary") == ["Laura", None]
    await converse.resolve(office.desk, (await named(office, "Joan")).id, principal_of(laura))
    assert await route(office) == 1
    assert await holders(office, "Mary") == ["Laura"]
    assert (await activities(office, (await named(office, "Mary")).id))[-1] == "assigned"


async def test_who_is_away_busy_or_lacks_the_skill_is_passed_over(office: Office) -> None:
    away = await a_user(office, "Away", is_here=False)
    busy, plain = await a_user(office, "Busy"), await a_user(office, "Plain")
    await a_team(office, away, busy, plain)
    await seats.be_busy(office.desk, principal_of(busy), True)
    await seats.save(office.desk, ADMIN, busy.id, capacity=5, skills=["Billing"])
    await waits(office, "Ada", labels=["billing", "vip"])
    await waits(office, "Grace", labels=["vip"])
    assert await route(office) == 1
    assert await holders(office, "Ada", "Grace") == [None, "Plain"]
    await seats.be_busy(office.desk, principal_of(busy), False)
    await route(office)
    assert await holders(office, "Ada") == ["Busy"]
    assert await seats.presences(office.store, office.clock()) == {busy.id: "online", plain.id: "online"}


@pytest.mark.parametrize(
    "fields", [{"method": Method.MANUAL}, {"hours": Hours("off")}], ids=["by hand", "closed"]
)
async def test_a_team_by_hand_or_out_of_hours_is_left_alone(office: Office, fields: dict) -> None:
    await a_team(office, await a_user(office, "Marco"), **fields)
    await waits(office)
    assert await route(office) == 0
    assert await holders(office, "Ada") == [None]


async def test_what_nobody_takes_goes_to_the_next_team_and_no_further(office: Office) -> None:
    laura = await a_user(office, "Laura")
    second = await a_team(office, laura, name="Second", is_default=False)
    first = await a_team(office, overflow_team_id=second.id, overflow_minutes=10)
    with pytest.raises(Invalid):
        await teams.save(office.desk, ADMIN, team_id=second.id, name="Second", overflow_team_id=first.id)
    await waits(office)
    office.clock.forward(minutes=9, seconds=59)
    assert await route(office) == 0
    office.clock.forward(seconds=1)
    assert await route(office) == 1
    moved = await named(office, "Ada")
    assert (moved.team_id, moved.queued_at, moved.speaker.kind) == (second.id, office.clock(), "nobody")
    await arrives(office, laura)
    assert await route(office) == 1
    assert await holders(office, "Ada") == ["Laura"]


async def test_what_waits_for_an_agent_who_is_gone_goes_back_and_to_another(office: Office) -> None:
    marco, laura = await a_user(office, "Marco"), await a_user(office, "Laura", is_here=False)
    await a_team(office, marco, laura, return_seconds=60)
    await waits(office, "Ada")
    answered = await waits(office, "Grace")
    assert await route(office) == 2
    await converse.reply(
        office.desk, answered.id, principal_of(marco), content=heard("Hi").event.content, client_id=None
    )
    await office.store.presence.leave(f"page of {marco.id}")
    office.clock.forward(seconds=59)
    await arrives(office, laura)
    assert await route(office) == 0
    office.clock.forward(seconds=1)
    assert await route(office, on_duty_for=timedelta(seconds=59)) == 0  # we may only just have come back
    assert await route(office) == 1
    assert await route(office) == 1
    assert await holders(office, "Ada", "Grace") == ["Laura", "Marco"]  # Grace waits for nothing


async def test_what_waits_for_a_disabled_agent_goes_back(office: Office) -> None:
    marco = await a_user(office, "Marco")
    await a_team(office, marco)
    await waits(office)
    await route(office)
    await office.store.users.put(replace(marco, disabled=True))
    assert await route(office) == 1
    assert await holders(office, "Ada") == [None]


async def test_two_processes_and_an_agent_at_the_same_moment_leave_one_holder(office: Office) -> None:
    marco, laura = await a_user(office, "Marco", capacity=50), await a_user(office, "Laura", is_here=False)
    await a_team(office, marco)
    names = [f"Customer {n}" for n in range(6)]
    before = [await waits(office, name) for name in names]
    other = office.another()

    async def takes_all() -> list[str]:
        taken = []
        for conversation in reversed(before):
            try:
                await converse.take_over(
                    other.desk, conversation.id, principal_of(laura), epoch=conversation.speaker.epoch
                )
                taken.append(conversation.contact.name)
            except StaleEpoch:
                continue
        return taken

    *_, taken = await asyncio.gather(route(office), route(other), takes_all())
    await route(office)
    for was in before:
        now = await named(office, was.contact.name)
        assert now.speaker.name == ("Laura" if was.contact.name in taken else "Marco")
        assert now.assignee_id == now.speaker.id
        assert now.speaker.epoch == was.speaker.epoch + 1
        events = await activities(office, was.id)
        assert sum(event in ("assigned", "taken_over") for event in events) == 1


async def test_one_process_has_the_duty_and_another_follows_when_it_leaves(office: Office) -> None:
    marco = await a_user(office, "Marco")
    await a_team(office, marco)
    first, second = Routing(office.desk), Routing(office.another().desk)
    await waits(office, "Ada")
    assert [await second.step(), await first.step()] == [1, 0]
    await waits(office, "Grace")
    assert await first.step() == 0
    second.follower.start()
    await until(lambda: _has(office, "Grace", "Marco"))
    await second.follower.stop()
    await waits(office, "Joan")
    assert await first.step() == 1


async def _has(office: Office, name: str, holder: str) -> bool:
    return await holders(office, name) == [holder]


async def test_a_commit_wakes_it(office: Office) -> None:
    await a_team(office, await a_user(office, "Marco"))
    routing = Routing(office.desk)
    routing.follower.start()
    try:
        for name in ("Ada", "Grace", "Joan"):
            await waits(office, name)
            await until(lambda name=name: _has(office, name, "Marco"), within=5)
    finally:
        await routing.follower.stop()


async def said_to(office: Office, name: str) -> list[str]:
    thread, _ = await office.store.messages.page((await named(office, name)).id, before_seq=None, limit=100)
    return [m.content.text for m in thread if m.author.kind == "system" and hasattr(m.content, "text")]


async def test_who_is_left_waiting_is_told_their_place_once(office: Office) -> None:
    marco = await a_user(office, "Marco", capacity=1)
    second = await a_team(office, name="Second", is_default=False, tells_place=True)
    await a_team(office, marco, tells_place=True, overflow_team_id=second.id, overflow_minutes=1)
    for name in ("Ada", "Grace", "Joan"):
        await waits(office, name)
        office.clock.forward(seconds=1)
    await asyncio.gather(route(office), route(office.another()))
    assert await holders(office, "Ada", "Grace", "Joan") == ["Marco", None, None]
    assert await said_to(office, "Ada") == []
    assert await said_to(office, "Grace") == ["You are number 1 in the queue. We will answer here."]
    assert await said_to(office, "Joan") == ["You are number 2 in the queue. We will answer here."]
    office.clock.forward(minutes=2)
    await route(office)
    assert (await named(office, "Joan")).team_id == second.id
    assert len(await said_to(office, "Joan")) == 1
    at = (await named(office, "Joan")).id
    await converse.hand_back(office.desk, at, principal_of(marco), outcome="unresolved", note=None)
    assert not (await named(office, "Joan")).told_place


async def test_who_opted_out_is_told_nothing(office: Office) -> None:
    await a_team(office, tells_place=True)
    await waits(office)
    await office.take(heard("STOP", phone(_number("Ada")), name="Ada"))
    before = await said_to(office, "Ada")
    assert (await named(office, "Ada")).refusals
    await route(office)
    assert await said_to(office, "Ada") == before
    assert (await named(office, "Ada")).told_place


async def test_a_seat_is_an_admins_to_change_and_being_busy_ones_own(office: Office) -> None:
    marco = await a_user(office, "Marco")
    with pytest.raises(Forbidden):
        await seats.save(office.desk, principal_of(marco), marco.id, capacity=1)
    with pytest.raises(NotFound):
        await seats.save(office.desk, ADMIN, "nobody", capacity=1)
    for fault in (
        {"capacity": -1},
        {"capacity": 5, "languages": ["?"]},
        {"capacity": 5, "skills": ["x" * 51]},
    ):
        with pytest.raises(Invalid):
            await seats.save(office.desk, ADMIN, marco.id, **fault)
    with pytest.raises(Invalid):
        await seats.be_busy(office.desk, replace(ADMIN, is_user=False), True)
