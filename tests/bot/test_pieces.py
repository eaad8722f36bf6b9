"""The parts that need no server."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
from rasa.core.actions.action import Action, ActionExecutionRejection, RemoteAction, create_bot_utterance
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.events import ActiveLoop, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa_sdk.executor import CollectingDispatcher

from actions.forms import asks_about_it
from actions.handoff import hand_over
from actions.words import is_a_question
from components.entity_overlap import without_overlaps
from dialogue import Watched
from engine.spared import Checked
from inbox_channel.replies import UnknownReply, replies_of
from inbox_channel.wording import Hearing
from model_files import ModelUnusable, check, model_path, seal
from safety import check_door
from settings import SettingMissing, required_token

OPTION = {"title": "Yes", "payload": "/affirm"}


@pytest.mark.parametrize(
    ("said", "replies"),
    [
        ({"text": "Hi"}, [{"type": "text", "text": "Hi"}]),
        ({"text": "One\n\nTwo"}, [{"type": "text", "text": "One"}, {"type": "text", "text": "Two"}]),
        ({"text": "Ok?", "buttons": [OPTION]}, [{"type": "options", "text": "Ok?", "options": [OPTION]}]),
        (
            {"text": "Ok?", "quick_replies": [OPTION]},
            [{"type": "options", "text": "Ok?", "options": [OPTION]}],
        ),
        ({"image": "https://i/1"}, [{"type": "image", "url": "https://i/1", "caption": None}]),
        (
            {"text": "A map", "image": "https://i/1"},
            [{"type": "image", "url": "https://i/1", "caption": "A map"}],
        ),
        ({"attachment": "https://a/1"}, [{"type": "text", "text": "https://a/1"}]),
        (
            {"custom": {"type": "image", "url": "https://i/2", "caption": "x"}},
            [{"type": "image", "url": "https://i/2", "caption": "x"}],
        ),
    ],
)
def test_every_kind_of_utterance_becomes_a_reply(said: dict[str, Any], replies: list[Any]) -> None:
    assert list(replies_of(create_bot_utterance(dict(said)))) == replies


def test_a_variant_for_a_channel_is_said_on_that_channel_alone() -> None:
    nlg = TemplatedNaturalLanguageGenerator(
        {"utter_hi": [{"text": "Hello on any"}, {"text": "Hello by text", "channel": "twilio"}]}
    )
    tracker = DialogueStateTracker("c", [])
    for kind, text in (("twilio", "Hello by text"), ("webchat", "Hello on any")):
        said = asyncio.run(nlg.generate("utter_hi", tracker, Hearing(kind).name()))
        assert said is not None and said["text"] == text


@pytest.mark.parametrize("said", [{"custom": {"a": 1}}, {"elements": [{}]}, {"buttons": [OPTION]}])
def test_what_no_channel_can_show_is_an_error(said: dict[str, Any]) -> None:
    with pytest.raises(UnknownReply):
        list(replies_of(create_bot_utterance(dict(said))))


def test_of_two_entities_on_the_same_words_the_exact_one_stays() -> None:
    guessed = {"entity": "date", "start": 0, "end": 8, "extractor": "CRFEntityExtractor"}
    exact = {"entity": "order_number", "start": 3, "end": 8, "extractor": "RegexEntityExtractor"}
    apart = {"entity": "city", "start": 9, "end": 15, "extractor": "CRFEntityExtractor"}
    assert without_overlaps([guessed, apart, exact]) == [exact, apart]


class Failing(Action):
    """Raises, or dawdles."""

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    def name(self) -> str:
        return "action_failing"

    async def run(self, *args: Any) -> list[Any]:
        if self._error:
            raise self._error
        await asyncio.sleep(5)
        return []


def run(action: Action) -> list[Any]:
    async def generate(*args: Any, **kwargs: Any) -> dict[str, Any]:
        return {"text": "Sorry."}

    tracker = DialogueStateTracker("c", None)
    nlg = SimpleNamespace(generate=generate)
    return asyncio.run(Watched(action, 0.05).run(CollectingOutputChannel(), nlg, tracker, None))


@pytest.mark.parametrize("error", [ValueError("boom"), None])
def test_an_action_that_raises_or_dawdles_asks_for_a_person(error: Exception | None) -> None:
    events = run(Failing(error))
    wish = next(e.value for e in events if isinstance(e, SlotSet) and e.key == "handoff")
    assert wish["reason"] == "action_failed" and "action_failing" in wish["detail"]
    assert events[0].text == "Sorry." and ActiveLoop(None) in events


def test_a_form_that_declines_is_no_failure() -> None:
    with pytest.raises(ActionExecutionRejection):
        run(Failing(ActionExecutionRejection("return_form")))


@pytest.mark.parametrize("token", ["", "short"])
def test_the_bot_refuses_to_start_without_a_secret(token: str) -> None:
    with pytest.raises(SettingMissing, match="PARLEY_BOT_TOKEN"):
        required_token({"PARLEY_BOT_TOKEN": token})


def test_a_model_is_served_only_as_it_was_sealed(tmp_path: Path) -> None:
    trained = tmp_path / "new"
    trained.write_bytes(b"a model")
    out = tmp_path / "models"
    with pytest.raises(ModelUnusable, match="no model"):
        check(out)
    sealed = seal(trained, out, id="1", trained_at="2026-01-01T00:00:00+00:00", fingerprint="f")
    file, found = check(out)
    assert found == sealed and model_path(out).read_bytes() == file.read_bytes() == b"a model"
    file.write_bytes(b"another")
    with pytest.raises(ModelUnusable, match="Train again"):
        check(out)


@pytest.mark.parametrize("step", range(1, 12))
def test_a_kill_while_sealing_leaves_the_old_model_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Dies before the nth thing that touches the disk; the bot must then start, and train again."""
    out = tmp_path / "models"

    def train(content: bytes) -> None:
        trained = tmp_path / "new"
        trained.write_bytes(content)
        seal(trained, out, id=content.decode(), trained_at="2026-01-01T00:00:00+00:00", fingerprint=None)

    train(b"first")
    train(b"old")
    calls = 0

    def counted(real: Any) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == step:
                raise KeyboardInterrupt
            return real(*args, **options)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", counted(os.fsync))
        patch.setattr(os, "link", counted(os.link))
        patch.setattr(Path, "replace", counted(Path.replace))
        patch.setattr(Path, "unlink", counted(Path.unlink))
        try:
            train(b"new")
        except KeyboardInterrupt:
            pass
        else:
            assert calls < step, "no step was left to die before"
    file, sealed = check(out)
    assert file.read_bytes().decode() == sealed.id in ("old", "new")
    train(b"newer")
    assert check(out)[0].read_bytes() == b"newer"


