"""The job that gives what waits in teams' queues to agents."""

import asyncio
from datetime import UTC, datetime, timedelta
from zlib import crc32

import pytest
from msgspec.structs import replace

from connectors.contract import Capabilities
from inbox.actions import converse, seats, teams, triage
from inbox.actions.errors import Forbidden, Invalid, NotFound, StaleEpoch
from inbox.actions.people import principal_of
from inbox.dialogue import Handoff
from inbox.model.conversation import Conversation
from inbox.model.hours import Hours
from inbox.model.ids import new_id
from inbox.model.people import Role, User
from inbox.model.queue_news import Told
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
            await until(lambda name=name: _has(office, name, "Marco"), within=60)
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
    assert (await named(office, "Joan")).told is None


async def a_queue(office: Office, *names: str) -> None:
    for name in names:
        await waits(office, name)
        office.clock.forward(seconds=1)


async def writes(office: Office, name: str) -> None:
    await office.take(heard("Hello?", phone(_number(name)), name=name))


async def resolves(office: Office, *names: str) -> None:
    for name in names:
        await converse.resolve(office.desk, (await named(office, name)).id, ADMIN)


def places(said: list[str]) -> list[str]:
    return ["".join(filter(str.isdecimal, words)) or words for words in said]


async def test_who_waits_is_told_again_when_they_ask_or_when_it_has_halved(office: Office) -> None:
    await a_team(office, tells_place=True)
    await a_queue(office, "Ada", "Grace", "Joan", "Mary")
    await route(office)
    office.clock.forward(minutes=1)
    await resolves(office, "Ada")
    await writes(office, "Joan")
    assert await route(office) == 2  # Grace has moved up from 2 to 1; Mary, from 4 to 3, has not asked
    assert [places(await said_to(office, name)) for name in ("Grace", "Joan", "Mary")] == [
        ["2", "1"],
        ["3", "2"],
        ["4"],
    ]
    await writes(office, "Joan")
    office.clock.forward(minutes=9)
    assert await route(office) == 0  # they know that
    office.clock.forward(minutes=1)
    await asyncio.gather(route(office), route(office.another()))
    assert places(await said_to(office, "Joan")) == ["3", "2", "2"]


async def test_where_messages_cost_only_who_asks_is_told_again(office: Office) -> None:
    await a_team(office, tells_place=True)
    await a_queue(office, "Ada", "Grace")
    dear = Capabilities(contents=frozenset({"text"}), text_length=160, short_messages=True)

    async def carries(channel_id: str) -> Capabilities:
        return dear

    office.desk = office.desk._replace(carries=carries)
    await route(office)
    office.clock.forward(minutes=2)
    await resolves(office, "Ada")
    assert await route(office) == 0
    await writes(office, "Grace")
    assert await route(office) == 1
    assert places(await said_to(office, "Grace")) == ["2", "1"]


async def test_when_the_team_closes_who_waits_is_told_once_in_its_own_words(office: Office) -> None:
    office.clock.at = datetime(2026, 12, 7, 16, 59, tzinfo=UTC)  # a Monday in Rome, before a holiday
    hours = Hours("Mo-Fr 09:00-18:00; PH off", "Europe/Rome", "IT")
    words = {"it": "Torniamo {when}.", "en": "Back {when}!"}
    await a_team(office, tells_place=True, hours=hours, closed_words=words)
    await waits(office)
    await route(office)
    office.clock.forward(minutes=1)
    assert await route(office) == 1
    office.clock.forward(hours=20)
    assert await route(office) == 0
    assert await said_to(office, "Ada") == [
        "You are number 1 in the queue. We will answer here.",
        "Back on Wednesday 09:00!",
    ]
    await writes(office, "Ada")
    assert await route(office) == 1


