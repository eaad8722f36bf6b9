"""Teams, and which of them a conversation is with."""

import asyncio

import pytest

from inbox.actions import converse, teams
from inbox.actions.errors import AlreadyThere, Forbidden, Invalid, NotFound
from inbox.dialogue import Handoff
from inbox.model.hours import Hours
from inbox.model.people import Role
from tests.inbox.factories import an_agent
from tests.inbox.office import Office, says

MARCO, ADMIN = an_agent("Marco"), an_agent("Ada Admin", Role.ADMIN)


async def handed_over(office: Office, team: str | None = None) -> str:
    office.bot.script = lambda turn: says("One moment.", handoff=Handoff("asked", team=team))
    conversation = await office.hears("A person, please")
    await office.turn()
    return conversation.id


async def told(office: Office, event: str) -> dict:
    return next(m.content.details for m in await office.thread() if getattr(m.content, "event", "") == event)


@pytest.mark.parametrize(
    ("named", "wanted"), [("billing", "Billing"), ("no such", "Support"), (None, "Support")]
)
async def test_the_bot_hands_over_to_the_team_it_names_or_to_the_default_one(
    office: Office, named: str | None, wanted: str
) -> None:
    await teams.save(office.desk, ADMIN, name="Support", is_default=True)
    await teams.save(office.desk, ADMIN, name="Billing")
    await handed_over(office, named)
    conversation = await office.conversation()
    team = await office.store.teams.get(conversation.team_id)
    assert team.name == wanted
    assert (await told(office, "handed_over"))["team"] == wanted
    assert conversation.queued_at == office.clock()


async def test_without_teams_a_handoff_goes_to_none(office: Office) -> None:
    await handed_over(office)
    assert (await office.conversation()).team_id is None


async def test_an_agent_moves_it_to_another_teams_queue_where_it_waits_anew(office: Office) -> None:
    await teams.save(office.desk, ADMIN, name="Support", is_default=True)
    billing = await teams.save(office.desk, ADMIN, name="Billing")
    at = await handed_over(office)
    office.clock.forward(minutes=5)
    moved = await teams.move(office.desk, at, MARCO, to=billing)
    assert (moved.team_id, moved.queued_at) == (billing.id, office.clock())
    assert await told(office, "team_changed") == {"by": "Marco", "team": "Billing"}
    assert (await teams.move(office.desk, at, MARCO, to=billing)).rev == moved.rev
    taken = await converse.take_over(office.desk, at, MARCO, epoch=moved.speaker.epoch)
    assert taken.queued_at is None
    away = await teams.move(office.desk, at, MARCO, to=None)
    assert (away.team_id, away.speaker, away.queued_at) == (None, taken.speaker, None)


async def test_of_default_teams_the_last_is_it_and_two_at_once_leave_one(office: Office) -> None:
    first = await teams.save(office.desk, ADMIN, name="Support", is_default=True)
    await teams.save(office.desk, ADMIN, name="Billing", is_default=True)
    assert not (await office.store.teams.get(first.id)).is_default
    saved = await asyncio.gather(
        *(teams.save(office.desk, ADMIN, name=f"Team {n}", is_default=True) for n in range(4)),
        return_exceptions=True,
    )
    assert {type(each).__name__ for each in saved} <= {"Team", "AlreadyThere"}
    assert sum(team.is_default for team in await office.store.teams.all()) <= 1


async def test_a_team_with_work_left_stays_and_one_that_goes_is_overflowed_to_no_more(office: Office) -> None:
    support = await teams.save(office.desk, ADMIN, name="Support", is_default=True)
    other = await teams.save(office.desk, ADMIN, name="Other", overflow_team_id=support.id)
    at = await handed_over(office)
    with pytest.raises(Invalid):
        await teams.drop(office.desk, ADMIN, support.id)
    await converse.resolve(office.desk, at, MARCO)
    await teams.drop(office.desk, ADMIN, support.id)
    assert (await office.store.teams.get(other.id)).overflow_team_id is None
    with pytest.raises(NotFound):
        await teams.drop(office.desk, ADMIN, support.id)


@pytest.mark.parametrize(
    "fault",
    [
        {"name": " "},
        {"name": "x" * 61},
        {"members": ["nobody"]},
        {"languages": ["Italian, please"]},
        {"hours": Hours("whenever")},
        {"hours": Hours("Mo-Fr 09:00-18:00", "Europe/Nowhere")},
        {"method": "by_lot"},
        {"overflow_team_id": "gone"},
        {"overflow_minutes": 0},
    ],
)
async def test_what_makes_no_sense_is_refused(office: Office, fault: dict) -> None:
    with pytest.raises(Invalid):
        await teams.save(office.desk, ADMIN, **{"name": "Support", **fault})
    assert await office.store.teams.all() == []


async def test_names_are_taken_whatever_their_case_and_only_admins_give_them(office: Office) -> None:
    team = await teams.save(office.desk, ADMIN, name="Support")
    with pytest.raises(AlreadyThere):
        await teams.save(office.desk, ADMIN, name="support")
    with pytest.raises(Invalid):
        await teams.save(office.desk, ADMIN, team_id=team.id, name="Support", overflow_team_id=team.id)
    with pytest.raises(Forbidden):
        await teams.save(office.desk, MARCO, name="Mine")
    with pytest.raises(Forbidden):
        await teams.drop(office.desk, MARCO, team.id)
