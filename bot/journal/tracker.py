"""Rasa's tracker with a bounded memory, and without working everything out anew at every glance.

Stock Rasa replays all events whenever an action runs (a copy) and several times for each prediction
(the states before every action), so that a turn costs more the longer the conversation is.
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    Event,
    LegacyForm,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

BEGINNING = {Restarted, SessionStarted}
"""Events before which nothing counts any more."""
UNDOING = {ActionReverted, UserUtteranceReverted}
LOOPS = {ActiveLoop, LegacyForm}


class Moment(NamedTuple):
    """The dialogue as it stood before an action."""

    state: State
    hide_rule_turn: bool
    previous_action: dict[str, str] | None
    is_forced: bool
    """Whether the action was asked for by a follow-up, or is a loop going on."""


class BoundedTracker(DialogueStateTracker):
    """Gives the same answers as Rasa's tracker on the same events."""

    def __init__(self, sender_id: str, slots: Iterable[Slot] | None, *args: Any, **options: Any) -> None:
        super().__init__(sender_id, None if slots is None else (), *args, **options)
        for slot in slots or ():
            self.slots[slot.name] = _twin(slot)
        self._reset_slots()
        self._told: dict[bool, _Told] = {}
        self._applied: tuple[tuple[int, int], list[Event]] = ((0, 0), [])

    def copy(self) -> BoundedTracker:
        """A tracker that may be changed without changing this one."""
        other = self.init_copy()
        other.events = deque(self.events, self._max_event_history)
        for name, slot in self.slots.items():
            other.slots[name].__dict__.update(slot.__dict__)
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
        stand = (len(self.events), id(self.events[-1]) if self.events else 0)
        if self._applied[0] != stand:
            self._applied = (stand, self._all_that_counts())
        return list(self._applied[1])

    def _all_that_counts(self) -> list[Event]:
        kinds = {type(event) for event in self.events}
        if kinds & UNDOING:
            return super().applied_events()
        loops = {event.name for event in self.events if type(event) in LOOPS and event.name}
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
        if omit_unset_slots not in self._told:
            self._told[omit_unset_slots] = _Told(self, omit_unset_slots)
        moments = self._told[omit_unset_slots].moments(self, domain)
        if not ignore_rule_only_turns:
            return [_copied(moment.state) for moment in moments]
        states: list[State] = []
        last_action = None
        is_hidden = False
        for moment in moments:
            if not is_hidden:
                last_action = moment.previous_action
            if not moment.is_forced:
                is_hidden = moment.hide_rule_turn
            if is_hidden:
                continue
            state = _copied(moment.state)
            domain._remove_rule_only_features(state, rule_only_data)
            if states:
                domain._substitute_rule_only_user_input(state, states[-1])
            if last_action:
                state["prev_action"] = dict(last_action)
            states.append({kind: part for kind, part in state.items() if part})
        return states


class _Told:
    """The moments before each action so far, and a tracker that stands where they end."""

    def __init__(self, tracker: BoundedTracker, omit_unset_slots: bool) -> None:
        self._omit_unset_slots = omit_unset_slots
        self._begin(tracker)

    def _begin(self, tracker: BoundedTracker) -> None:
        self._seen: list[Event] = []
        self._moments: list[Moment] = []
        self._replay = _Replay(tracker)

    def moments(self, tracker: BoundedTracker, domain: Domain) -> list[Moment]:
        """Those before each action that `tracker` applied, and the one now."""
        applied = tracker.applied_events()
        known = len(self._seen)
        if known > len(applied) or not all(map(operator.is_, self._seen, applied)):
            self._begin(tracker)  # something was undone
            known = 0
        for event in applied[known:]:
            if isinstance(event, ActionExecuted):
                self._moments.append(self._moment(domain, event.hide_rule_turn))
            self._replay.update(event)
        self._seen = applied
        return [*self._moments, self._moment(domain, False)]

    def _moment(self, domain: Domain, hide_rule_turn: bool) -> Moment:
        at = self._replay
        return Moment(
            domain.get_active_state(at, omit_unset_slots=self._omit_unset_slots),
            hide_rule_turn,
            at.latest_action,
            bool(at.followup_action) or at.latest_action_name == at.active_loop_name,
        )


class _Replay(DialogueStateTracker):
    """As much of a tracker as policies look at: no events, and only slots that influence them."""

    def __init__(self, tracker: BoundedTracker) -> None:
        super().__init__(tracker.sender_id, ())
        self.slots = {name: _twin(slot) for name, slot in tracker.slots.items() if slot.has_features()}
        self._reset_slots()

    def update(self, event: Event, domain: Domain | None = None) -> None:
        event.apply_to(self)

    def _set_slot(self, key: str, value: Any) -> None:
        if key in self.slots:
            self.slots[key].value = value


def strip(message: UserUttered) -> None:
    """Forget what only the message's own turn needs: the other intents, tokens, response candidates."""
    kept = ("intent", "entities", "text", "message_id", "metadata")
    message.parse_data = {name: message.parse_data[name] for name in kept if name in message.parse_data}


def _twin(slot: Slot) -> Slot:
    """As copy.copy, which takes longer to find out how."""
    twin: Slot = object.__new__(type(slot))
    twin.__dict__.update(slot.__dict__)
    return twin


def _copied(state: State) -> State:
    return {kind: dict(part) for kind, part in state.items()}
