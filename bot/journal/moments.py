"""The dialogue as it stood before each action: what policies predict from, worked out once.

Stock Rasa replays all events for every prediction, and again for each policy. Here an event that comes is
replayed once; what was before it stays as it is.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any, NamedTuple

from rasa.shared.core.constants import PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, LegacyForm, UserUttered
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT

LOOPS = (ActiveLoop, LegacyForm)


class Moment(NamedTuple):
    """The dialogue as it stood before an action. Actions are counted from 0."""

    state: State
    hide_rule_turn: bool
    previous_action: dict[str, str] | None
    previous_name: str | None
    has_followup: bool
    """Whether the action was asked for by the one before."""
    loop: str | None
    said_at: int
    """How many actions there had been when the customer last said something…"""
    loop_at: int
    """…and when the loop began."""

    @property
    def is_forced(self) -> bool:
        """Whether the action was asked for by a follow-up, or is a loop going on."""
        return self.has_followup or self.previous_name == self.loop


class Told:
    """A tracker's moments so far. The states in them are not to be changed."""

    def __init__(self, slots: Iterable[Slot], sender_id: str, omit_unset_slots: bool) -> None:
        """`slots`: the tracker's."""
        self._sender_id = sender_id
        self._slots = [slot for slot in slots if slot.has_features()]
        self._omit_unset_slots = omit_unset_slots
        self._applied: list[Event] = []
        self._begin()

    def _begin(self) -> None:
        self._seen: list[Event] = []
        self.fixed: list[Moment] = []
        self.places: list[int] = []
        """Of each action among the applied events."""
        self._replay = _Replay(self._sender_id, self._slots)
        self._said_at = self._loop_at = 0
        self._views: dict[bool, _View] = {}
        self._now: Moment | None = None

    def look(self, applied: list[Event], domain: Domain) -> Moment:
        """The moment now, after `applied`, which the caller gives again as long as it is the same."""
        if applied is self._applied and self._now is not None:
            return self._now
        known = len(self._seen)
        if known > len(applied) or not all(map(operator.is_, self._seen, applied)):
            self._begin()  # something was undone
            known = 0
        for place in range(known, len(applied)):
            self._take(applied[place], place, domain)
        self._seen = self._applied = applied
        self._now = self._moment(domain, False)
        return self._now

    def _take(self, event: Event, place: int, domain: Domain) -> None:
        kind = type(event)
        if kind is ActionExecuted:
            self.fixed.append(self._moment(domain, event.hide_rule_turn))
            self.places.append(place)
        elif kind is UserUttered:
            self._said_at = len(self.fixed)
        elif kind in LOOPS:
            self._loop_at = len(self.fixed)
        self._replay.update(event)

    def _moment(self, domain: Domain, hide_rule_turn: bool) -> Moment:
        at = self._replay
        return Moment(
            domain.get_active_state(at, omit_unset_slots=self._omit_unset_slots),
            hide_rule_turn,
            at.latest_action,
            at.latest_action_name,
            bool(at.followup_action),
            at.active_loop_name,
            self._said_at,
            self._loop_at,
        )

    def states(
        self,
        applied: list[Event],
        domain: Domain,
        ignore_rule_only_turns: bool,
        rule_only_data: dict[str, Any] | None,
    ) -> tuple[list[State], State | None]:
        """`Domain.states_for_tracker_history`: the states before each action so far, and the one now.

        There is none now where the turn is one of rules only. Not to be changed.
        """
        now = self.look(applied, domain)
        view = self._views.get(ignore_rule_only_turns)
        if view is None or view.rule_only_data != rule_only_data:
            view = _View(domain, ignore_rule_only_turns, rule_only_data)
            self._views[ignore_rule_only_turns] = view
        return view.states(self.fixed, now)


class _View:
    """States as one kind of policy sees them."""

    def __init__(
        self, domain: Domain, ignore_rule_only_turns: bool, rule_only_data: dict[str, Any] | None
    ) -> None:
        self.rule_only_data = rule_only_data
        self._domain = domain
        self._ignores = ignore_rule_only_turns
        self._states: list[State] = []
        self._known = 0
        self._last_action: dict[str, str] | None = None
        self._is_hidden = False

    def states(self, fixed: list[Moment], now: Moment) -> tuple[list[State], State | None]:
        for moment in fixed[self._known :]:
            state = self._next(moment)
            if state is not None:
                self._states.append(state)
        self._known = len(fixed)
        before = self._last_action, self._is_hidden
        state = self._next(now)
        self._last_action, self._is_hidden = before
        return self._states, state

    def _next(self, moment: Moment) -> State | None:
        if not self._ignores:
            return moment.state
        if not self._is_hidden:
            self._last_action = moment.previous_action
        if not moment.is_forced:
            self._is_hidden = moment.hide_rule_turn
        if self._is_hidden:
            return None
        state = copied(moment.state)
        self._domain._remove_rule_only_features(state, self.rule_only_data)
        if self._states:
            self._domain._substitute_rule_only_user_input(state, self._states[-1])
        if self._last_action:
            state[PREVIOUS_ACTION] = dict(self._last_action)
        return {kind: part for kind, part in state.items() if part}


class _Replay(DialogueStateTracker):
    """As much of a tracker as policies look at: no events, and only slots that influence them."""

    def __init__(self, sender_id: str, slots: list[Slot]) -> None:
        super().__init__(sender_id, ())
        self.slots = {slot.name: twin(slot) for slot in slots}
        self._reset_slots()

    def update(self, event: Event, domain: Domain | None = None) -> None:
        event.apply_to(self)

    def _set_slot(self, key: str, value: Any) -> None:
        if key in self.slots:
            self.slots[key].value = value


def twin(slot: Slot) -> Slot:
    """As copy.copy, which takes longer to find out how."""
    made: Slot = object.__new__(type(slot))
    made.__dict__.update(slot.__dict__)
    return made


def copied(state: State) -> State:
    """A state that may be changed."""
    return {kind: dict(part) for kind, part in state.items()}


def signature(state: State) -> tuple[str | None, str | None]:
    """What was said last and what was done last, by name."""
    return state.get(USER, {}).get(INTENT), state.get(PREVIOUS_ACTION, {}).get("action_name")
