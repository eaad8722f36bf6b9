"""Fill a store as if a shop had been at it for a year: contacts, conversations, messages, words to find them.

`python -m benchmarks.seed --uri URI --db NAME [--conversations N] [--messages N] [--processes N]`

Written in bulk by several processes, before there are indexes. A million conversations are possible.
"""

import argparse
import asyncio
import random
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from pymongo import MongoClient

from connectors.content import Text
from connectors.events import Identity, IdentityKind
from inbox.model.contact import Contact
from inbox.model.conversation import ContactCard, Conversation, LastMessage, Speaker, SpeakerKind, Status
from inbox.model.ids import external_key
from inbox.model.message import BOT, Author, AuthorKind, Direction, Message
from inbox.model.profile import contact_words
from inbox.model.words import index_words
from inbox.store import Store
from inbox.store.codec import to_document

Document = dict[str, Any]

AGENTS = 50
CHANNELS = (("whatsapp", "whatsapp"), ("rcs", "rcs"), ("sms", "sms"), ("webchat", "webchat"))
_FIRST = ("Giulia", "Tomás", "Aiko", "Chidi", "Zoë", "Ömer", "Nadia", "Lars", "Wei", "Ananya", "Maud", "Ilya")
_LAST = (
    "Bianchi",
    "Herrera",
    "Tanaka",
    "Okafor",
    "Müller",
    "Yılmaz",
    "Petrova",
    "Berg",
    "Chen",
    "Rao",
    "Leroy",
)
_ASKED = (
    "Where is my order {n}? It should have come last week.",
    "I would like to return the lamp from order {n}.",
    "The invoice for {n} shows the wrong address, can you send a new one?",
    "Is the oak table still available? I saw it for {n} euros.",
    "Hello, I cannot sign in to my account any more.",
    "My parcel {n} arrived damaged, the box was open.",
)
_ANSWERED = (
    "Order {n} left our warehouse and will be with you on Thursday.",
    "I am sorry about that. Could you send us a picture, please?",
    "Your return {n} is registered; the label is in your mail.",
    "Thank you for your patience. A colleague is looking into it.",
)
_CHUNK = 2_000


class Share(NamedTuple):
    """What one process writes: conversations `first` to `last` of `of`."""

    uri: str
    db: str
    first: int
    last: int
    of: int
    messages: int
    """Of each conversation."""


def agent_id(number: int) -> str:
    """The id of one of the agents to whom conversations are assigned."""
    return f"{number:028x}"


