"""The figures of the reports: every thing is counted once, in its half hour, however often it is counted."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from math import isclose
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.content import Text
from inbox.actions import converse, figures
from inbox.actions.errors import Forbidden, Invalid
from inbox.actions.teams import save as save_team
from inbox.actions.triage import label
from inbox.dialogue import Handoff
from inbox.model.message import Author, AuthorKind
from inbox.model.people import Role
from inbox.model.tally import SLOT, percentile, slot_of, step_of
from tests.inbox.factories import an_agent
from tests.inbox.office import Office, says

ADMIN = an_agent("Ada Admin", Role.ADMIN)
MARCO = an_agent()
DESIGNER = an_agent("Dora", Role.DESIGNER)


def soon() -> datetime:
    """Messages are counted by their ids, which go by the real clock and not by the office's."""
    return datetime.now(UTC) + timedelta(seconds=1)


def around(zone: str = "UTC") -> figures.Period:
    now = datetime.now(UTC)
    return figures.period(now - timedelta(days=1), now + timedelta(days=1), zone)


async def helped(office: Office, *, after: float) -> str:
    """A customer whom the bot answers, then a person after so many seconds."""
    office.bot.script = lambda turn: says("One moment.", handoff=Handoff("asked"))
    conversation = await office.hears("I want a person")
    await office.turn()
    handed = await office.conversation()
    await converse.take_over(office.desk, conversation.id, MARCO, epoch=handed.speaker.epoch)
    office.clock.forward(seconds=after)
    await converse.reply(office.desk, conversation.id, MARCO, content=Text("Here I am"), client_id="1")
    await converse.reply(office.desk, conversation.id, MARCO, content=Text("What is it?"), client_id="2")
    await converse.resolve(office.desk, conversation.id, MARCO)
    return conversation.id


async def test_what_happens_is_counted_once_however_often_it_is_counted(office: Office) -> None:
    await helped(office, after=90)
    for _ in range(3):
        await office.store.tallies.go_on(soon(), 10)
    found = await figures.overview(office.store, ADMIN, around())
    total = found["total"]
    assert (total["received"], total["bot"], total["agents"], total["started"]) == (1, 1, 2, 1)
    assert (total["handed_over"], total["taken_over"], total["resolved"]) == (1, 1, 1)
    assert total["answered"] == 1, "the second reply answered nobody who waited"
    assert total["wait_median"] == pytest.approx(90, rel=0.05)
    assert [(line["id"], line["handed_over"]) for line in found["reasons"]] == [("asked", 1)]
    assert found["before"]["received"] == 0


async def test_what_was_counted_stays_when_the_conversation_is_deleted(office: Office) -> None:
    await helped(office, after=5)
    later = datetime.now(UTC) + 2 * SLOT
    await office.store.tallies.go_on(later, 10)
    await office.store._database.messages.delete_many({})
    await office.store.tallies.go_on(later, 10)
    assert (await figures.overview(office.store, ADMIN, around()))["total"]["agents"] == 2


async def test_a_half_hour_that_goes_on_is_counted_anew(office: Office) -> None:
    await office.hears("Hello")
    await office.store.tallies.go_on(soon(), 10)
    await office.hears("Anybody?")
    await office.store.tallies.go_on(soon(), 10)
    assert (await figures.overview(office.store, ADMIN, around()))["total"]["received"] == 2


async def test_each_label_is_counted_as_often_as_it_was_given(office: Office) -> None:
    await office.hears("Hello")
    conversation = await office.conversation()
    await label(office.desk, conversation.id, MARCO, add=["refund", "vip"])
    await label(office.desk, conversation.id, MARCO, remove=["vip"])
    await label(office.desk, conversation.id, MARCO, add=["VIP"])
    for _ in range(2):
        await office.store.tallies.go_on(soon(), 10)
    found = await figures.overview(office.store, ADMIN, around())
    assert [(line["id"], line["labelled"]) for line in found["labels"]] == [("vip", 2), ("refund", 1)]
    assert found["total"]["labelled"] == 3
    assert found["total"]["received"] == 1