def test_only_the_model_that_counts_and_the_one_before_it_are_kept(tmp_path: Path) -> None:
    out = tmp_path / "models"
    for content in (b"1", b"2", b"3", b"4"):
        (tmp_path / "new").write_bytes(content)
        seal(tmp_path / "new", out, id="x", trained_at="2026-01-01T00:00:00+00:00", fingerprint=None)
    assert {file.read_bytes() for file in out.glob("parley-*.tar.gz")} == {b"3", b"4"}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "bot.example"])
def test_no_other_machine_gets_in_unasked(host: str) -> None:
    with pytest.raises(ValueError, match="PARLEY_BOT_BEYOND_LOOPBACK"):
        check_door(host, {})
    check_door(host, {"PARLEY_BOT_BEYOND_LOOPBACK": "yes"})


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_gets_in(host: str) -> None:
    check_door(host, {})


@pytest.mark.parametrize(
    "answer",
    [
        {"events": [{"event": "slot"}]},
        {"events": {}},
        {"responses": ["words"]},
        [],
        {"events": [{"event": "?"}]},
        {"events": [{"event": "slot", "name": 1, "value": 1}]},
        {"events": [{"event": "slot", "name": "city", "value": 1, "timestamp": "now"}]},
        {"events": [{"event": "followup", "metadata": []}]},
        {"events": ["followup"]},
        {"responses": None},
    ],
)
def test_an_action_server_that_keeps_no_format_is_refused_as_by_rasa(answer: Any) -> None:
    schema = RemoteAction.action_response_format_spec()
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(answer, schema)
    with pytest.raises(jsonschema.ValidationError):
        Checked.validate(answer)
    for kept in ({"event": "slot", "name": "city", "value": 1}, {"event": "undo"}):
        assert Checked.validate({"events": [kept], "responses": [{}]})


@pytest.mark.parametrize(("team", "more"), [(None, {}), ("Billing", {"team": "Billing"})])
def test_an_action_says_why_it_fetches_a_person_and_of_which_team(
    team: str | None, more: dict[str, str]
) -> None:
    dispatcher = CollectingDispatcher()
    events = hand_over(dispatcher, "out_of_scope", "an invoice", team=team)
    assert events[0]["value"] == {"reason": "out_of_scope", "detail": "an invoice", **more}
    assert [said["response"] for said in dispatcher.messages] == ["utter_hand_over_out_of_scope"]


@pytest.mark.parametrize(
    "text",
    [
        "How long does a refund take?",
        "ok, and when would I get the money",
        "the refund, where does it go?",
        "why would I want an exchange",
        "quanto ci mette il rimborso?",
        "e in quanto tempo arriva il rimborso",
        "Quando arrivano i soldi?",
        "रिफंड में कितना समय लगेगा",
        "पैसे कब मिलेंगे?",
        "refund kab tak aayega",
        "paise kitne din me aate hai",
    ],
)
def test_a_question_about_a_thing_is_told_from_a_wish_for_it(text: str) -> None:
    assert is_a_question(text)
    assert asks_about_it(said(text, "refund_status", 0.9)) and asks_about_it(said(text, "inform", 0.4))
    assert not asks_about_it(said(text, "exchange_item", 0.9)), "what the bot is sure of goes first"


@pytest.mark.parametrize(
    "text",
    [
        "refund?",
        "Refund please",
        "can I have my money back?",
        "could you send a new one instead?",
        "how about a refund?",
        "what about an exchange",
        "why not the refund then?",
        "what I want is a refund",
        "I want my money back when you have it",
        "somehow a refund",
        "posso avere il rimborso?",
        "perché non un cambio?",
        "voglio il rimborso, come detto",
        "क्या मुझे रिफंड मिल सकता है?",
        "paise wapas chahiye",
        '/inform{"return_choice": "refund"}',
        "",
    ],
)
def test_a_wish_is_no_question_however_it_is_put(text: str) -> None:
    assert not is_a_question(text)
    assert not asks_about_it(said(text, "refund_status", 0.9))


def said(text: str, intent: str, confidence: float) -> Any:
    """A tracker, as far as it matters here."""
    return SimpleNamespace(
        latest_message={"text": text, "intent": {"name": intent, "confidence": confidence}}
    )
