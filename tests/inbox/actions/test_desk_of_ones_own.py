"""Drafts, mentions and views: what each keeps for themselves."""

import pytest

from inbox.actions import converse, drafts, mentions, views
from inbox.actions.errors import Forbidden, Invalid, NotFound
from inbox.actions.people import add_user, principal_of
from inbox.model.people import PERMISSIONS, Principal, Role
from tests.inbox.factories import an_agent
from tests.inbox.office import Office

MARCO, LAURA = an_agent("Marco"), an_agent("Laura")
BOSS = Principal(id="boss", name="Boss", permissions=PERMISSIONS[Role.ADMIN])


async def test_a_draft_is_its_authors_alone_and_the_last_one_wins(office: Office) -> None:
    at = (await office.hears("Hello")).id
    await drafts.keep(office.desk, at, MARCO, reply="Dear", note="", mode="reply")
    office.clock.forward(seconds=1)
    await drafts.keep(office.desk, at, MARCO, reply="Dear Ada", note="ask Laura", mode="note")
    (kept,) = await drafts.of(office.desk, MARCO)
    assert (kept.reply, kept.note, kept.mode) == ("Dear Ada", "ask Laura", "note")
    assert await drafts.of(office.desk, LAURA) == []
    assert await drafts.keep(office.desk, at, MARCO, reply=" ", note="", mode="reply") is None
    assert await drafts.of(office.desk, MARCO) == []


async def test_a_draft_has_limits_and_a_conversation(office: Office) -> None:
    at = (await office.hears("Hello")).id
    with pytest.raises(Invalid):
        await drafts.keep(office.desk, at, MARCO, reply="x" * 20_001, note="", mode="reply")
    with pytest.raises(Invalid):
        await drafts.keep(office.desk, at, MARCO, reply="x", note="", mode="shout")
    with pytest.raises(NotFound):
        await drafts.keep(office.desk, "nowhere", MARCO, reply="x", note="", mode="reply")


async def test_who_is_named_in_a_note_finds_it_until_they_have_seen_it(office: Office) -> None:
    laura = principal_of(
        await add_user(
            "laura@example.com",
            "Laura",
            Role.AGENT,
            "a quiet harbour",
            store=office.store,
            clock=office.clock,
        )
    )
    at = (await office.hears("Hello")).id
    whom = await mentions.named(office.desk, [laura.id, laura.id])
    note = await converse.note(office.desk, at, MARCO, text="@Laura please", client_id="1", mentions=whom)
    again = await converse.note(office.desk, at, MARCO, text="@Laura please", client_id="1", mentions=whom)
    assert again.id == note.id
    found, upto = await mentions.of(office.desk, laura)
    assert [m.id for m in found] == [note.id]
    assert upto == ""
    await mentions.seen(office.desk, laura, upto=note.id)
    await mentions.seen(office.desk, laura, upto="0")
    assert (await mentions.of(office.desk, laura))[1] == note.id
    assert (await mentions.of(office.desk, MARCO))[0] == []


async def test_only_colleagues_can_be_named(office: Office) -> None:
    with pytest.raises(Invalid):
        await mentions.named(office.desk, ["nobody"])
    with pytest.raises(Invalid):
        await mentions.named(office.desk, [str(n) for n in range(21)])


async def test_views_are_ones_own_unless_an_admin_shares_them(office: Office) -> None:
    mine = await views.save(
        office.desk, MARCO, name="  Urgent   Italian ", query={"priority": "urgent", "q": ""}, is_shared=False
    )
    assert (mine.name, mine.query) == ("Urgent Italian", {"priority": "urgent"})
    shared = await views.save(office.desk, BOSS, name="Late", query={"sort": "waiting"}, is_shared=True)
    assert [v.name for v in await views.of(office.desk, MARCO)] == ["Late", "Urgent Italian"]
    assert [v.name for v in await views.of(office.desk, LAURA)] == ["Late"]
    with pytest.raises(Forbidden):
        await views.save(office.desk, MARCO, name="All", query={}, is_shared=True)
    with pytest.raises(Forbidden):
        await views.drop(office.desk, MARCO, shared.id)
    with pytest.raises(NotFound):
        await views.drop(office.desk, LAURA, mine.id)
    await views.drop(office.desk, MARCO, mine.id)
    assert [v.name for v in await views.of(office.desk, MARCO)] == ["Late"]


@pytest.mark.parametrize(("name", "query"), [("", {}), ("x" * 61, {}), ("x", {"owner": "1"})])
async def test_a_view_that_makes_no_sense_is_refused(office: Office, name: str, query: dict) -> None:
    with pytest.raises(Invalid):
        await views.save(office.desk, MARCO, name=name, query=query, is_shared=False)
