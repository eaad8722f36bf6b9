"""Contacts merged by hand and parted again, also while customers write and colleagues do the same."""

import asyncio
from typing import Any

import pytest

from connectors.events import Purpose
from inbox.actions import profiles
from inbox.actions.errors import AlreadyThere, Forbidden, Invalid, NotFound
from inbox.actions.note_consent import note_consent
from inbox.actions.unmerge import merge_by_hand, unmerge
from inbox.model.contact import Contact
from inbox.model.conversation import Conversation
from inbox.model.people import READ, Principal
from tests.inbox.factories import an_agent, heard, phone
from tests.inbox.office import Office

MARCO = an_agent("Marco Rossi")
ADA, BOB = phone("+390212340001"), phone("+390212340002")


async def owner(office: Office, who: Any) -> Contact:
    (contact,) = await office.store.contacts.known_as([who.key])
    return contact


async def two(office: Office) -> tuple[Contact, Contact]:
    await office.take(heard("I am Ada", ADA, name="Ada"), heard("I am Bob", BOB, name="Bob"))
    return await owner(office, ADA), await owner(office, BOB)


async def conversations(office: Office, contact: Contact) -> list[Conversation]:
    return await office.store.conversations.of_contact(contact.id)


async def the_merge(office: Office, contact: Contact) -> str:
    return (await office.store.merges.of(contact.id))[0].id


async def nobody_is_lost(office: Office) -> None:
    """Every conversation belongs to a contact that is there, with one current at most on a channel."""
    places: set[tuple[str, str]] = set()
    for each in await office.store.conversations.page({}, waiting=False, after=None, limit=100):
        contact = await office.store.contacts.get(each.contact_id)
        assert contact and contact.merged_into is None, each.id
        if each.current:
            assert (each.contact_id, each.channel_id) not in places
            places.add((each.contact_id, each.channel_id))


async def test_what_was_given_goes_back_and_what_came_since_stays(office: Office) -> None:
    ada, bob = await two(office)
    (bobs,) = await conversations(office, bob)
    await profiles.edit(office.desk, MARCO, bob.id, {"email": "bob@example.com"})
    await profiles.add_note(office.desk, MARCO, bob.id, "About Bob.")
    kept = await merge_by_hand(office.desk, MARCO, ada.id, bob.id)
    assert kept.attributes == {"email": "bob@example.com"}
    assert {c.id for c in await conversations(office, ada)} >= {bobs.id}
    assert [n.text for n in await profiles.notes_of(office.desk, ada.id)] == ["About Bob."]
    await profiles.add_note(office.desk, MARCO, ada.id, "About Ada.")
    await profiles.edit(office.desk, MARCO, ada.id, {"phone": "+390299999999"})
    await office.take(heard("since", phone("+390212340003"), ADA))

    again = await unmerge(office.desk, MARCO, ada.id, await the_merge(office, ada))
    ada, bob = await owner(office, ADA), await owner(office, BOB)
    assert again == bob and bob.attributes == {"email": "bob@example.com"} and bob.name == "Bob"
    assert (ada.name, ada.attributes) == ("Ada", {"phone": "+390299999999"})
    assert ada.identity_keys == (ADA.key, "phone:+390212340003")
    assert [c.id for c in await conversations(office, bob)] == [bobs.id]
    assert (await conversations(office, bob))[0].contact.name == "Bob"
    assert [n.text for n in await profiles.notes_of(office.desk, bob.id)] == ["About Bob."]
    assert [n.text for n in await profiles.notes_of(office.desk, ada.id)] == ["About Ada."]
    await nobody_is_lost(office)


async def test_both_go_on_where_they_were_before_the_merge(office: Office) -> None:
    ada, bob = await two(office)
    (adas,), (bobs,) = await conversations(office, ada), await conversations(office, bob)
    assert adas.current and bobs.current
    await merge_by_hand(office.desk, MARCO, ada.id, bob.id)
    assert sum(c.current for c in await conversations(office, ada)) == 1
    await unmerge(office.desk, MARCO, ada.id, await the_merge(office, ada))
    await office.take(heard("Ada again", ADA), heard("Bob again", BOB))
    assert [c.id for c in await conversations(office, ada)] == [adas.id]
    assert [c.id for c in await conversations(office, bob)] == [bobs.id]


