"""What a message says about consent, and what follows from it for a conversation."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
import phonenumbers

from connectors.content import Content, Text
from connectors.contract import Capabilities, StopWords
from connectors.events import (
    ConsentGiven,
    DeliveryStatus,
    Identity,
    IdentityKind,
    MessageReceived,
    Purpose,
)
from connectors.sms.optout import Wish, may_be_a_word, word_of
from connectors.sms.words import SPOKEN
from inbox.actions.consent_words import said_in
from inbox.model.consent import (
    ConsentEvent,
    Refusal,
    Refusals,
    Source,
    Standing,
    refused,
    standing_id,
    with_consent,
    with_refusal,
)
from inbox.model.contact import Contact
from inbox.model.conversation import Conversation
from inbox.model.ids import new_id
from inbox.model.message import SYSTEM, Message
from inbox.model.thread import Thread
from inbox.store import Store

replace = msgspec.structs.replace

_UNKNOWN = Capabilities(contents=frozenset(), text_length=1)
"""Of a channel that says nothing: every word counts."""


class Judgement(NamedTuple):
    """What a message says about consent."""

    wish: Wish
    purpose: Purpose
    source: Source
    words: str | None
    is_confirmed: bool = False
    """The provider has told the customer so already."""

    @property
    def granted(self) -> bool:
        """Whether it is a consent."""
        return self.wish is Wish.OPT_IN


def judged(
    event: MessageReceived, carries: Capabilities | None, refusals: Refusals, language: str | None
) -> Judgement | None:
    """What an event of a customer says about consent; None if it is a message like any other."""
    if event.consent:
        return _by_provider(event.consent, event.content)
    carries = carries or _UNKNOWN
    if not isinstance(event.content, Text) or carries.stop_words is StopWords.NONE:
        return None
    if not may_be_a_word(event.content.text):
        return None
    opted_out = refused(refusals, Purpose.CONVERSATION) is not None
    country = country_of(event.identities)
    wish = word_of(
        event.content.text,
        opted_out=opted_out,
        languages=(language,) if language else SPOKEN.get(country or "", ()),
        country=country,
        clear=carries.stop_words is StopWords.CLEAR,
    )
    if wish is Wish.NONE or (wish is Wish.HELP and not carries.short_messages):
        return None
    words = event.content.text[:500]
    return Judgement(wish, Purpose.CONVERSATION, Source.WORDS, words, is_confirmed=event.is_answered)


def may_be_about_consent(event: MessageReceived) -> bool:
    """Whether it is worth looking closer. Quick, for it is asked of every message."""
    return event.consent is not None or (
        isinstance(event.content, Text) and may_be_a_word(event.content.text)
    )


def _by_provider(given: ConsentGiven, content: Content) -> Judgement:
    words = content.text if isinstance(content, Text) else None
    wish = Wish.OPT_IN if given.granted else Wish.OPT_OUT
    return Judgement(wish, given.purpose, Source.PROVIDER, words, given.is_confirmed)


class Consequences(NamedTuple):
    """What a consent or a refusal writes beside the thread."""

    standings: list[Standing]
    event: ConsentEvent


def follow(
    thread: Thread,
    found: Judgement,
    addresses: Iterable[str],
    known: dict[str, Standing],
    *,
    message: Message | None = None,
    by: str | None = None,
) -> Consequences:
    """Let a judgement take effect on the thread: state, one confirmation, nothing left for the bot to answer.

    `addresses` are the keys of all identities of the contact, `known` what stands for them so far.
    """
    before = thread.conversation.refusals
    refusal = Refusal(
        purpose=found.purpose,
        at=thread.now,
        source=found.source,
        words=found.words,
        message_id=message.id if message else None,
    )
    after = with_consent(before, found.purpose) if found.granted else with_refusal(before, refusal)
    if after != before:
        thread.set(refusals=after)
        what = "opted_in" if found.granted else "opted_out"
        thread.activity(what, purpose=found.purpose, words=found.words, source=found.source, by=by)
    if not found.granted and found.purpose is Purpose.CONVERSATION:
        _silence(thread)
    if after != before and found.purpose is Purpose.CONVERSATION and not found.is_confirmed:
        said = said_in(language_of(thread.conversation))
        thread.say(SYSTEM, Text(said.into if found.granted else said.out), purpose=Purpose.CONSENT)
    thread.deliver_at_once()
    standings = [
        _standing(thread.conversation, key, known, found, refusal, thread) for key in dict.fromkeys(addresses)
    ]
    return Consequences(standings, _event(thread, found, tuple(addresses), message, by))


def _silence(thread: Thread) -> None:
    """Nobody answers what was said so far: the bot has no turn, and nobody waits."""
    now = thread.conversation
    thread.set(turn=None, bot_seq=now.seq, waiting_since=None, answers=())


def _standing(
    conversation: Conversation,
    key: str,
    known: dict[str, Standing],
    found: Judgement,
    refusal: Refusal,
    thread: Thread,
) -> Standing:
    name = standing_id(conversation.channel_id, key)
    before = known[name].refusals if name in known else ()
    after = with_consent(before, found.purpose) if found.granted else with_refusal(before, refusal)
    return Standing(
        id=name,
        channel_id=conversation.channel_id,
        contact_id=conversation.contact_id,
        refusals=after,
        at=thread.now,
    )


def _event(
    thread: Thread, found: Judgement, addresses: tuple[str, ...], message: Message | None, by: str | None
) -> ConsentEvent:
    conversation = thread.conversation
    return ConsentEvent(
        id=new_id(),
        at=thread.now,
        contact_id=conversation.contact_id,
        conversation_id=conversation.id,
        channel_id=conversation.channel_id,
        channel_kind=conversation.channel_kind,
        addresses=addresses,
        purpose=found.purpose,
        granted=found.granted,
        source=found.source,
        words=found.words,
        message_id=message.id if message else None,
        by=by,
    )


async def by_provider(
    thread: Thread, message: Message, store: Store, session: Any
) -> tuple[list[Standing], list[ConsentEvent]]:
    """What is to be written if the provider refused a message because its customer had opted out."""
    if message.error is None or message.error.refused is None or message.status != DeliveryStatus.FAILED:
        return [], []
    found = refusal_of(message.error.refused, message.error.message)
    if message.via:
        return _elsewhere(thread, found, message)
    contact = await store.contacts.get(message.contact_id, session)
    return await follow_stored(thread, found, contact, store, session, message=message)


def _elsewhere(
    thread: Thread, found: Judgement, message: Message
) -> tuple[list[Standing], list[ConsentEvent]]:
    """A refusal on another channel than the conversation's own: it is silent there alone."""
    now = thread.conversation
    there = replace(now, channel_id=message.goes_by)
    refusal = Refusal(purpose=found.purpose, at=thread.now, source=found.source, words=found.words)
    keys = addresses_of(None, now)
    standings = [_standing(there, key, {}, found, refusal, thread) for key in keys]
    return standings, [replace(_event(thread, found, keys, message, None), channel_id=message.goes_by)]


