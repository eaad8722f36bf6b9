"""Version 2: a contact carries the words by which it is found."""

from typing import Any

from pymongo import UpdateOne

from inbox.model.contact import Contact
from inbox.model.profile import contact_words
from inbox.store.codec import to_value

_BATCH = 1000


async def write_words(database: Any) -> None:
    """Give them to the contacts that have none yet."""
    writes: list[UpdateOne] = []
    async for document in database.contacts.find({"words": {"$exists": False}}):
        contact = to_value(document, Contact)
        writes.append(UpdateOne({"_id": contact.id}, {"$set": {"words": contact_words(contact)}}))
        if len(writes) == _BATCH:
            await database.contacts.bulk_write(writes, ordered=False)
            writes = []
    if writes:
        await database.contacts.bulk_write(writes, ordered=False)
