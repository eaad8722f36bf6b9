"""Filling slots from a message, spared where no slot can be filled: after most messages."""

from __future__ import annotations

from typing import Any

from rasa.core.actions.action import ActionExtractSlots
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.constants import DEFAULT_SLOT_NAMES
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.slot_mappings import SlotMapping, SlotMappingType
from rasa.shared.core.trackers import DialogueStateTracker

FROM_ENTITY = str(SlotMappingType.FROM_ENTITY)
FROM_TRIGGER = str(SlotMappingType.FROM_TRIGGER_INTENT)
CUSTOM = str(SlotMappingType.CUSTOM)

_stock = ActionExtractSlots.run


async def run(
    action: ActionExtractSlots,
    output_channel: OutputChannel,
    nlg: NaturalLanguageGenerator,
    tracker: DialogueStateTracker,
    domain: Domain,
) -> list[Event]:
    """What Rasa's own finds."""
    if may_fill(tracker, domain):
        events: list[Event] = await _stock(action, output_channel, nlg, tracker, domain)
        return events
    checked: list[Event] = await action._execute_validation_action([], output_channel, nlg, tracker, domain)
    return checked


def may_fill(tracker: DialogueStateTracker, domain: Domain) -> bool:
    """Whether any slot's mapping may have to do with the last message. Says no only where Rasa's would."""
    said = tracker.latest_message
    if said is None:
        return True
    intent = said.intent.get("name")
    entities = {one.get("entity") for one in said.entities}
    loop = tracker.active_loop_name
    return any(
        _may(mapping, intent, entities, loop)
        for slot in domain.slots
        if slot.name not in DEFAULT_SLOT_NAMES
        for mapping in slot.mappings
    )


def _may(mapping: dict[str, Any], intent: str | None, entities: set[str | None], loop: str | None) -> bool:
    if mapping.get("type") == FROM_ENTITY:
        return mapping.get("entity") in entities
    if mapping.get("type") == CUSTOM and not mapping.get("action"):
        return False  # actions fill it, whenever they run
    wanted = SlotMapping.to_list(mapping.get("intent"))
    if wanted and intent not in wanted:
        return False
    conditions = mapping.get("conditions") or []
    if loop is None and conditions and mapping.get("type") != FROM_TRIGGER:
        return not all(one.get("active_loop") for one in conditions)
    return True


def install() -> None:
    """Let slots be filled so."""
    ActionExtractSlots.run = run