async def test_what_was_taken_back_and_notes_do_not_count(office: Office) -> None:
    await office.hears("Hello")
    conversation = await office.conversation()
    await converse.note(office.desk, conversation.id, MARCO, text="Odd one", client_id="n")
    said = await office.says("Never mind", author=Author(AuthorKind.AGENT, MARCO.id, MARCO.name))
    await office.store._database.messages.update_one({"_id": said[0].id}, {"$set": {"status": "cancelled"}})
    await office.store.tallies.go_on(soon(), 10)
    assert (await figures.overview(office.store, ADMIN, around()))["total"]["agents"] == 0


async def test_an_agent_sees_of_agents_only_their_own_figures(office: Office) -> None:
    await helped(office, after=1)
    await office.store._database.users.insert_one(
        {"_id": MARCO.id, "email": f"{MARCO.id}@example.com", "name": MARCO.name, "role": "agent"}
        | {"password_hash": "", "created_at": office.clock()}
    )
    await office.store.tallies.go_on(soon(), 10)
    other = an_agent("Olga")
    assert [line["name"] for line in await figures.table(office.store, ADMIN, around(), "agent")] == [
        MARCO.name
    ]
    assert [line["id"] for line in await figures.table(office.store, MARCO, around(), "agent")] == [MARCO.id]
    assert await figures.table(office.store, other, around(), "agent") == []
    with pytest.raises(Forbidden):
        await figures.overview(office.store, DESIGNER, around())


async def test_a_private_team_is_not_shown_to_others(office: Office) -> None:
    team = await save_team(office.desk, ADMIN, name="Fraud", members=(), is_private=True)
    await office.hears("Hello")
    conversation = await office.conversation()
    await office.store._database.conversations.update_one(
        {"_id": conversation.id}, {"$set": {"team_id": team.id}}
    )
    await converse.resolve(office.desk, conversation.id, ADMIN)
    await office.store.tallies.go_on(soon(), 10)
    assert [line["name"] for line in await figures.table(office.store, ADMIN, around(), "team")] == ["Fraud"]
    assert await figures.table(office.store, MARCO, around(), "team") == []


async def test_days_are_those_of_the_zone(office: Office) -> None:
    await office.hears("Hello")
    await office.store.tallies.go_on(soon(), 10)
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata"):
        lines = await figures.table(office.store, ADMIN, around(zone), "day")
        told = slot_of(datetime.now(UTC)).astimezone(ZoneInfo(zone))
        assert [line["id"] for line in lines] == [told.date().isoformat()]


@pytest.mark.parametrize(
    "zone", ["Mars/Base", "../etc/passwd", "\0", "x" * 5_000], ids=["no place", "a path", "a null", "long"]
)
def test_what_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(Invalid, match="time zone"):
        around(zone)


def test_a_period_ends_after_it_begins_and_within_a_year() -> None:
    now = datetime.now(UTC)
    for span in (timedelta(0), timedelta(hours=-1), timedelta(days=367)):
        with pytest.raises(Invalid):
            figures.period(now, now + span, "UTC")


@given(st.lists(st.floats(1, 1e7), min_size=1), st.floats(0.01, 1))
def test_a_percentile_of_steps_is_that_of_the_waits_to_a_twentieth(waits: list[float], share: float) -> None:
    exact = sorted(waits)[max(0, -(-int(len(waits) * share * 1_000_000) // 1_000_000) - 1)]
    found = percentile(Counter(map(step_of, waits)), share)
    assert found is not None
    near = [w for w in waits if isclose(found, w, rel_tol=0.051)]
    assert near, (found, exact)
    assert sum(w <= found * 1.051 for w in waits) >= len(waits) * share - 1e-9


def test_nobody_waited() -> None:
    assert percentile({}, 0.5) is None