async def test_a_refusal_goes_with_the_one_who_said_it(office: Office) -> None:
    ada, bob = await two(office)
    (bobs,) = await conversations(office, bob)
    await note_consent(
        office.desk, bobs.id, MARCO, granted=False, purpose=Purpose.CONVERSATION, words="on the phone"
    )
    await merge_by_hand(office.desk, MARCO, ada.id, bob.id)
    assert await office.store.consents.refusals("whatsapp", [ADA.key], ada.id)
    await unmerge(office.desk, MARCO, ada.id, await the_merge(office, ada))
    assert await office.store.consents.refusals("whatsapp", [BOB.key], bob.id)
    assert not await office.store.consents.refusals("whatsapp", [ADA.key], ada.id)
    assert [bool(c.refusals) for c in await conversations(office, ada)] == [False]
    assert [bool(c.refusals) for c in await conversations(office, bob)] == [True]
    assert len(await office.store.consents.ledger(bob.id)) == 1
    assert not await office.store.consents.ledger(ada.id)


async def test_two_who_merge_the_same_two_at_once_the_other_way_round(office: Office) -> None:
    ada, bob = await two(office)
    done = await asyncio.gather(
        merge_by_hand(office.desk, MARCO, ada.id, bob.id),
        merge_by_hand(office.another().desk, MARCO, bob.id, ada.id),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in done) == ["AlreadyThere", "Contact"]
    assert await owner(office, ADA) == await owner(office, BOB)
    await nobody_is_lost(office)


async def test_two_who_undo_a_merge_at_once_do_it_once(office: Office) -> None:
    ada, bob = await two(office)
    await merge_by_hand(office.desk, MARCO, ada.id, bob.id)
    merge = await the_merge(office, ada)
    done = await asyncio.gather(
        *(unmerge(o.desk, MARCO, ada.id, merge) for o in (office, office.another(), office.another())),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in done) == ["AlreadyThere", "AlreadyThere", "Contact"]
    assert (await owner(office, ADA)).id == ada.id and (await owner(office, BOB)).id == bob.id
    assert await office.store.merges.of(ada.id) == []


@pytest.mark.parametrize("attempt", range(8))
async def test_a_customer_who_writes_meanwhile_is_not_lost(office: Office, attempt: int) -> None:
    ada, bob = await two(office)
    other = office.another()
    webchat = heard("I am here too", BOB, id="new-conversation")
    on_another_channel = type(webchat)("sms", "sms", webchat.event)

    async def writes() -> None:
        await asyncio.sleep(attempt / 500)
        await other.take(on_another_channel)
        await other.take(heard("and here", BOB))

    await asyncio.gather(writes(), merge_by_hand(office.desk, MARCO, ada.id, bob.id))
    await nobody_is_lost(office)
    merge = await the_merge(office, ada)
    await asyncio.gather(other.take(heard("still", BOB)), unmerge(office.desk, MARCO, ada.id, merge))
    await nobody_is_lost(office)
    assert (await owner(office, BOB)).id == bob.id


async def test_merges_on_merges_are_undone_from_the_last(office: Office) -> None:
    ada, bob = await two(office)
    carl = phone("+390212340009")
    await office.take(heard("I am Carl", carl, name="Carl"))
    third = await owner(office, carl)
    await merge_by_hand(office.desk, MARCO, ada.id, bob.id)
    first = await the_merge(office, ada)
    await merge_by_hand(office.desk, MARCO, third.id, ada.id)
    with pytest.raises(AlreadyThere, match="Undo that first"):
        await unmerge(office.desk, MARCO, ada.id, first)
    await unmerge(office.desk, MARCO, third.id, await the_merge(office, third))
    await unmerge(office.desk, MARCO, ada.id, first)
    assert [(await owner(office, who)).id for who in (ADA, BOB, carl)] == [ada.id, bob.id, third.id]
    await nobody_is_lost(office)


async def test_what_makes_no_sense_is_refused(office: Office) -> None:
    ada, bob = await two(office)
    reader = Principal(id="r", name="Rita", permissions=frozenset({READ}))
    with pytest.raises(Forbidden):
        await merge_by_hand(office.desk, reader, ada.id, bob.id)
    with pytest.raises(Invalid):
        await merge_by_hand(office.desk, MARCO, ada.id, ada.id)
    with pytest.raises(NotFound):
        await merge_by_hand(office.desk, MARCO, ada.id, "nobody")
    await merge_by_hand(office.desk, MARCO, ada.id, bob.id)
    with pytest.raises(NotFound):
        await unmerge(office.desk, MARCO, bob.id, await the_merge(office, ada))
