"""The whole house at once: real MongoDB, real Rasa, real sockets; and `kill -9` in the middle of it.

One `parley up` serves all tests of this module. They take about two minutes on two cores, and half a minute
more when the bot has to be trained first.
"""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import bson
import pytest

from connectors.events import DeliveryStatus
from inbox.model.conversation import Conversation, SpeakerKind
from inbox.model.message import Direction, Message
from inbox.model.profile import Attribute
from inbox.settings import load
from tests.whole.a_candidate import a_candidate, hears_the_candidate
from tests.whole.a_whole_parley import (
    CHANNEL,
    Phone,
    WholeParley,
    a_phone,
    a_visitor,
    a_whole_parley,
    an_agent,
    meta_says,
    until,
)

pytestmark = pytest.mark.timeout(420)

ARRIVED = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ)
WORDS = (
    "Where is order 48213?",
    "Do you ship to Milan?",
    "How can I pay?",
    "What are your opening hours?",
    "Is the Heron lamp in stock?",
)


@pytest.fixture(scope="module")
async def whole(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WholeParley]:
    async with a_whole_parley(tmp_path_factory.mktemp("whole")) as running:
        yield running


async def test_a_visitor_of_the_web_chat_is_told_of_their_order(whole: WholeParley) -> None:
    async with a_visitor(whole) as visitor:
        await visitor.say("Where is order 48213?")
        assert "was delivered" in await visitor.hears("Order 48213 (Oak side table)")


async def test_a_customer_on_whatsapp_is_told_of_their_order(whole: WholeParley) -> None:
    giulia = await a_phone(whole, "Giulia Rossi")
    await giulia.say("Hello, where is my order 48213?")
    assert "was delivered" in await giulia.hears("Order 48213 (Oak side table)")


async def test_what_an_action_finds_out_stands_at_the_contact(whole: WholeParley) -> None:
    await whole.store.attributes.put(Attribute(id="last_return", label="Last return"))
    omar = await a_phone(whole, "Omar Aziz")
    async with an_agent(whole) as agent:
        await omar.say("I'd like to return order 48213")
        await omar.hears("reason for returning order 48213")
        await omar.say("it's too small")
        await omar.hears("money back, or an exchange")
        await omar.say("refund please")
        await omar.hears("noted your return of order 48213")
        rows = (await agent.get("/conversations?tab=bot"))["items"]
        contact = next(row["contact"]["id"] for row in rows if row["contact"]["name"] == "Omar Aziz")
        assert (await agent.get(f"/contacts/{contact}"))["attributes"] == {"last_return": "48213"}


async def test_who_asks_for_a_person_gets_one_and_then_the_bot_back(whole: WholeParley) -> None:
    nadia = await a_phone(whole, "Nadia Haddad")
    async with an_agent(whole) as agent:
        await nadia.say("Where is order 48213?")
        await nadia.hears("Order 48213")
        await nadia.say("Can I talk to a person?")
        row = await agent.queued("Nadia Haddad")
        assert row["summary"]["reason"] == "asked"
        assert row["summary"]["slots"]["order_number"] == "48213"
        assert [intent["name"] for intent in row["summary"]["intents"]] == ["order_status", "human_handoff"]
        assert "Can I talk to a person?" in row["summary"]["questions"]

        at = f"/conversations/{row['id']}"
        await agent.open(row["id"])
        await agent.post(f"{at}/take_over", epoch=row["speaker"]["epoch"])
        await agent.post(f"{at}/messages", client_id="1", text="Hello Nadia, how can I help?")
        await nadia.hears("Hello Nadia, how can I help?")
        heard = len(await nadia.bubbles())
        await nadia.say("Where is order 48214?")
        await until(
            lambda: "Where is order 48214?" in agent.told, within=60, what="the agent sees her question"
        )
        await asyncio.sleep(1)
        assert len(await nadia.bubbles()) == heard, "the bot talks over a human"

        await agent.post(f"{at}/hand_back", outcome="resolved")
        await nadia.say("And where is order 50117?")
        assert "is being packed" in await nadia.hears("Order 50117")
        assert (await agent.post(f"{at}/resolve"))["status"] == "resolved"


