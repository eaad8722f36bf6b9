"""What rules look at beside a conversation, read only where a rule asks for it."""

from collections.abc import Iterable
from typing import Any

from inbox.actions.desk import Desk
from inbox.model.conversation import Conversation
from inbox.model.hours import is_open
from inbox.model.rules import Rule, Surroundings


async def surroundings(
    desk: Desk, rules: Iterable[Rule], conversation: Conversation, session: Any = None
) -> Surroundings:
    """Of the conversation as it is now: its customer's attributes, and whether its team is there.

    Without a team it is the default one; a team without hours is always there.
    """
    asked = {condition.field for rule in rules for condition in rule.conditions}
    attributes: dict[str, Any] = {}
    is_there = True
    if "attribute" in asked:
        contact = await desk.store.contacts.get(conversation.contact_id, session)
        attributes = contact.attributes if contact else {}
    if "hours" in asked:
        teams = await desk.store.teams.all(session)
        own = next((t for t in teams if t.id == conversation.team_id), None)
        team = own or next((t for t in teams if t.is_default), None)
        is_there = team is None or team.hours is None or is_open(team.hours, desk.clock())
    return Surroundings(attributes=attributes, is_there=is_there)