def write(share: Share) -> int:
    """Write one share and say how many messages that were."""
    client: MongoClient[Document] = MongoClient(share.uri, w=1)
    database, written = client[share.db], 0
    for start in range(share.first, share.last, _CHUNK // share.messages + 1):
        batch: dict[str, list[Document]] = {
            "contacts": [],
            "conversations": [],
            "messages": [],
            "findings": [],
        }
        for number in range(start, min(share.last, start + _CHUNK // share.messages + 1)):
            for collection, document in _conversation(number, share):
                batch[collection].append(document)
        for collection, documents in batch.items():
            database[collection].insert_many(documents, ordered=False)
        written += len(batch["messages"])
    client.close()
    return written


def _conversation(number: int, share: Share) -> Iterator[tuple[str, Document]]:
    chance = random.Random(number)
    newest = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    at = newest - timedelta(days=365) * (1 - number / share.of) - timedelta(seconds=chance.random() * 3600)
    millis = int(at.timestamp() * 1000)
    ident = f"{millis:012x}{number:016x}"
    channel_id, kind = CHANNELS[number % len(CHANNELS)]
    name = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
    identity = Identity(IdentityKind.PHONE, f"+39{3_000_000_000 + number}")
    contact = Contact(
        id=ident,
        name=name,
        identities=(identity,),
        identity_keys=(identity.key,),
        created_at=at,
        updated_at=at,
    )
    yield "contacts", {**to_document(contact), "words": contact_words(contact)}
    thread = list(_thread(number, share.messages, at, ident, channel_id, chance))
    last = thread[-1]
    is_open = chance.random() < 0.1
    speaker = _speaker(chance) if is_open else Speaker(SpeakerKind.BOT)
    waits = is_open and last.direction is Direction.IN
    yield (
        "conversations",
        to_document(
            Conversation(
                id=ident,
                channel_id=channel_id,
                channel_kind=kind,
                contact_id=ident,
                contact=ContactCard(name, identity.value),
                to=(identity,),
                status=Status.OPEN if is_open else Status.RESOLVED,
                speaker=speaker,
                assignee_id=speaker.id,
                last_message=LastMessage(last.id, _text(last), last.author.kind, last.created_at),
                listed_at=last.created_at.replace(second=0, microsecond=0),
                last_inbound_at=at,
                waiting_since=last.created_at if waits else None,
                unread_count=int(waits),
                created_at=at,
                updated_at=last.created_at,
                rev=share.messages,
                seq=share.messages,
                inbound_seq=share.messages,
                bot_seq=share.messages,
            )
        ),
    )
    for message in thread:
        yield "messages", to_document(message)
        words = index_words(_text(message))
        yield "findings", {"_id": message.id, "conversation_id": ident, "words": words}


def _thread(
    number: int, length: int, at: datetime, ident: str, channel_id: str, chance: random.Random
) -> Iterator[Message]:
    customer = Author(AuthorKind.CONTACT, ident, None)
    for place in range(length):
        is_in = place % 2 == 0
        moment = at + timedelta(seconds=37 * place)
        external_id = f"wamid.seed.{number}.{place}"
        words = chance.choice(_ASKED if is_in else _ANSWERED).format(n=10_000 + chance.randrange(90_000))
        yield Message(
            id=f"{int(moment.timestamp() * 1000):012x}{number:010x}{place + 1:06x}",
            conversation_id=ident,
            channel_id=channel_id,
            contact_id=ident,
            seq=place + 1,
            rev=place + 1,
            direction=Direction.IN if is_in else Direction.OUT,
            author=customer if is_in else BOT,
            content=Text(words),
            created_at=moment,
            external_id=external_id,
            external_key=external_key(channel_id, external_id),
            status="received" if is_in else "delivered",
            epoch=1,
        )


def _text(message: Message) -> str:
    return message.content.text if isinstance(message.content, Text) else ""


def _speaker(chance: random.Random) -> Speaker:
    kind = chance.choices((SpeakerKind.BOT, SpeakerKind.AGENT, SpeakerKind.NOBODY), (70, 20, 10))[0]
    if kind is SpeakerKind.AGENT:
        number = chance.randrange(AGENTS)
        return Speaker(kind, agent_id(number), f"Agent {number}", 2)
    return Speaker(kind)


async def seed(uri: str, db: str, *, conversations: int, messages: int, processes: int = 2) -> int:
    """Fill an empty database and make its indexes. How many messages it has then."""
    each = max(1, round(messages / max(1, conversations)))
    slices = max(processes, conversations // 20_000)
    bounds = [conversations * n // slices for n in range(slices + 1)]
    shares = [
        Share(uri, db, first, last, conversations, each) for first, last in pairwise(bounds) if first < last
    ]
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(processes, mp_context=_spawned()) as pool:
        written = sum(await asyncio.gather(*(loop.run_in_executor(pool, write, share) for share in shares)))
    store = await Store.open(uri, db)
    now = int(time.time() * 1000)
    await store.findings.keep_place(f"{now:012x}")
    store.close()
    return written


def _spawned() -> Any:
    import multiprocessing

    return multiprocessing.get_context("spawn")


async def main(options: argparse.Namespace) -> None:
    """Seed the database that the command line names."""
    began = time.perf_counter()
    written = await seed(
        options.uri,
        options.db,
        conversations=options.conversations,
        messages=options.messages,
        processes=options.processes,
    )
    seconds = time.perf_counter() - began
    print(f"{options.conversations:,} conversations, {written:,} messages in {seconds:.0f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uri", required=True, help="an empty MongoDB that is a replica set")
    parser.add_argument("--db", required=True)
    parser.add_argument("--conversations", type=int, default=20_000)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=2)
    asyncio.run(main(parser.parse_args()))