async def test_who_is_erased_is_in_no_database_and_no_file(whole: WholeParley) -> None:
    """Neither what Rasa remembers of them, in its own database, nor any log."""
    name, mail = "Ottavia Quarenghi", "ottavia@quarenghi.example"
    ottavia = await a_phone(whole, name)
    await ottavia.say(f"I am {name}, {mail}. Where is order 48213?")
    await ottavia.hears("48213")
    async with an_agent(whole) as admin:
        await ottavia.say("Can I talk to a person?")
        row = await admin.queued(name)
        number = (await admin.get(f"/contacts/{row['contact']['id']}"))["identities"][0]["value"]
        traces = [trace.encode() for trace in (name, mail, number.lstrip("+"), row["id"])]
        before = await everything(whole)
        assert any(where.startswith("parley_bot") and traces[1] in what for where, what in before.items())
        at = f"/contacts/{row['contact']['id']}/erase"
        begun = await admin.post(at, confirm="erase for good", reason="asked")

        async def is_certified() -> bool:
            items = (await admin.get("/erasures"))["items"]
            return any(each["id"] == begun["id"] and each["certificate"] for each in items)

        await until(is_certified, within=120, what="the erasure has its certificate")
    left = await everything(whole)
    found = {(where, trace) for where, what in left.items() for trace in traces if trace in what}
    assert {(where, trace) for where, trace in found if trace != traces[3]} == set()
    ids_only = ("audit_log", "changes", "asked")
    assert all(where.endswith(ids_only) or ".log" in where for where, _ in found), found


async def everything(whole: WholeParley) -> dict[str, bytes]:
    """Each collection of each database but MongoDB's own, each file but its data and the played phones."""
    client, found = whole.store._client, dict[str, bytes]()
    for base in set(await client.list_database_names()) - {"local", "admin", "config"}:
        for name in await client[base].list_collection_names():
            documents = [bson.encode(d) async for d in client[base][name].find({})]
            found[f"{base}.{name}"] = b"\n".join(documents)
    for file in whole.home.rglob("*"):
        parts = file.relative_to(whole.home).parts
        if file.is_file() and parts[0] not in ("rehearsal", "mongo", "mongodb", "db"):
            found[str(file)] = file.read_bytes()
    return found


async def test_some_are_answered_by_a_canary_then_all_and_then_nobody(whole: WholeParley) -> None:
    """Two real models in one bot; what the comparison counts is what customers heard."""
    candidate = await a_candidate(whole.store, load().bot_models / "parley.tar.gz")
    publication = "/studio/publication"
    heard: list[bool] = []

    async def one_more() -> Phone:
        phone = await a_phone(whole, "")
        heard.append(await hears_the_candidate(phone))
        return phone

    async with an_agent(whole) as admin:

        async def publish(what: str, **body: object) -> None:
            rev = (await admin.get(publication))["rev"]
            await admin.post(f"{publication}/{what}", rev=rev, **body)

        await publish("canary", model_id=candidate.id, share=50)
        async with asyncio.timeout(200):  # the bot loads it beside the live one
            tried = await one_more()
            while not heard[-1]:
                tried = await one_more()
            other = await one_more()
            while heard[-1]:
                other = await one_more()
        assert await hears_the_candidate(tried), "a conversation stays with its model"
        assert not await hears_the_candidate(other), "a conversation stays with its model"
        await tried.say("Can I talk to a person?")

        async def is_counted() -> bool:
            rows = (await admin.get(publication))["comparison"]
            counted = [(row["conversations"], row["handoffs"], row["fallbacks"]) for row in rows]
            return counted == [(heard.count(False), 0, 0), (heard.count(True), 1, 0)]

        await until(is_counted, within=30, what="all conversations and the one handoff are counted")
        await publish("activate", model_id=candidate.id)
        await until(lambda: hears_the_candidate(other), within=60, what="the candidate answers all")
        await publish("roll_back")

        async def is_back() -> bool:
            return not await hears_the_candidate(other)

        await until(is_back, within=60, what="the model before answers again")


async def test_nothing_is_lost_doubled_or_forgotten_when_processes_are_killed(whole: WholeParley) -> None:
    await whole.add_our_number()
    statuses: Counter[int] = Counter()
    customers: list[Customer] = []
    for name, sign in (("The bot", "serve.py"), ("The inbox", "inbox.cli serve"), ("MongoDB", "mongod")):
        group = [await a_customer(whole, statuses) for _ in range(5)]
        customers += group
        async with writing(group):
            await asyncio.sleep(3)
            before = whole.said.count(f"{name} is back.")
            os.kill(whole.pid_of(sign), signal.SIGKILL)
            await until(
                lambda name=name, before=before: whole.said.count(f"{name} is back.") > before,
                within=120,
                what=f"{name} is back after a kill -9",
            )
            await asyncio.sleep(3)
        await whole.until_the_bot_is_ready(within=120)

    wrong = [f"a webhook was answered {status}" for status in statuses if status not in (0, 200, 503)]
    wrong += await unsettled(whole, within=150)
    for customer in customers:
        wrong += await wrongs_of(whole, customer)
    sent = sum(len(customer.taken) for customer in customers)
    logs = [whole.said, whole.log("web"), whole.log("bot")] if wrong else []
    assert not wrong, "\n".join([f"{sent} messages, answers: {dict(statuses)}", *wrong, *logs])


async def a_customer(whole: WholeParley, statuses: Counter[int]) -> "Customer":
    """Somebody who has said hello on a phone of the rehearsal, so that Meta lets us answer."""
    phone = await a_phone(whole, "", CHANNEL)
    customer = Customer(whole, phone, statuses)
    customer.taken.append(await phone.say("Hello"))
    return customer


