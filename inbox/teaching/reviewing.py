"""The review queue: what customers wrote that the bot should learn from, and what designers decide about it.

A text that was decided on never comes back, whoever writes it again; of two designers who decide about the
same one, the second is told who was quicker. What is taught is what was masked, unless a designer who may
read conversations wrote it otherwise. All raise `Forbidden`, `NotFound`, `Invalid` or `AlreadyThere`, and
what the edit of the data raises.
"""

import asyncio
from datetime import timedelta
from typing import NamedTuple

from inbox.actions.access import seen
from inbox.actions.errors import AlreadyThere, Forbidden, Invalid, NotFound
from inbox.model.conversation import Conversation
from inbox.model.ids import new_id
from inbox.model.message import Direction, Message
from inbox.model.people import READ, WRITE, Principal
from inbox.model.review import Proposal, Review, Verdict
from inbox.store import Store
from inbox.studio.edits import Studio, make, undo
from inbox.studio.markup import unmarked
from inbox.studio.teaching import AddExamples
from inbox.teaching.asking import Teaching, may, person
from inbox.teaching.clusters import FALLBACK, Cluster, Said, clustered, key_of, normal
from inbox.teaching.evaluating import said_in
from inbox.teaching.masking import masked
from inbox.teaching.remembering import MaskedTexts

SPAN = timedelta(days=30)
MOST_MESSAGES = 10_000
MOST_AT_ONCE = 200
MOST_TEXT = 500
_LEARNT = ("CRFEntityExtractor", "DIETClassifier")
"""Who learns entities from examples; what patterns find need not be marked in them."""

_masks = MaskedTexts()


class Deed(NamedTuple):
    """One cluster's verdict: the keys that it covers, and the examples that teach it."""

    keys: tuple[str, ...]
    examples: tuple[str, ...]
    intent: str | None


async def queue(
    teaching: Teaching, who: Principal, limit: int, edition: str | None = None
) -> tuple[list[Cluster], int]:
    """The most useful clusters of what an edition read in the last 30 days, and how many there are."""
    may(who)
    said = await _said(teaching, edition)
    keys = {_kept(key, edition): key for key in {key_of(one.text) for one in said}}
    reviewed = frozenset(keys[kept] for kept in await teaching.store.reviews.keys(keys))
    found = await asyncio.to_thread(clustered, said, reviewed)
    return found[:limit], len(found)


async def unmasked(teaching: Teaching, who: Principal, message_id: str) -> str:
    """What the customer really wrote, for designers who may read conversations."""
    may(who)
    message = await teaching.store.messages.get(message_id)
    text = said_in(message) if message else None
    if text is None:
        raise NotFound("There is no such message.")
    if not who.may(READ):
        raise Forbidden("Only who may read conversations may see what is masked.")
    if message:
        await seen(who, message.conversation_id, store=teaching.store)
    return text


async def teach(teaching: Teaching, studio: Studio, who: Principal, deed: Deed) -> Review:
    """Add the examples to the intent, which is made if it is new, and never show those texts again."""
    may(who)
    examples = tuple(dict.fromkeys(" ".join(text.split()) for text in deed.examples if text.strip()))
    if not deed.intent or not examples:
        raise Invalid("An intent and at least one example are needed.")
    if any(len(text) > MOST_TEXT for text in examples):
        raise Invalid(f"An example has at most {MOST_TEXT} characters.")
    if not who.may(READ) and any(masked(unmarked(text)[0]) != unmarked(text)[0] for text in examples):
        raise Invalid("This has personal data in it. Teach what is masked.")
    review = await _decide(teaching, who, deed, examples, Verdict.TAUGHT, studio.edition)
    try:
        operation = AddExamples(kind="intent", name=deed.intent, examples=list(examples))
        edit, _ = await make(studio, who, operation)
    except Exception as error:
        if isinstance(error, Invalid) and "changes nothing" in str(error):
            return review  # these very examples are there: taught already
        await teaching.store.reviews.remove(review.id)
        raise
    await teaching.store.reviews.set_edit(review.id, edit.id)
    return review


async def dismiss(teaching: Teaching, who: Principal, deed: Deed, edition: str | None = None) -> Review:
    """Teach nothing, and never show those texts again."""
    may(who)
    return await _decide(teaching, who, deed, deed.examples, Verdict.DISMISSED, edition)


async def take_back(teaching: Teaching, studio: Studio, who: Principal, review_id: str) -> None:
    """Undo a verdict: what it taught goes out of the data, and the texts come back."""
    may(who)
    review = await teaching.store.reviews.get(review_id)
    if review is None or review.edition != studio.edition:
        raise NotFound("There is no such review, or it was taken back already.")
    if review.edit_id:
        await undo(studio, who, review.edit_id)
    await teaching.store.reviews.remove(review.id)