async def follow_stored(
    thread: Thread,
    found: Judgement,
    contact: Contact | None,
    store: Store,
    session: Any,
    *,
    message: Message | None = None,
    by: str | None = None,
) -> tuple[list[Standing], list[ConsentEvent]]:
    """`follow`, with what stands so far read from the store."""
    now = thread.conversation
    addresses = addresses_of(contact, now)
    known = {
        s.id: s
        for s in await store.consents.standings([now.channel_id], addresses, [now.contact_id], session)
    }
    every = addresses_of(contact, now, known.values())
    result = follow(thread, found, every, known, message=message, by=by)
    return result.standings, [result.event]


def refusal_of(purpose: Purpose, words: str) -> Judgement:
    """The customer opted out, as a provider says who refused a message of ours for it."""
    return Judgement(Wish.OPT_OUT, purpose, Source.REFUSAL, words, is_confirmed=True)


def help_of(thread: Thread) -> None:
    """Answer HELP, unless the customer wants nothing from us."""
    if refused(thread.conversation.refusals, Purpose.CONVERSATION) is None:
        thread.say(SYSTEM, Text(said_in(language_of(thread.conversation)).help))


def language_of(conversation: Conversation) -> str | None:
    """The customer's language, else the first that is spoken where their number is from."""
    if conversation.language:
        return conversation.language
    return next(iter(SPOKEN.get(country_of(conversation.to) or "", ())), None)


def country_of(identities: Iterable[Identity]) -> str | None:
    """Where the customer's number is from (ISO 3166), None without one or for one of no country."""
    number = next((i.value for i in identities if i.kind is IdentityKind.PHONE), None)
    return _country(number) if number else None


@lru_cache(maxsize=65_536)
def _country(number: str) -> str | None:
    try:
        found = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return None
    return found if isinstance(found, str) else None


def addresses_of(
    contact: Contact | None, conversation: Conversation, known: Iterable[Standing] = ()
) -> tuple[str, ...]:
    """Every address that a wish of the contact is about.

    All by which they are known, that by which the conversation goes, and those of former days for which
    something is `known` to stand: or these would speak against a later consent.
    """
    prefix = standing_id(conversation.channel_id, "")
    former = (
        standing.id.removeprefix(prefix)
        for standing in known
        if standing.contact_id == conversation.contact_id and standing.channel_id == conversation.channel_id
    )
    present = contact.identity_keys if contact else ()
    return tuple(dict.fromkeys((*present, *(i.key for i in conversation.to), *former)))