class Customer:
    """Writes one message after the other; Meta sends each until it is taken, some of them twice."""

    def __init__(self, whole: WholeParley, phone: Phone, statuses: Counter[int]) -> None:
        self.phone = phone
        self.number = phone.customer
        self.taken: list[str] = []
        """Ids of the messages that were answered 200, in the order in which they were written."""
        self._whole = whole
        self._statuses = statuses

    async def write(self, enough: asyncio.Event) -> None:
        """Write until told to stop. What was begun is brought to its end."""
        for number in count():
            if enough.is_set():
                return
            ids = [f"wamid.{self.number}.{number}.{place}" for place in range(2 if number % 5 == 4 else 1)]
            texts = [WORDS[(number + place) % len(WORDS)] for place in range(len(ids))]
            body = meta_says(*texts, phone=self.number, ids=ids)
            await asyncio.gather(*[self._knock(body) for _ in range(2 if number % 4 == 3 else 1)])
            self.taken += ids
            await asyncio.sleep(0.6)

    async def _knock(self, body: bytes) -> None:
        async with asyncio.timeout(90):
            while True:
                status = await self._whole.hook(body)
                self._statuses[status] += 1
                if status == 200:
                    return
                await asyncio.sleep(0.3)


@asynccontextmanager
async def writing(customers: list[Customer]) -> AsyncIterator[None]:
    """Let all of them write until the end of the block."""
    enough = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for customer in customers:
            group.create_task(customer.write(enough))
        try:
            yield
        finally:
            enough.set()


async def our_conversations(whole: WholeParley) -> list[Conversation]:
    return await whole.store.conversations.page(
        {"channel_id": CHANNEL}, waiting=False, after=None, limit=1000
    )


async def unsettled(whole: WholeParley, *, within: float) -> list[str]:
    """What is still waiting for the bot or in the outbox after so many seconds."""

    async def is_settled() -> bool:
        return all(c.turn is None and c.delivery is None for c in await our_conversations(whole))

    try:
        await until(is_settled, within=within, what="settled")
    except AssertionError:
        left = [c for c in await our_conversations(whole) if c.turn or c.delivery]
        return [f"{c.contact.address} still waits: turn {c.turn}, delivery {c.delivery}" for c in left]
    return []


async def wrongs_of(whole: WholeParley, customer: Customer) -> list[str]:
    """Everything that is not as it should be in one customer's conversation."""
    mine = [c for c in await our_conversations(whole) if c.contact.address == f"+{customer.number}"]
    if len(mine) != 1:
        return [f"+{customer.number} has {len(mine)} conversations instead of one"]
    (conversation,) = mine
    thread, _ = await whole.store.messages.page(conversation.id, before_seq=None, limit=2000)
    heard = [m.external_id for m in thread if m.direction is Direction.IN]
    wrong = []
    if lost := [each for each in customer.taken if each not in heard]:
        wrong.append(f"answered 200 and lost: {lost}")
    if doubled := [each for each, times in Counter(heard).items() if times > 1]:
        wrong.append(f"stored more than once: {doubled}")
    if not wrong and heard != customer.taken:
        wrong.append(f"out of order: {heard} instead of {customer.taken}")
    if [m.seq for m in thread] != list(range(1, len(thread) + 1)):
        wrong.append(f"the thread has gaps: {[m.seq for m in thread]}")
    wrong += unanswered(conversation, thread) + await unsent(customer.phone, thread)
    return [f"+{customer.number}: {each}" for each in wrong]


def unanswered(conversation: Conversation, thread: list[Message]) -> list[str]:
    """Whether the customer was left in silence: no answer after their last word, and no person called."""
    last = max(m.seq for m in thread if m.direction is Direction.IN)
    said = [m for m in thread if m.direction is Direction.OUT and not m.is_internal]
    if conversation.speaker.kind is SpeakerKind.BOT:
        return [] if said and said[-1].seq > last else [f"nobody answered message {last}"]
    if conversation.summary is None:
        return ["handed over without a summary"]
    return [] if said else ["handed over without a word"]


async def unsent(phone: Phone, thread: list[Message]) -> list[str]:
    """What was written to the customer and did not reach their phone once and in order."""
    said = [m for m in thread if m.direction is Direction.OUT and not m.is_internal]
    stuck = [m for m in said if m.status not in (*ARRIVED, DeliveryStatus.CANCELLED)]
    wrong = [f"message {m.seq} is {m.status}: {m.error}" for m in stuck]
    written = [m.content.text for m in said if m.status in ARRIVED]  # type: ignore[union-attr]
    shown = await phone.bubbles()
    if not stuck and shown != written:
        wrong.append(f"the phone shows\n  {shown}\ninstead of\n  {written}")
    return wrong
