"""Drop the indexes that MongoDB could not use for our questions; at the start they are made anew."""

from typing import Any

CHANGED = {
    "contacts": ("identity_keys_1",),
    "conversations": ("status_1_waiting_since_1",),
    "messages": ("external_key_1", "conversation_id_1_client_id_1"),
}


async def index_what_is_asked(database: Any) -> None:
    """Drop those indexes of version 1 whose filter has changed since."""
    for collection, names in CHANGED.items():
        present = await database[collection].index_information()
        for name in names:
            if name in present:
                await database[collection].drop_index(name)
