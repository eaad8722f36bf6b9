"""Writing down what the bot has found out about a customer."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import SlotSet

CONTACT_SLOT = "contact"


def note_about_contact(**attributes: Any) -> dict[str, Any]:
    """The event by which any action sets attributes of the customer's contact; return it from its `run`.

    They are those that an admin has defined, by their names in programs, and `name`, `email` and `phone`;
    None takes one away. The inbox writes them together with the bot's answer, to the contact of this
    conversation and to no other, or not at all: no key for its API is needed, and nothing is written twice.
    """
    return SlotSet(CONTACT_SLOT, attributes)
