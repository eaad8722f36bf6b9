"""What is appended, what is refused, and how much is read."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from pymongo.database import Database
from pymongo.errors import AutoReconnect
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered

from journal import collection
from journal.collection import Journal, Overtaken
from journal.entries import KEEP_EVENTS, MAX_EVENTS, Entry, bounded, state_of, taken_up, written
from journal.live import Live
from journal.tracker import BoundedTracker
from running import a_domain

DOMAIN = a_domain()


@pytest.fixture
def journal(mongodb_uri: str) -> Iterator[Journal]:
    """An empty journal."""
    name = f"test_{uuid.uuid4().hex[:8]}"
    journal = Journal(mongodb_uri, name)
    journal.prepare()
    yield journal
    journal.client.drop_database(name)
    journal.close()


def an_entry(number: int = 0, key: str | None = None, **changes: Any) -> Entry:
    """An entry of the conversation `c`."""
    values = {"events": written(a_turn(number)), "state": {"slots": {}}, **changes}
    return Entry("c", number, key or f"turn:{number}", **values)


def a_turn(number: int) -> list[Event]:
    """The events of one turn."""
    parse = {"intent_ranking": [{"name": "greet", "confidence": 1.0}] * 20}
    said = UserUttered(
        f"hello {number}", {"name": "greet", "confidence": 1.0}, [], parse, timestamp=number + 1
    )
    return [
        said,
        SlotSet("city", f"Town {number}", timestamp=number + 1.1),
        ActionExecuted("utter_greet", "RulePolicy", 1.0, timestamp=number + 1.2),
        BotUttered("Hi.", {"buttons": [{"title": "Yes", "payload": "/affirm"}]}, timestamp=number + 1.3),
        ActionExecuted("action_listen", "RulePolicy", 1.0, timestamp=number + 1.4),
    ]


def test_nothing_is_appended_twice(journal: Journal) -> None:
    async def story() -> None:
        await journal.append(an_entry(0))
        with pytest.raises(Overtaken):
            await journal.append(an_entry(0, key="turn:other"))
        with pytest.raises(Overtaken):
            await journal.append(an_entry(1, key="turn:0"))

    asyncio.run(story())
    assert [entry.key for entry in journal.all_of("c")] == ["turn:0"]


def test_of_many_at_once_one_entry_gets_each_number(journal: Journal) -> None:
    """Others in the same batch are written all the same."""

    async def story() -> list[Any]:
        rivals = [journal.append(an_entry(0, key=f"turn:{n}")) for n in range(8)]
        others = [journal.append(Entry(f"d{n}", 0, "turn:0", [], {"slots": {}})) for n in range(8)]
        return await asyncio.gather(*rivals, *others, return_exceptions=True)

    told = asyncio.run(story())
    assert sum(isinstance(one, Overtaken) for one in told[:8]) == 7
    assert told[8:] == [None] * 8
    assert len(list(journal.all_of("c"))) == 1


def test_looking_tells_of_news_and_of_a_known_turn(journal: Journal) -> None:
    async def story() -> None:
        await journal.append(an_entry(0))
        await journal.append(an_entry(1))
        looks = [(-1, "turn:9"), (0, "turn:0"), (1, "turn:1"), (1, "turn:9")]
        looked = await asyncio.gather(*(journal.look("c", after=n, key=key) for n, key in looks))
        assert [(one.newer, one.known and one.known.number) for one in looked] == [
            (True, None),
            (True, 0),
            (False, 1),
            (False, None),
        ]
        assert await journal.look("another", after=-1, key="turn:0") == (False, None)

    asyncio.run(story())


def test_looking_finds_more_than_one_answer_holds(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection, "MANY", 2)

    async def story() -> None:
        for number in range(5):
            await journal.append(an_entry(number))
        assert (await journal.look("c", after=3, key="turn:9")).newer
        assert (await journal.look("c", after=-1, key="turn:4")).known == await the_last(journal)
        assert (await journal.look("c", after=-1, key="turn:0")).known is not None

    asyncio.run(story())


def test_looking_survives_a_connection_that_was_closed_meanwhile(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    def closed(*args: Any, **options: Any) -> Any:
        nonlocal asked
        asked += 1
        raise AutoReconnect("connection closed")

    async def story() -> None:
        await journal.append(an_entry(0))
        monkeypatch.setattr(Database, "command", closed)
        looked = await journal.look("c", after=-1, key="turn:0")
        assert asked == 1 and looked.newer and looked.known is not None

    asyncio.run(story())


async def the_last(journal: Journal) -> Entry:
    """The last entry of the conversation `c`."""
    return (await journal.every("c"))[-1]


def test_what_is_read_does_not_grow_with_the_conversation(journal: Journal) -> None:
    async def story(turns: int) -> tuple[int, int]:
        for number in range(len(list(journal.all_of("c"))), turns):
            state = {"slots": {"city": f"Town {number}", "product": "lamp"}}
            await journal.append(an_entry(number, state=state))
        before, entries = await journal.recent("c")
        tracker = taken_up("c", before, entries, DOMAIN)
        assert tracker.get_slot("product") == "lamp", "what was said before the part that is read is known"
        assert tracker.get_slot("city") == f"Town {turns - 1}"
        return len(entries), len(tracker.events)

    assert asyncio.run(story(30)) == asyncio.run(story(200))
    assert asyncio.run(story(200))[1] < MAX_EVENTS


def test_a_session_is_read_from_its_start(journal: Journal) -> None:
    async def story() -> BoundedTracker:
        await journal.append(an_entry(0))
        begin = [ActionExecuted("action_session_start"), SessionStarted(), SlotSet("city", "Leeds")]
        await journal.append(an_entry(1, events=written([*a_turn(1), *begin, *a_turn(2)])))
        before, entries = await journal.recent("c")
        return taken_up("c", before, entries, DOMAIN)

    tracker = asyncio.run(story())
    assert [event.text for event in tracker.events if isinstance(event, UserUttered)] == ["hello 2"]
    assert isinstance(tracker.events[0], ActionExecuted) and isinstance(tracker.events[1], SessionStarted)


def test_no_ranking_is_kept(journal: Journal) -> None:
    asyncio.run(journal.append(an_entry(0)))
    kept = next(journal.all_of("c")).document()
    assert "intent_ranking" not in str(kept)
    assert taken_up("c", None, [Entry.read(kept)], DOMAIN).latest_message.intent["name"] == "greet"


def test_a_bounded_tracker_knows_what_it_put_away() -> None:
    whole = BoundedTracker("c", DOMAIN.slots)
    for number in range(60):
        for event in a_turn(number):
            whole.update(event)
    short = bounded(whole, DOMAIN)
    assert KEEP_EVENTS <= len(short.events) <= MAX_EVENTS < len(whole.events)
    assert state_of(short) == state_of(whole)
    assert short.latest_message is whole.latest_message


def test_what_another_models_domain_does_not_know_is_carried_for_it(journal: Journal) -> None:
    """Of two models one knows `city` alone, and begins a new session while it has the conversation."""
    small = Domain([], [], [slot for slot in DOMAIN.slots if slot.name == "city"], {}, [], {}, {})

    async def turn(live: Live, number: int, *events: Event) -> BoundedTracker:
        conversation, _ = await live.take("c", f"turn:{number}")
        for event in events:
            conversation.tracker.update(event)
        state = state_of(conversation.tracker)
        await journal.append(an_entry(number, events=written(list(events)), state=state))
        conversation.number += 1
        live.put(conversation)
        return conversation.tracker

    async def story() -> None:
        ours, theirs = Live(journal, DOMAIN), Live(journal, small)
        await turn(ours, 0, *a_turn(0), SlotSet("product", "lamp"))
        tracker = await turn(theirs, 1, *a_turn(1))
        assert tracker.get_slot("city") == "Town 1" and "product" not in tracker.slots
        began = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
        await turn(theirs, 2, *began, *a_turn(2))
        tracker = await turn(ours, 3, *a_turn(3))
        assert tracker.get_slot("product") == "lamp"
        assert (await turn(theirs, 4, SlotSet("city", None))).get_slot("city") is None
        assert (await turn(ours, 5, *a_turn(5)[:1])).get_slot("city") is None

    asyncio.run(story())


def test_two_processes_see_each_others_turns(journal: Journal) -> None:
    ours, theirs = Live(journal, DOMAIN), Live(journal, DOMAIN)

    async def turn(live: Live, number: int) -> BoundedTracker:
        conversation, known = await live.take("c", f"turn:{number}")
        assert known is None and conversation.number == number - 1
        for event in a_turn(number):
            conversation.tracker.update(event)
        await journal.append(an_entry(number, state=state_of(conversation.tracker)))
        conversation.number += 1
        live.put(conversation)
        return conversation.tracker

    async def story() -> None:
        for number in range(40):
            tracker = await turn(ours if number % 3 else theirs, number)
            said = [event.text for event in tracker.events if isinstance(event, UserUttered)]
            assert said[-1] == f"hello {number}"
            if number:
                assert said[-2] == f"hello {number - 1}"

    asyncio.run(story())


def test_a_failed_turn_leaves_nothing_in_memory(journal: Journal) -> None:
    live = Live(journal, DOMAIN)

    async def story() -> None:
        conversation, _ = await live.take("c", "turn:0")
        conversation.tracker.update(a_turn(0)[0])  # and then it fails
        again, _ = await live.take("c", "turn:0")
        assert not again.tracker.events

    asyncio.run(story())


def test_a_conversation_can_be_erased(journal: Journal) -> None:
    async def story() -> int:
        for number in range(3):
            await journal.append(an_entry(number))
        return await journal.erase("c")

    assert asyncio.run(story()) == 3
    assert not list(journal.all_of("c"))


def test_mongodb_erases_what_is_old(journal: Journal, mongodb_uri: str) -> None:
    """And a change of mind changes the index."""
    name = journal._entries.database.name
    for days in (30, 7):
        kept = Journal(mongodb_uri, name, keep_days=days)
        kept.prepare()
        kept.close()
        assert journal._entries.index_information()["kept_until"]["expireAfterSeconds"] == days * 86_400
