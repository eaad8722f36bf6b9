"""Nobody is responsible for a conversation that they may not see."""

import pytest

from inbox.actions import converse, teams
from inbox.actions.errors import Invalid
from inbox.model.conversation import SpeakerKind
from inbox.model.people import Role, User
from inbox.model.team import Team
from tests.inbox.actions.test_teams import ADMIN, handed_over
from tests.inbox.office import Office


async def a_user(office: Office, name: str, role: Role = Role.AGENT) -> User:
    at, address = office.clock(), f"{name.lower()}@example.com"
    user = User(id=f"id-{name}", email=address, name=name, role=role, password_hash="", created_at=at)
    await office.store.users.add(user)
    return user


async def board(office: Office, *members: User) -> Team:
    ids = [member.id for member in members]
    return await teams.save(office.desk, ADMIN, name="Board", members=ids, is_private=True)


async def test_it_is_assigned_to_those_alone_who_may_see_it(office: Office) -> None:
    member, other = await a_user(office, "Mira"), await a_user(office, "Otto")
    boss = await a_user(office, "Bo", Role.SUPERVISOR)
    at = await handed_over(office)
    await teams.move(office.desk, at, ADMIN, to=await board(office, member))
    before = await office.conversation()
    with pytest.raises(Invalid, match="Otto is not in the private team"):
        await converse.assign(office.desk, at, ADMIN, to=other)
    assert await office.conversation() == before
    for good in (member, boss):
        assert (await converse.assign(office.desk, at, ADMIN, to=good)).speaker.id == good.id


async def test_who_will_not_see_it_any_more_is_freed_of_it(office: Office) -> None:
    member, other = await a_user(office, "Mira"), await a_user(office, "Otto")
    private, at = await board(office, member), await handed_over(office)
    for keeper, stays in ((other, False), (member, True)):
        await teams.move(office.desk, at, ADMIN, to=None)
        await converse.assign(office.desk, at, ADMIN, to=keeper)
        moved = await teams.move(office.desk, at, ADMIN, to=private)
        assert (moved.assignee_id == keeper.id) is stays
        assert (moved.speaker.kind is SpeakerKind.AGENT) is stays
        assert moved.queued_at is None if stays else moved.queued_at == office.clock()


@pytest.mark.parametrize("becomes", ["private", "another's"])
async def test_a_team_that_becomes_private_or_loses_a_member_frees_what_they_held(
    office: Office, becomes: str
) -> None:
    member, other = await a_user(office, "Mira"), await a_user(office, "Otto")
    ids = [member.id] if becomes == "private" else [member.id, other.id]
    team = await teams.save(office.desk, ADMIN, name="Board", members=ids, is_private=becomes == "another's")
    at = await handed_over(office)
    await teams.move(office.desk, at, ADMIN, to=team)
    await converse.assign(office.desk, at, ADMIN, to=other)
    again = {"team_id": team.id, "name": "Board", "is_private": True}
    await teams.save(office.desk, ADMIN, members=[member.id], **again)
    freed = await office.conversation()
    assert (freed.assignee_id, freed.speaker.kind) == (None, SpeakerKind.NOBODY)
    await converse.assign(office.desk, at, ADMIN, to=member)
    await teams.save(office.desk, ADMIN, members=[member.id], **again)
    assert (await office.conversation()).assignee_id == member.id


async def test_a_handoff_to_a_private_team_leaves_it_with_nobody_else(office: Office) -> None:
    member, other = await a_user(office, "Mira"), await a_user(office, "Otto")
    await board(office, member)
    conversation = await office.hears("Hello")
    await office.turn()
    await converse.assign(office.desk, conversation.id, ADMIN, to=other)
    await handed_over(office, "board")
    assert (await office.conversation()).assignee_id is None
