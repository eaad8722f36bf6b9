"""Work that Rasa does at every turn and that changes nothing, spared."""

from __future__ import annotations

import random
from typing import Any

import jsonschema
import rasa.core.policies.memoization
import rasa.core.policies.rule_policy
import rasa.core.processor
from rasa.core.actions.action import RemoteAction
from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator

from engine import recall, rules, slots, states

PLAIN = {"slot", "followup", "active_loop"}
"""Events of an action server's that the schema asks hardly more of than their kind."""


class Checked:
    """Checks action servers' answers as stock Rasa does, which checks the schema itself each time, too."""

    _validator: jsonschema.protocols.Validator | None = None

    @classmethod
    def validate(cls, answer: dict[str, Any]) -> bool:
        """True. Raises `jsonschema.ValidationError` when an action server does not keep to the format."""
        if is_plain(answer):
            return True
        if cls._validator is None:
            schema = RemoteAction.action_response_format_spec()
            cls._validator = jsonschema.validators.validator_for(schema)(schema)
        error = jsonschema.exceptions.best_match(cls._validator.iter_errors(answer))
        if error is not None:
            raise error
        return True


def is_plain(answer: Any) -> bool:
    """Whether an answer keeps to the format at a glance; of most others only the schema can tell."""
    if type(answer) is not dict:
        return False
    events, responses = answer.get("events", []), answer.get("responses", [])
    return (
        type(events) is list
        and type(responses) is list
        and all(type(one) is dict for one in responses)
        and all(map(_is_plain, events))
    )


def _is_plain(event: Any) -> bool:
    return (
        type(event) is dict
        and event.get("event") in PLAIN
        and type(event.get("timestamp")) in (type(None), int, float)
        and type(event.get("metadata")) in (type(None), dict)
        and (event["event"] != "slot" or (type(event.get("name")) is str and "value" in event))
    )


class Uncopied:
    """Stands for `copy` where Rasa copies whole dialogues for debug lines that are never written."""

    @staticmethod
    def deepcopy(it: Any) -> Any:
        """The thing itself."""
        return it


def one_of(
    generator: TemplatedNaturalLanguageGenerator, name: str, channel: str, filled: dict[str, Any]
) -> dict[str, Any] | None:
    """Any of a response's variations that suit the channel and the slots, without numpy's roundabout way."""
    if name not in generator.responses:
        return None
    suitable = ResponseVariationFilter(generator.responses).responses_for_utter_action(name, channel, filled)
    return random.choice(suitable) if suitable else None  # noqa: S311


def install() -> None:
    """Put these in the place of Rasa's own."""
    for module in (rasa.core.processor, rasa.core.policies.memoization, rasa.core.policies.rule_policy):
        module.copy = Uncopied
    RemoteAction._validate_action_result = lambda self, answer: Checked.validate(answer)
    TemplatedNaturalLanguageGenerator._random_response_for = one_of
    recall.install()
    rules.install()
    slots.install()
    states.install()
