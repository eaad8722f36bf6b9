"""What a person may ask of us: all that we keep of them, and that we forget it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import msgspec
import structlog

from connectors.contract import Clock
from inbox.actions import audit
from inbox.actions.desk import Desk
from inbox.actions.errors import Forbidden, Invalid, NotFound
from inbox.model.contact import Contact
from inbox.model.erasure import Erasure, Person, fingerprint, finished
from inbox.model.ids import new_id
from inbox.model.people import ADMIN, Principal
from inbox.store import Store

log = structlog.get_logger(__name__)
replace = msgspec.structs.replace

Forget = Callable[[str], Awaitable[bool]]
"""Makes the bot forget a conversation, by its id. False if it cannot be asked now."""

Recall = Callable[[str], Awaitable[list[dict[str, Any]]]]
"""What the bot remembers of a conversation, by its id."""

Held = Callable[[Person], Awaitable[list[str]]]
"""What the bot is taught with a person's address or name in it: see `Erasure.held`."""

Holdings = dict[str, list[dict[str, Any]]]
"""The documents of each collection."""

_INTERNAL = ("work", "turn", "delivery")
_NOT_SAID = {
    "messages": ("words",),
    "conversations": ("words",),
    "contacts": ("words",),
    "webhook_deliveries": ("body", "owner"),
    "audit_log": ("prior", "hash", "address", "program"),
}
"""What the search looks for (in a consent, `words` is what the customer said), the same message once more,
sealed, and where colleagues sat."""

_LONGEST_REASON = 500
_SETTLES = timedelta(seconds=30)


async def person_of(desk: Desk, who: Principal, contact_id: str) -> tuple[Contact, Person]:
    """A contact that was not merged into another, and all by which its traces are found.

    Raises `Forbidden`, `NotFound`.
    """
    if not who.may(ADMIN):
        raise Forbidden("You are not allowed to do this.")
    contact = await desk.store.contacts.get(contact_id)
    if contact is None or contact.merged_into:
        raise NotFound("There is no such customer.")
    return contact, await desk.store.persons.find(await desk.store.contacts.family(contact_id))


async def holdings_of(
    desk: Desk, who: Principal, contact_id: str, *, recall: Recall
) -> tuple[Contact, Holdings]:
    """A contact, and every document that is kept of them, of those merged into them too.

    With them what the bot remembers, as `bot_memory`, and whatever colleagues did to them, as `audit_log`.
    Raises `Forbidden`, `NotFound`.
    """
    contact, person = await person_of(desk, who, contact_id)
    await audit.note(who, "person.exported", f"contact:{contact_id}", store=desk.store, clock=desk.clock)
    found: Holdings = {}
    async for collection, document in desk.store.persons.documents(person):
        found.setdefault(collection, []).append(document)
    for conversation_id in person.conversation_ids:
        events = await recall(conversation_id)
        if events:
            found.setdefault("bot_memory", []).append({"_id": conversation_id, "events": events})
    log.info("a person's data exported", by=who.id, contact=contact_id)
    return contact, found


async def erase_person(
    desk: Desk, who: Principal, contact_id: str, reason: str, *, forget: Forget, held: Held
) -> Erasure:
    """Erase a contact, and everything that is kept of them, for good.

    All is gone when this returns, except what the bot remembers if it could not be asked. What they refused
    stays refused, under fingerprints of their addresses. `resume` looks again when what was under way has
    ended, and gives the certificate, whatever happens to this process.
    Raises `Forbidden`, `NotFound`, `Invalid`.
    """
    contact, person = await person_of(desk, who, contact_id)
    reason = " ".join(reason.split())
    if len(reason) > _LONGEST_REASON:
        raise Invalid(f"A reason has at most {_LONGEST_REASON} characters.")
    salt = await desk.store.consents.salt()
    erasure = Erasure(
        id=new_id(),
        asked_at=desk.clock(),
        by=who.name,
        reason=reason,
        fingerprints=tuple(sorted(fingerprint(salt, key) for key in contact.identity_keys)),
        person=person,
        erased=await desk.store.persons.count(person),
    )
    await audit.note(
        who,
        "person.erased",
        f"erasure:{erasure.id}",
        store=desk.store,
        clock=desk.clock,
        along=lambda session: desk.store.persons.keep(erasure, session),
    )
    log.info("erasure begun", erasure=erasure.id, by=who.id)
    return await go_on(erasure, store=desk.store, clock=desk.clock, forget=forget, held=held)


async def go_on(erasure: Erasure, *, store: Store, clock: Clock, forget: Forget, held: Held) -> Erasure:
    """Do what is left of an erasure. Safe to do again, also by two at once.

    It is done once nothing was found `_SETTLES` after it was asked for: a turn, a file or an index entry that
    was under way may have been written after the first look.
    """
    if erasure.person is None:
        return erasure
    erasure, person = await _with_strays(erasure, erasure.person, store)
    await store.persons.take_out(person)
    await store.persons.erase(person)
    for conversation_id in person.conversation_ids:
        if not await forget(conversation_id):
            log.warning("erasure waits for the bot", erasure=erasure.id)
            return erasure
    if clock() < erasure.asked_at + _SETTLES or await store.persons.count(person):
        return erasure
    done = finished(erasure, await held(person), clock())
    await store.persons.keep(done)
    log.info("erasure done", erasure=erasure.id, held=len(done.held))
    return done


async def _with_strays(erasure: Erasure, person: Person, store: Store) -> tuple[Erasure, Person]:
    """With what began after it was asked for: who wrote in that moment may have a conversation more."""
    found = await store.persons.find(list(person.contact_ids))
    if set(found.conversation_ids) <= set(person.conversation_ids):
        return erasure, person
    person = replace(
        person,
        conversation_ids=tuple(dict.fromkeys((*person.conversation_ids, *found.conversation_ids))),
        external_keys=tuple(dict.fromkeys((*person.external_keys, *found.external_keys))),
        values=tuple(sorted({*person.values, *found.values})),
        names=tuple(sorted({*person.names, *found.names})),
    )
    erasure = replace(erasure, person=person)
    await store.persons.keep(erasure)
    return erasure, person


async def resume(store: Store, clock: Clock, forget: Forget, held: Held) -> None:
    """Go on with the erasures that were begun and have more to do."""
    for erasure in await store.persons.unfinished():
        await go_on(erasure, store=store, clock=clock, forget=forget, held=held)


def without(document: dict[str, Any], *names: str) -> dict[str, Any]:
    """A document as it is shown to the person: without what is there only for our own work."""
    return {("id" if k == "_id" else k): v for k, v in document.items() if k not in names}


def readable(holdings: Holdings) -> bytes:
    """All of it as JSON, indented, times in ISO 8601."""
    shown = {
        name: [without(document, *_INTERNAL, *_NOT_SAID.get(name, ())) for document in documents]
        for name, documents in holdings.items()
    }
    return msgspec.json.format(msgspec.json.encode(shown), indent=2)
