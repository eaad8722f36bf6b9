"""A model on trial: conversations told whole each time, so that none has to be kept for long."""

from __future__ import annotations

import io
import json
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.training_data.story_writer.yaml_story_writer import YAMLStoryWriter
from rasa.shared.core.training_data.structures import StoryStep
from ruamel.yaml import YAML

from fired import Names, TellingProcessor, names_of
from harmless import is_run
from imaginary import Imaginary, decision
from inbox_channel.transcript import FALLBACK_INTENT
from inbox_channel.wording import CHANNEL, Hearing
from understanding import learnt_by

MOST = 20
"""Conversations that are kept; one that is asked for again is told anew."""
SESSION = "session_started_metadata"


class Told:
    """A conversation as far as it was told: what was said, what each turn gave, and all that happened."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self.turns: list[dict[str, Any]] = []
        self.events: list[Event] = []


class Trial:
    """A loaded model. Raises what its components raise; making it blocks."""

    def __init__(self, model: Path, data: Path | None) -> None:
        self._model = Imaginary(model, kind=TellingProcessor)
        self._processor: Any = self._model.processor
        self._names: dict[str, Names] = names_of(self._processor, data) if data else {}
        self._told: OrderedDict[str, Told] = OrderedDict()
        learnt = learnt_by(model) or {}
        self.about = {
            "id": self._processor.model_metadata.model_id,
            "threshold": learnt.get("threshold"),
            "ambiguity": learnt.get("ambiguity"),
        }

    async def turns(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """What each message of `said` led to; only what was not told before is run."""
        return (await self._through(asked)).turns

    async def steps(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """The conversation as the steps of a test story, in Rasa's own words."""
        told = await self._through(asked)
        kept = [event for event in told.events if not (isinstance(event, SlotSet) and event.key == SESSION)]
        out = io.StringIO()
        YAMLStoryWriter().dump(out, [StoryStep("told", events=kept)], is_test_story=True)
        written = YAML(typ="safe").load(out.getvalue())
        steps: list[dict[str, Any]] = json.loads(json.dumps(written["stories"][0]["steps"]))
        return steps

    async def _through(self, asked: dict[str, Any]) -> Told:
        name = f"{asked['conversation']} {asked.get('kind')} {asked.get('language')}"
        told = self._told.get(name)
        if told is None or told.said != asked["said"][: len(told.said)]:
            self._model.forget(name)
            told = self._told[name] = Told()
        self._told.move_to_end(name)
        while len(self._told) > MOST:
            old, _ = self._told.popitem(last=False)
            self._model.forget(old)
        try:
            for said in asked["said"][len(told.said) :]:
                await self._turn(name, told, said, asked)
        except Exception:
            del self._told[name]
            raise
        return told

    async def _turn(self, name: str, told: Told, said: dict[str, Any], asked: dict[str, Any]) -> None:
        began = time.perf_counter()
        text, parse = self._read(said)
        message = UserMessage(
            text,
            output_channel=Hearing(asked.get("kind") or "webchat"),
            sender_id=name,
            parse_data=parse,
            input_channel=CHANNEL,
            metadata={"language": asked.get("language")},
        )
        before = told.turns[-1]["slots"] if told.turns else {}
        self._processor.told = []
        events, tracker = await self._model.take(name, message)
        found = decision(parse, events, tracker)
        took = round((time.perf_counter() - began) * 1000, 1)
        told.events += events
        told.said.append(said)
        more = {"text": text, "slots_before": before, "took_ms": took}
        told.turns.append({**found, **more, "actions": self._actions(found["actions"])})

    def _read(self, said: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """What is run, and its reading: typed words are words, only a button speaks Rasa's shorthand."""
        if said.get("payload"):
            return said["payload"], self._model.parses([said["payload"]])[0]
        text = said["text"].strip()
        bare = text.lstrip(INTENT_MESSAGE_PREFIX + " ") if text.startswith(INTENT_MESSAGE_PREFIX) else text
        if not bare:
            nothing = {"name": FALLBACK_INTENT, "confidence": 0.0}
            return text, {"text": text, "intent": nothing, "intent_ranking": [], "entities": []}
        parse, shift = self._model.parses([bare])[0], len(text) - len(bare)
        for entity in parse["entities"]:
            entity["start"] += shift
            entity["end"] += shift
        return text, {**parse, "text": text}

    def _actions(self, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """With the rule or story that chose each, where the policy tells, and whether it was run here."""
        predictions = list(self._processor.told)
        actions = []
        for action in found:
            while predictions and predictions[0][0] != action["name"]:
                predictions.pop(0)
            _, kind, key = predictions.pop(0) if predictions else (None, None, None)
            names = self._names.get(kind or "", {}).get(key or "", [])
            actions.append({**action, "chosen_by": names, "is_run": self._is_run(action["name"])})
        return actions

    def _is_run(self, name: str) -> bool:
        """Whether it did here what it does with customers; false for an action that was left out."""
        domain = self._processor.domain
        return name not in domain.user_actions or name.startswith("utter_") or is_run(name)
