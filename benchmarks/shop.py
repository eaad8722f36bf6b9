"""A shop's contacts, conversations and messages, made up as the store keeps them, for `benchmarks.seed`."""

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from connectors.content import Text
from connectors.events import Identity, IdentityKind
from inbox.model.case import Level, Promise
from inbox.model.contact import Contact
from inbox.model.conversation import ContactCard, Conversation, LastMessage, Speaker, SpeakerKind, Status
from inbox.model.ids import external_key
from inbox.model.message import BOT, Author, AuthorKind, Direction, Message
from inbox.model.profile import contact_words
from inbox.model.words import index_words
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
TEAMS = 10
LABELS = ("vip", "delivery", "invoice", "return", "complaint", "warranty", "newsletter", "corporate")
OLD_LABEL, RARE_LABEL = "first-shop", "recall"
"""One that only the oldest thousandth has, and one that twenty have, whatever the size."""
_PRIORITIES = ("none", "urgent", "high", "medium", "low")
_LANGUAGES = ("en", "it", "es", "hi")
_INTENTS = ("track_order", "return_item", "invoice", "ask_human", "nlu_fallback")
_NUMBER = re.compile(r"\d{5}")
_ANY = "00000"


def agent_id(number: int) -> str:
    """The id of one of the agents to whom conversations are assigned."""
    return f"{number:028x}"


def team_id(number: int) -> str:
    """The id of one of the teams with which conversations are."""
    return f"7{number:027x}"


def conversation(number: int, of: int, messages: int) -> Iterator[tuple[str, Document]]:
    """Conversation `number` of so many, with as many messages: each document with its collection."""
    chance = random.Random(number)
    newest = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    at = newest - timedelta(days=365) * (1 - number / of) - timedelta(seconds=chance.random() * 3600)
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
    thread = list(_thread(number, messages, at, ident, channel_id, chance))
    last = thread[-1]
    status = chance.choices((Status.OPEN, Status.SNOOZED, Status.RESOLVED), (10, 1, 89))[0]
    is_open = status is Status.OPEN
    speaker = Speaker(SpeakerKind.BOT) if status is Status.RESOLVED else _speaker(chance)
    waits = is_open and last.direction is Direction.IN
    by_people = speaker.kind is not SpeakerKind.BOT
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
                status=status,
                speaker=speaker,
                assignee_id=speaker.id,
                team_id=team_id(chance.randrange(TEAMS)) if by_people or chance.random() < 0.3 else None,
                labels=_labels(number, of, chance),
                priority=chance.choices(_PRIORITIES, (90, 1, 2, 4, 3))[0],
                language=chance.choices(_LANGUAGES, (60, 30, 9, 1))[0],
                snoozed_until=newest + timedelta(days=30) if status is Status.SNOOZED else None,
                level=_level(last.created_at) if is_open and by_people else None,
                last_message=LastMessage(last.id, _text(last), last.author.kind, last.created_at),
                listed_at=last.created_at.replace(second=0, microsecond=0),
                last_inbound_at=at,
                waiting_since=last.created_at if waits else None,
                unread_count=int(waits),
                created_at=at,
                updated_at=last.created_at,
                rev=messages,
                seq=messages,
                inbound_seq=messages,
                bot_seq=messages,
            )
        ),
    )
    for message in thread:
        yield "messages", to_document(message)
        yield "findings", {"_id": message.id, "conversation_id": ident, "words": _words(_text(message))}


def _labels(number: int, of: int, chance: random.Random) -> tuple[str, ...]:
    labels = {chance.choice(LABELS)} if chance.random() < 0.3 else set()
    if number < of / 1_000:
        labels.add(OLD_LABEL)
    if number % max(1, of // 20) == 0:
        labels.add(RARE_LABEL)
    return tuple(sorted(labels))


def _level(since: datetime) -> Level:
    breach = since + timedelta(hours=8)
    return Level(
        policy_id="p",
        policy="Eight hours",
        promise=Promise.NEXT_RESPONSE,
        since=since,
        warn_at=breach - timedelta(hours=1),
        breach_at=breach,
    )


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
            parse=_parse(chance) if place == 0 else None,
            epoch=1,
        )


def _parse(chance: random.Random) -> Document:
    intent = {"name": chance.choice(_INTENTS), "confidence": round(chance.uniform(0.3, 1.0), 3)}
    return {"intent": intent, "model": "seeded"}


def _words(text: str) -> list[str]:
    """As `index_words`, which is half of the work of seeding: a sentence is read once, its number put in."""
    found = _NUMBER.search(text)
    sentence = _NUMBER.sub(_ANY, text, count=1)
    return [found[0] if found and word == _ANY else word for word in _words_of(sentence)]


@cache
def _words_of(text: str) -> list[str]:
    return index_words(text)


def _text(message: Message) -> str:
    return message.content.text if isinstance(message.content, Text) else ""


def _speaker(chance: random.Random) -> Speaker:
    kind = chance.choices((SpeakerKind.BOT, SpeakerKind.AGENT, SpeakerKind.NOBODY), (70, 20, 10))[0]
    if kind is SpeakerKind.AGENT:
        number = chance.randrange(AGENTS)
        return Speaker(kind, agent_id(number), f"Agent {number}", 2)
    return Speaker(kind)