async def test_minutes_until_overflow_pass_in_the_hours_or_always_as_the_team_wants(office: Office) -> None:
    office.clock.at = datetime(2026, 12, 4, 17, 55, tzinfo=UTC)  # a Friday
    second = await a_team(office, name="Second", is_default=False)
    fields = {"overflow_team_id": second.id, "overflow_minutes": 10, "hours": Hours("Mo-Fr 09:00-18:00")}
    first = await a_team(office, **fields)
    await waits(office)
    office.clock.forward(days=2)
    assert await route(office) == 0
    office.clock.at = datetime(2026, 12, 7, 9, 5, tzinfo=UTC)
    assert await route(office) == 1
    at = (await named(office, "Ada")).id
    thread, _ = await office.store.messages.page(at, before_seq=None, limit=100)
    assert thread[-1].content.details == {"by": "Routing", "team": "Second", "waited": 10}
    await teams.save(
        office.desk, ADMIN, team_id=first.id, name="First", is_default=True, overflow_in_hours=False, **fields
    )
    office.clock.at = datetime(2026, 12, 11, 18, 5, tzinfo=UTC)
    await waits(office, "Grace")
    office.clock.forward(minutes=10)
    assert await route(office) == 1


async def test_what_needs_a_skill_nobody_there_has_is_everybodys_after_a_while(office: Office) -> None:
    plain, skilled = await a_user(office, "Plain"), await a_user(office, "Skilled", is_here=False)
    await seats.save(office.desk, ADMIN, skilled.id, capacity=5, skills=["billing"])
    await a_team(office, plain, skilled, skill_minutes=5)
    await waits(office, labels=["billing"])
    assert await route(office) == 0
    office.clock.forward(minutes=5)
    await arrives(office, plain)
    await asyncio.gather(route(office), route(office.another()))
    assert await holders(office, "Ada") == ["Plain"]
    at = (await named(office, "Ada")).id
    thread, _ = await office.store.messages.page(at, before_seq=None, limit=100)
    why = [m.content.details for m in thread if getattr(m.content, "event", None) == "skill_waived"]
    assert why == [{"team": "Support", "minutes": 5, "skills": ["billing"]}]
    await converse.assign(office.desk, at, ADMIN, to=None)
    await arrives(office, skilled)
    await route(office)
    assert await holders(office, "Ada") == ["Skilled"]  # it waits anew, and needs it again


async def test_who_has_the_skill_but_no_room_is_waited_for_and_so_are_all_with_no_time_set(
    office: Office,
) -> None:
    plain, full = await a_user(office, "Plain"), await a_user(office, "Full", capacity=1, skills=["billing"])
    team = await a_team(office, plain, full, skill_minutes=5, return_seconds=0)
    await waits(office, "Ada", labels=["billing"])
    await waits(office, "Grace", labels=["billing"])
    await route(office)
    office.clock.forward(minutes=5)
    await arrives(office, plain)
    await arrives(office, full)
    assert await route(office) == 0
    assert await holders(office, "Ada", "Grace") == ["Full", None]
    await office.store.presence.leave(f"page of {full.id}")
    members = [plain.id, full.id]
    for minutes, given in ((0, [None]), (5, ["Plain"])):
        fields = {"method": Method.ROUND_ROBIN, "members": members, "return_seconds": 0}
        await teams.save(office.desk, ADMIN, team_id=team.id, name="Support", skill_minutes=minutes, **fields)
        await route(office)
        assert await holders(office, "Grace") == given
    with pytest.raises(Invalid):
        await teams.save(office.desk, ADMIN, team_id=team.id, name="Support", skill_minutes=-1)
    for words in ({"xx": "Hi"}, {"en": "x" * 301}):
        with pytest.raises(Invalid):
            await teams.save(office.desk, ADMIN, team_id=team.id, name="Support", closed_words=words)


async def test_who_opted_out_is_told_nothing(office: Office) -> None:
    await a_team(office, tells_place=True)
    await waits(office)
    await office.take(heard("STOP", phone(_number("Ada")), name="Ada"))
    before = await said_to(office, "Ada")
    assert (await named(office, "Ada")).refusals
    await route(office)
    assert await said_to(office, "Ada") == before
    assert (await named(office, "Ada")).told == Told(office.clock(), 1, 1)


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
