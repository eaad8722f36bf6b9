"""Rasa's tracker with a bounded memory, and without working everything out anew at every glance.

Stock Rasa replays all events whenever an action runs (a copy) and several times for each prediction
(the states before every action), so that a turn costs more the longer the conversation is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import Any

from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    Event,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

from journal.moments import LOOPS, Told, copied, twin

BEGINNING = {Restarted, SessionStarted}
"""Events before which nothing counts any more."""
UNDOING = {ActionReverted, UserUtteranceReverted}


class BoundedTracker(DialogueStateTracker):
    """Gives the same answers as Rasa's tracker on the same events."""

    def __init__(self, sender_id: str, slots: Iterable[Slot] | None, *args: Any, **options: Any) -> None:
        super().__init__(sender_id, None if slots is None else (), *args, **options)
        for slot in slots or ():
            self.slots[slot.name] = twin(slot)
        self._reset_slots()
        self.aside: dict[str, Any] = {}
        """Slots that another model's domain knows and this one does not: kept for its next turn."""
        self._told: dict[bool, Told] = {}
        self._applied: list[Event] = []
        self._applied_till: tuple[int, Event | None] = (0, None)
        self._loops: set[str] = set()

    def copy(self) -> BoundedTracker:
        """A tracker that may be changed without changing this one."""
        other = self.init_copy()
        other.events = deque(self.events, self._max_event_history)
        for name, slot in self.slots.items():
            other.slots[name].__dict__.update(slot.__dict__)
        other.aside = dict(self.aside)
        other._paused = self._paused
        other.followup_action = self.followup_action
        other.latest_action = self.latest_action
        other.latest_message = self.latest_message
        other.latest_bot_utterance = self.latest_bot_utterance
        other.active_loop = replace(self.active_loop) if self.active_loop else None
        return other

    def init_copy(self) -> BoundedTracker:
        """A tracker of the same conversation that has seen nothing."""
        return BoundedTracker(
            self.sender_id,
            self.slots.values(),
            self._max_event_history,
            is_rule_tracker=self.is_rule_tracker,
        )

    def applied_events(self) -> list[Event]:
        """As Rasa's, worked out once for each event that comes."""
        return list(self._applying())

    def _applying(self) -> list[Event]:
        """The same list as long as nothing comes. Not to be changed."""
        known, last = self._applied_till
        count = len(self.events)
        if count == known and (not count or self.events[-1] is last):
            return self._applied
        new = list(islice(reversed(self.events), count - known))[::-1] if count > known else []
        if new and known and self.events[known - 1] is last and self._only_add(new):
            self._applied = [*self._applied, *new]
        else:
            self._applied = self._all_that_counts()
        self._applied_till = count, self.events[-1] if count else None
        return self._applied

    def _only_add(self, new: list[Event]) -> bool:
        """Whether these change nothing about the events before them."""
        for event in new:
            kind = type(event)
            if kind in BEGINNING or kind in UNDOING or (kind in LOOPS and event.name):
                return False
            if kind is ActionExecuted and event.action_name in self._loops:
                return False
        return True

    def _all_that_counts(self) -> list[Event]:
        kinds = {type(event) for event in self.events}
        self._loops = loops = {event.name for event in self.events if type(event) in LOOPS and event.name}
        if kinds & UNDOING:
            return super().applied_events()
        applied: list[Event] = []
        for event in self.events:
            kind = type(event)
            if kind in BEGINNING:
                applied = []
            elif (
                kind is ActionExecuted
                and event.action_name in loops
                and not self._first_loop_execution_or_unhappy_path(event.action_name, applied)
            ):
                self._undo_till_previous_loop_execution(event.action_name, applied)
            else:
                applied.append(event)
        return applied

    def past_states(
        self,
        domain: Domain,
        omit_unset_slots: bool = False,
        ignore_rule_only_turns: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        """As `Domain.states_for_tracker_history`, from moments that are kept."""
        states, now = self.states(domain, omit_unset_slots, ignore_rule_only_turns, rule_only_data)
        return [copied(state) for state in (*states, now) if state is not None]

    def states(
        self,
        domain: Domain,
        omit_unset_slots: bool,
        ignore_rule_only_turns: bool,
        rule_only_data: dict[str, Any] | None,
    ) -> tuple[list[State], State | None]:
        """The past states, and the one now unless it is hidden: for looking at, not to be changed."""
        told = self._moments(omit_unset_slots)
        return told.states(self._applying(), domain, ignore_rule_only_turns, rule_only_data)

    def told(self, domain: Domain) -> tuple[Told, list[Event]]:
        """The moments so far, and the events that they are of."""
        told = self._moments(False)
        applied = self._applying()
        told.look(applied, domain)
        return told, applied

    def _moments(self, omit_unset_slots: bool) -> Told:
        if omit_unset_slots not in self._told:
            self._told[omit_unset_slots] = Told(self.slots.values(), self.sender_id, omit_unset_slots)
        return self._told[omit_unset_slots]


def strip(message: UserUttered) -> None:
    """Forget what only the message's own turn needs: the other intents, tokens, response candidates."""
    kept = ("intent", "entities", "text", "message_id", "metadata")
    message.parse_data = {name: message.parse_data[name] for name in kept if name in message.parse_data}