async def read_by(store: Store, who: Principal, message_id: str) -> str | None:
    """The edition that read a customer's message, while there is one. Raises `NotFound` or `Forbidden`."""
    message = await store.messages.get(message_id)
    if message is None:
        raise NotFound("There is no such message.")
    await seen(who, message.conversation_id, store=store)
    edition = (message.parse or {}).get("edition")
    every = [each.key for assistant in await store.assistants.all() for each in assistant.editions]
    return edition if edition in every else None


async def propose(store: Store, teaching: Teaching, who: Principal, message_id: str, intent: str) -> Proposal:
    """An agent says what a customer's message means: a proposal for the designers, under the agent's name."""
    if not who.may(WRITE):
        raise Forbidden("You are not allowed to do this.")
    message = await store.messages.get(message_id)
    if message is None or message.direction is not Direction.IN or said_in(message) is None:
        raise NotFound("There is no such message of a customer.")
    await seen(who, message.conversation_id, store=store)
    if not message.parse:
        raise Invalid("The bot has not read this message.")
    if not intent.strip() or len(intent) > 100 or "\n" in intent:
        raise Invalid("An intent's name has up to 100 characters.")
    proposal = Proposal(
        id=message.id,
        conversation_id=message.conversation_id,
        intent=intent.strip(),
        by=person(who),
        at=teaching.clock(),
    )
    await store.reviews.proposals.put(proposal)
    return proposal


async def _decide(
    teaching: Teaching,
    who: Principal,
    deed: Deed,
    texts: tuple[str, ...],
    verdict: Verdict,
    edition: str | None,
) -> Review:
    """Take the keys for ourselves. Raises `AlreadyThere`, naming who has one."""
    if not deed.keys or len(deed.keys) > MOST_AT_ONCE:
        raise Invalid(f"1 to {MOST_AT_ONCE} texts can be reviewed at once.")
    review = Review(
        id=new_id(),
        keys=tuple(dict.fromkeys(_kept(key, edition) for key in deed.keys)),
        texts=texts,
        verdict=verdict,
        intent=deed.intent,
        by=person(who),
        at=teaching.clock(),
        edition=edition,
    )
    if not await teaching.store.reviews.add(review):
        other = await teaching.store.reviews.of_key(review.keys)
        name = other.by.name if other else "Somebody else"
        raise AlreadyThere(f"{name} has reviewed this already.")
    return review


def _kept(key: str, edition: str | None) -> str:
    """A text's key as it is kept: what one edition was taught, another may still be."""
    return f"{edition}:{key}" if edition else key


async def _said(teaching: Teaching, edition: str | None) -> list[Said]:
    """What customers wrote and an edition read, masked, with agents' corrections."""
    store, since = teaching.store, teaching.clock() - SPAN
    proposed = await store.reviews.proposed_since(since, MOST_MESSAGES)
    found = [m async for m in store.understood.since(since, MOST_MESSAGES, edition)]
    wanted = {m.conversation_id for m in found}
    conversations = {c.id: c for c in await store.conversations.involved(wanted, ())}
    return await asyncio.to_thread(
        lambda: [
            one
            for message in found
            if (one := _one(message, conversations.get(message.conversation_id), proposed.get(message.id)))
        ]
    )


def _one(message: Message, conversation: Conversation | None, proposal: Proposal | None) -> Said | None:
    text = said_in(message)
    if not text or text.startswith("/") or not normal(text) or len(text) > MOST_TEXT:
        return None
    parse = message.parse or {}
    names = (conversation.contact.name,) if conversation else ()
    ranking = tuple(
        (str(one.get("name")), float(one.get("confidence") or 0))
        for one in parse.get("ranking") or []
        if one.get("name") != FALLBACK
    )
    acted = parse.get("intent") or {}
    best = ranking[0] if ranking else (acted.get("name"), float(acted.get("confidence") or 0))
    shown = _masks.of(message.id, text, names)
    kept = [e for e in parse.get("entities") or [] if text == shown or len(text) == len(shown)]
    return Said(
        text=shown,
        intent=best[0] if best[0] != FALLBACK else None,
        confidence=best[1],
        ranking=ranking[:5],
        entities=tuple(e for e in kept if e.get("extractor") in _LEARNT),
        was_handed_over=bool(parse.get("handoff")),
        at=message.created_at,
        message_id=message.id,
        corrected=proposal.intent if proposal else None,
        corrected_by=proposal.by.name if proposal else None,
    )
