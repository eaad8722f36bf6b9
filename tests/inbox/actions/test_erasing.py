"""A person who writes in the very moment in which they are erased leaves nothing behind."""

from typing import Any

from inbox.actions import privacy
from inbox.model.commit import Commit, ConversationChange
from inbox.model.conversation import ContactCard
from inbox.model.erasure import Person
from inbox.model.people import PERMISSIONS, Principal, Role
from tests.inbox.factories import a_conversation, a_message, phone
from tests.inbox.office import Office

ADMIN = Principal(id="0" * 28, name="Admin", permissions=PERMISSIONS[Role.ADMIN])


async def test_a_conversation_that_begins_meanwhile_is_erased_too(office: Office) -> None:
    """Its hook had read the contact before that was taken out, and commits after it."""
    await office.hears("Hello")
    (someone,) = await office.store.contacts.known_as([phone().key])
    late = a_conversation(contact_id=someone.id, channel_id="sms", contact=ContactCard("Ada"))

    async def forget(conversation_id: str) -> bool:
        async def work(session: Any) -> tuple[Commit, None]:
            change = ConversationChange(None, late, [a_message(late)], [])
            return Commit(conversations=[change]), None

        if await office.store.conversations.get(late.id) is None and conversation_id != late.id:
            await office.store.change(work)
        return True

    async def forgotten(conversation_id: str) -> bool:
        return True

    async def nothing_is_held(person: Person) -> list[str]:
        return []

    begun = await privacy.erase_person(
        office.desk, ADMIN, someone.id, "asked", forget=forget, held=nothing_is_held
    )
    assert await office.store.conversations.get(late.id)
    for _ in range(2):
        office.clock.forward(seconds=40)
        await privacy.resume(office.store, office.clock, forgotten, nothing_is_held)
    assert await office.store.conversations.get(late.id) is None
    assert await office.store.messages.page(late.id, before_seq=None, limit=9) == ([], False)
    done = await office.store.persons.erasure(begun.id)
    assert done and done.done_at and done.certificate
