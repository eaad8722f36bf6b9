"""Custom actions that may be run while a model is tried: those that say that they change nothing anywhere.

An action says so by `harmless = True` in its class. All others stay untouched: see `imaginary.Untouched`.
"""

from __future__ import annotations

from inspect import isabstract
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import Action

from imaginary import Untouched


def install() -> None:
    """From here on harmless actions run within this process, and no others run at all."""
    executor = ActionExecutor()
    executor.register_package("actions")
    allowed = {kind().name() for kind in _kinds(Action) if getattr(kind, "harmless", False)}

    async def run(
        self: RemoteAction,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        if self.name() not in allowed:
            return await Untouched(self.name()).run(output_channel, nlg, tracker, domain)
        answer: Any = await executor.run(self._action_call_format(tracker, domain)) or {}
        said = await self._utter_responses(answer.get("responses") or [], output_channel, nlg, tracker)
        return [*said, *deserialise_events(answer.get("events") or [])]

    RemoteAction.run = run


def is_run(name: str) -> bool:
    """Whether an action of that name is one that is run here."""
    return any(getattr(kind, "harmless", False) and kind().name() == name for kind in _kinds(Action))


def _kinds(kind: type[Any]) -> list[type[Any]]:
    """All classes of ours below `kind` that can be made."""
    below = [each for one in kind.__subclasses__() for each in (one, *_kinds(one))]
    return [one for one in below if one.__module__.startswith("actions") and not isabstract(one)]
