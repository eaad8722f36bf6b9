"""Indexes and migrations: safe to run again, and from several processes at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.errors import DuplicateKeyError

from connectors.events import Purpose
from inbox.http.lists import counts, tab_query
from inbox.model.case import Level, Promise
from inbox.model.contact import Contact
from inbox.model.conversation import ContactCard, Conversation
from inbox.model.retention import Retention
from inbox.store import Store, findings
from inbox.store.codec import to_document
from inbox.store.findings import Entry
from inbox.store.indexes import GONE, INDEXES, create_indexes
from inbox.store.migrations import VERSION, StoreTooNew, migrate
from tests.stores import an_empty_store


@pytest.fixture
async def new_store(mongodb: str) -> AsyncIterator[Store]:
    """A store on a database that no other test uses."""
    async with an_empty_store(mongodb) as store:
        yield store


async def test_indexes_may_be_created_again_and_at_once(new_store: Store) -> None:
    await asyncio.gather(*(create_indexes(new_store._database) for _ in range(4)))
    for name, indexes in INDEXES.items():
        present = await new_store._database[name].index_information()
        assert len(present) == len(indexes) + 1


async def test_a_new_store_has_the_present_version(new_store: Store) -> None:
    assert (await new_store._database.meta.find_one({"_id": "schema"}))["version"] == VERSION


async def of_version_1(store: Store) -> None:
    await store._database.meta.update_one({"_id": "schema"}, {"$set": {"version": 1}})


async def test_migrations_run_in_their_order_and_once(new_store: Store) -> None:
    await of_version_1(new_store)
    ran: list[int] = []

    async def first(database) -> None:
        ran.append(1)

    async def second(database) -> None:
        ran.append(2)

    assert await migrate(new_store._database, (first,)) == 2
    assert await migrate(new_store._database, (first, second)) == 3
    assert await migrate(new_store._database, (first, second)) == 3
    assert ran == [1, 2]


async def test_a_migration_that_broke_off_runs_again(new_store: Store) -> None:
    await of_version_1(new_store)
    ran: list[str] = []

    async def breaks_once(database) -> None:
        ran.append("run")
        if len(ran) == 1:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await migrate(new_store._database, (breaks_once,))
    assert await migrate(new_store._database, (breaks_once,)) == 2
    assert ran == ["run", "run"]


async def test_a_newer_store_is_not_touched(new_store: Store) -> None:
    await new_store._database.meta.update_one({"_id": "schema"}, {"$set": {"version": 99}})
    with pytest.raises(StoreTooNew):
        await migrate(new_store._database)


async def test_an_index_that_has_changed_is_made_anew(store: Store) -> None:
    files = store._database.files
    await files.drop_index("work.at_1")
    await files.create_index("work.at", sparse=True)
    await create_indexes(store._database)
    found = (await files.index_information())["work.at_1"]
    assert "partialFilterExpression" in found and "sparse" not in found


async def test_indexes_of_former_versions_are_dropped(new_store: Store) -> None:
    conversations = new_store._database.conversations
    for name in GONE["conversations"]:
        await conversations.create_index(name.removesuffix("_1"), name=name)
    await asyncio.gather(*(create_indexes(new_store._database) for _ in range(3)))
    assert not set(GONE["conversations"]) & (await conversations.index_information()).keys()


async def test_an_identity_has_one_owner(store: Store) -> None:
    await store._database.contacts.insert_one({"identity_keys": ["phone:+1", "bsuid:x"]})
    with pytest.raises(DuplicateKeyError):
        await store._database.contacts.insert_one({"identity_keys": ["bsuid:x"]})
    await store._database.contacts.insert_many([{"identity_keys": []}, {"identity_keys": []}])


async def asked(store: Store, question: Callable[[], Awaitable[Any]]) -> list[dict[str, Any]]:
    """What MongoDB did to answer, as its profiler tells."""
    await store._database.command("profile", 2)
    await question()
    await store._database.command("profile", 0)
    told = store._database["system.profile"].find({"op": {"$in": ["query", "update", "command"]}})
    return [t for t in await told.to_list(None) if "planSummary" in t]


async def _listed(found: AsyncIterator[Any]) -> list[Any]:
    return [one async for one in found]


NOW = datetime.now(UTC)
QUESTIONS: dict[str, Callable[[Store], Awaitable[Any]]] = {
    "which work is due": lambda s: s.conversations.due("delivery", NOW, 10),
    "which turn is due": lambda s: s.conversations.due("turn", NOW, 10),
    "is it a redelivery": lambda s: s.messages.named(["whatsapp|1"], []),
    "which message is meant": lambda s: s.messages.named(["whatsapp|1"], ["019"]),
    "who is this": lambda s: s.contacts.known_as(["phone:+1"]),
    "where does it go": lambda s: s.conversations.involved(["c"], ["p"]),
    "what must go out": lambda s: s.messages.to_send("c", 1),
    "what was heard": lambda s: s.messages.heard("c", 1, 9),
    "was it sent before": lambda s: s.messages.by_client_id("c", "agent", "1"),
    "what changed in the thread": lambda s: s.messages.changed_since("c", 3),
    "the newest of the thread": lambda s: s.messages.page("c", before_seq=9, limit=50),
    "what changed at all": lambda s: s.conversations.changed_since(NOW, "", 10),
    "what is to be said now": lambda s: s.scheduled.claim(NOW, timedelta(minutes=1)),
    "what is to be said later here": lambda s: s.scheduled.of("c"),
    "which notes name me": lambda s: s.mentions.of("u", 50),
    "what have I begun to write": lambda s: s.drafts.list({"user_id": "u"}, sort="-at", limit=500),
    "which passkeys are mine": lambda s: s.passkeys.of("u"),
    "which views are mine": lambda s: s.views.list({"owner_id": {"$in": ["u", "*"]}}, sort="name"),
    "what is past its time": lambda s: s.retention.number(
        Retention(id="r", days=9, label="l", channel_id="c", updated_at=NOW), NOW
    ),
    "what did they do": lambda s: s.audit.page({"by": "u"}, before=9, limit=10),
    "what was done of this kind": lambda s: s.audit.page({"what": "user.added"}, limit=10),
    "what was done to it": lambda s: s.audit.page({"target": "user:1"}, limit=10),
    "what was done at all": lambda s: s.audit.page({}, before=9, limit=10),
    "what is dead": lambda s: s.messages.dead(10),
    "the list": lambda s: s.conversations.page(
        tab_query("all", "a"), waiting=False, after=(NOW, "c"), limit=50
    ),
    "the list of those who wait": lambda s: s.conversations.page(
        tab_query("all", "a"), waiting=True, after=(NOW, "c"), limit=50
    ),
    "the list of what is due first": lambda s: s.conversations.page(
        tab_query("all", "a"), due=True, after=(NOW, "c"), limit=50
    ),
    "which promise is to be looked at": lambda s: s.conversations.due("sla", NOW, 10),
    "whom to ask how it was": lambda s: s.conversations.due("survey", NOW, 10),
    "what promises are looked at anew": lambda s: s.promises.look_anew(NOW),
    "how customers found it": lambda s: s.ratings.counted(NOW, NOW),
    "who rated last": lambda s: s.ratings.latest(NOW, NOW, 10),
    "how promises ended": lambda s: s.promises.counted(NOW, NOW, "team_id"),
    "what is to be tried again": lambda s: s.setbacks.due("rules", NOW, 10),
    "what routing leaves alone": lambda s: s.setbacks.aside("routing", NOW),
    "what comes next for rules": lambda s: s.automation.lines_after("c", 3, 10),
    "what rules are tried on": lambda s: s.automation.lines_between(NOW, NOW, 10),
    "my list": lambda s: s.conversations.page(tab_query("mine", "a"), waiting=False, after=None, limit=50),
    "the bot's list": lambda s: s.conversations.page(
        tab_query("bot", "a"), waiting=False, after=None, limit=50
    ),
    "the queue": lambda s: s.conversations.page(
        tab_query("unassigned", "a"), waiting=False, after=None, limit=50
    ),
    "a team's list": lambda s: s.conversations.page(
        tab_query("all", "a") | {"team_id": "t"}, waiting=False, after=None, limit=50
    ),
    "what a team has left to do": lambda s: s.conversations.count(
        {"team_id": "t", "status": {"$ne": "resolved"}}
    ),
    "what waits in teams' queues": lambda s: s.seats.queue(["t"], 10),
    "a conversation to be taken out": lambda s: s.messages.since_seq("c", 0, 10),
    "what is held by who is not in the team": lambda s: s.seats.held_by_others("t", ["a"], 10),
    "who waits for an agent who is gone": lambda s: s.seats.held(["a"], ["t"], 10),
    "who is busy": lambda s: s.seats.list({"is_busy": True}),
    "the list of everything ever": lambda s: s.conversations.page(
        tab_query("all", "a", "any"), waiting=False, after=None, limit=50
    ),
    "which files are to be fetched": lambda s: s.files.due(NOW, 10),
    "what a channel could not deliver": lambda s: s.messages.last_failed("whatsapp"),
    "a channel's templates": lambda s: s.templates.of("whatsapp"),
    "a conversation's files": lambda s: s.files.erase_conversation("c"),
    "uploads that were never sent": lambda s: s.files.sweep(NOW),
    "the contacts": lambda s: s.contacts.page([], after=(NOW, "c"), limit=50),
    "whose name or number": lambda s: s.contacts.page(["ada", "lo"], after=(NOW, "c"), limit=50),
    "whose email address": lambda s: s.contacts.with_emails(["Ada@example.com"]),
    "who was merged into this one": lambda s: s.contacts.family("c"),
    "what can be parted again": lambda s: s.merges.of("c"),
    "a contact's notes": lambda s: s.notes.list({"contact_id": {"$in": ["c"]}}, sort="-_id"),
    "which campaign is due": lambda s: s.campaigns.claim(NOW, timedelta(seconds=30)),
    "who of a campaign waits": lambda s: s.recipients.waiting("c", NOW, 10),
    "who of it is next": lambda s: s.recipients.next_due("c"),
    "in how many campaigns they were": lambda s: s.recipients.lately(["1"], NOW, "c"),
    "how far a campaign is": lambda s: s.recipients.counts("c"),
    "what became of it": lambda s: s.recipients.became("c"),
    "who agreed to advertisements": lambda s: s.consents.consented(["1"], "w", Purpose.MARKETING),
    "who is silent": lambda s: s.conversations.quiet_since("agent", NOW, (NOW, "1"), 10),
    "what wakes": lambda s: s.conversations.snoozed_until(NOW, 10),
    "which labels there are": lambda s: s.conversations.labels(),
    "whose label is renamed": lambda s: s.conversations.labelled("vip", 10),
    "what is labelled so": lambda s: s.conversations.page(
        tab_query("all", "a") | {"labels": "vip"}, waiting=False, after=None, limit=50
    ),
    "who writes a language": lambda s: s.conversations.in_language("it", 101),
    "what a colleague has": lambda s: s.conversations.page(
        tab_query("all", "a") | {"assignee_id": "b"}, waiting=False, after=None, limit=50
    ),
    "what is pressing": lambda s: s.conversations.page(
        tab_query("all", "a") | {"priority": "urgent"}, waiting=False, after=None, limit=50
    ),
    "who said that": lambda s: s.findings.find(["order", "48213"], None),
    "what is still to be made findable": lambda s: s.findings.messages_after("c", 100),
    "what came late": lambda s: s.findings.ids_between("a", "c"),
    "which reply has this shortcut": lambda s: s.replies.first({"shortcut": "hi", "language": None}),
    "which texts were reviewed": lambda s: s.reviews.keys(["a"]),
    "what was reviewed last": lambda s: s.reviews.newest(10),
    "what agents proposed": lambda s: s.reviews.proposed_since(NOW, 10),
    "the newest jobs": lambda s: s.jobs.newest(10),
    "the newest jobs of an edition": lambda s: s.jobs.newest(10, "club.it"),
    "which jobs wait": lambda s: s.jobs.waiting(20),
    "an edition's models": lambda s: s.models.versions.list({"edition": None}, sort="-_id", limit=9),
    "what was done to an edition": lambda s: s.edits.list({"edition": None}, sort="-_id", limit=9),
    "which channels chose an assistant": lambda s: s.channels.with_assistants(),
    "which job is next": lambda s: s.jobs.claim("o", NOW, timedelta(seconds=1)),
    "which job has lost its owner": lambda s: s.jobs.orphan(NOW),
    "which jobs of a kind were done": lambda s: s.jobs.of_kind("train", 3),
    "what the bot has understood": lambda s: _listed(s.understood.since(NOW, 10)),
    "how models fare": lambda s: s.understood.tally(NOW),
    "what is to be told now": lambda s: s.deliveries.due(NOW, 10),
    "what a program was told": lambda s: s.deliveries.page("w", state=None, after=(NOW, "d"), limit=10),
    "what a program could not be told": lambda s: s.deliveries.page(
        "w", state="failed", after=None, limit=10
    ),
    "a channel's list": lambda s: s.conversations.page(
        tab_query("all", "a") | {"channel_id": "sms"}, after=(NOW, "c"), limit=50
    ),
    "who goes by this name": lambda s: s.contacts.called(["ada"], 50),
    "a contact's conversations": lambda s: s.conversations.of_contact("p"),
}


@pytest.mark.parametrize("question", QUESTIONS)
async def test_a_question_is_answered_by_an_index_in_its_order(store: Store, question: str) -> None:
    told = await asked(store, lambda: QUESTIONS[question](store))
    assert told
    for each in told:
        assert "COLLSCAN" not in each["planSummary"], each["command"]
        assert not each.get("hasSortStage"), each["command"]


PROMISED = Level(policy_id="p", policy="P", promise=Promise.RESOLUTION, since=NOW, warn_at=NOW, breach_at=NOW)
SHOP = [
    to_document(
        Conversation(
            id=f"{n:04}",
            channel_id="sms",
            channel_kind="sms",
            contact_id=f"{n:04}",
            contact=ContactCard("Ada"),
            language="en",
            listed_at=NOW - timedelta(minutes=n),
            waiting_since=NOW,
            level=PROMISED,
            created_at=NOW,
            updated_at=NOW,
        )
    )
    for n in range(400)
]
"""A shop whose bot talks with 400 customers; nothing else is to be done."""

UNLUCKY: dict[str, dict[str, Any]] = {
    "nothing is in the queue": tab_query("unassigned", "a", hidden=frozenset(["t"])),
    "nothing came by this channel": tab_query("all", "a") | {"channel_id": "rcs"},
    "nobody writes this language": tab_query("all", "a") | {"language": "is"},
    "no team has anything to do": tab_query("unassigned", "a") | {"team_id": "t"},
    "I have nothing to do": tab_query("mine", "a"),
    "nothing has this label any more": tab_query("all", "a") | {"labels": "old"},
    "nothing that presses is open": tab_query("all", "a") | {"priority": "urgent"},
}


@pytest.mark.parametrize("filter", UNLUCKY)
async def test_what_does_not_match_is_passed_over_without_being_read(new_store: Store, filter: str) -> None:
    conversations = new_store._database.conversations
    done = {"status": "resolved", "labels": ["old"], "priority": "urgent"}
    await conversations.insert_many([one | (done if n > 300 else {}) for n, one in enumerate(SHOP)])
    orders = [{}, {"waiting": True}, {"due": True}] if filter in list(UNLUCKY)[:2] else [{}]
    for order in orders:
        told = await asked(new_store, lambda o=order: _nothing(new_store, UNLUCKY[filter], o))
        assert sum(each["docsExamined"] for each in told) == 0, told


async def _nothing(store: Store, query: dict[str, Any], order: dict[str, bool]) -> None:
    assert await store.conversations.page(query, after=None, limit=50, **order) == []


async def test_counts_read_no_conversation(new_store: Store) -> None:
    await new_store._database.conversations.insert_many(SHOP)
    told = await asked(new_store, lambda: counts(new_store, "a", frozenset(["t"])))
    assert len(told) == 4
    assert sum(each["docsExamined"] for each in told) == 0


async def test_a_page_far_down_is_read_from_its_place_on(new_store: Store) -> None:
    await new_store._database.conversations.insert_many(SHOP)
    people = [
        Contact(id=f"{n:04}", created_at=NOW, updated_at=NOW - timedelta(minutes=n)) for n in range(400)
    ]
    await new_store._database.contacts.insert_many([to_document(one) for one in people])
    after = (SHOP[350]["listed_at"], SHOP[350]["_id"])

    async def question() -> None:
        query = tab_query("all", "a")
        (one,) = await new_store.conversations.page(query, after=after, limit=1)
        (other,) = await new_store.contacts.page([], after=after, limit=1)
        assert (one.id, other.id) == ("0351", "0351")

    told = await asked(new_store, question)
    assert sum(each["keysExamined"] for each in told) < 20


async def test_labels_are_read_one_key_each(new_store: Store) -> None:
    labels = ["vip", "old", "à la carte"]
    await new_store._database.conversations.insert_many(
        [one | {"labels": [labels[n % 3], "new"]} for n, one in enumerate(SHOP)]
    )

    async def question() -> None:
        assert await new_store.conversations.labels() == ["new", "old", "vip", "à la carte"]

    told = await asked(new_store, question)
    assert sum(each["keysExamined"] for each in told) < 20


async def test_a_beginning_that_many_messages_have_reads_the_newest_of_each_word(store: Store) -> None:
    words = ["orders", "order", "ordering", "border"]
    await store.findings.add(Entry(f"{n:03}", "c", [words[n % 4]]) for n in range(200))

    async def question() -> None:
        found = [id for id, _ in await store.findings.find([], "order", limit=5)]
        assert found == ["198", "197", "196", "194", "193"]

    told = await asked(store, question)
    assert all(not each.get("hasSortStage") for each in told)
    assert sum(each["docsExamined"] for each in told) < 20


async def test_a_beginning_of_many_words_finds_the_newest_of_all(store: Store) -> None:
    await store.findings.add(Entry(f"{n:03}", "c", [f"9{n % 40}", "of"]) for n in range(80))
    assert [id for id, _ in await store.findings.find(["of"], "9", limit=3)] == ["079", "078", "077"]
    assert await store.findings.find(["of"], "99x") == []


@pytest.mark.parametrize("rare", [50, 10_000])
async def test_a_beginning_of_many_words_reads_no_more_messages_than_wanted(
    new_store: Store, monkeypatch: pytest.MonkeyPatch, rare: int
) -> None:
    monkeypatch.setattr(findings, "_RARE", rare)
    await new_store.findings.add(Entry(f"{n:03}", "c", ["no", f"1{n:03}", f"1{n:03}a"]) for n in range(200))

    async def question() -> None:
        assert await new_store.findings.find([], "1", limit=3) == [(id, "c") for id in ("199", "198", "197")]

    told = await asked(new_store, question)
    assert sum(each["docsExamined"] for each in told) < 20  # of 200
