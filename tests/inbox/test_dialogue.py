"""The way to the bot: whatever it answers, one of three errors or an answer that can be used."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web

from connectors.content import Text
from inbox.dialogue import BotError, BotNotReady, BotSlow, Dialogue, Turn
from inbox.settings import Settings
from tests.half import half_an_answer
from tests.parley import ScriptedBot, answer, until

TURN = Turn(turn_id="c:1", conversation_id="c", text="Hi", payload=None, channel={}, contact={})


@pytest.fixture
async def bot(settings: Settings) -> AsyncIterator[ScriptedBot]:
    """A bot on a port."""
    bot = ScriptedBot(settings)
    await bot.start()
    yield bot
    await bot.stop()


@pytest.fixture
async def dialogue(settings: Settings) -> AsyncIterator[Dialogue]:
    """The way to it."""
    async with aiohttp.ClientSession() as http:
        yield Dialogue(http, settings.bot_url, settings.bot_secret(), timeout=1.5, start_limit=300)


async def test_an_answer(bot: ScriptedBot, dialogue: Dialogue) -> None:
    found = await dialogue.turn(TURN)
    assert found.replies == [Text("You said: Hi")]
    assert found.intent.name == "inform"
    assert bot.turns[0]["turn_id"] == "c:1"
    await dialogue.tell(TURN, "c:2", [{"type": "handed_back"}])
    assert bot.events == [{"conversation_id": "c", "event_id": "c:2", "events": [{"type": "handed_back"}]}]


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"<html>",
        b'{"replies": null}',
        b'{"replies": [{"type": "nothing"}]}',
        b'{"replies": [{"type": "text"}]}',
        b'{"replies": [{"type": "note", "text": "SECRET"}]}',
        b'{"replies": [], "handoff": "please"}',
        b'{"replies": ["Hi"]}',
        b'{"replies": [{"type": "text", "text": "\xff"}]}',
        b"[" * 100_000,
    ],
)
async def test_garbage_is_an_error(bot: ScriptedBot, dialogue: Dialogue, garbage: bytes) -> None:
    bot.script = lambda turn: web.Response(body=garbage, content_type="application/json")
    with pytest.raises(BotError) as error:
        await dialogue.turn(TURN)
    assert error.value.reason == "bot_failed"


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, BotNotReady), (409, BotNotReady), (503, BotNotReady), (500, BotError), (401, BotError)],
)
async def test_what_its_status_means(bot: ScriptedBot, dialogue: Dialogue, status: int, kind: type) -> None:
    bot.script = lambda turn: web.Response(status=status, text='<h1>No</h1> {"version": "3.6"}')
    with pytest.raises(BotError) as error:
        await dialogue.turn(TURN)
    assert type(error.value) is kind
    assert "<h1>" not in str(error.value) and "{" not in str(error.value)


async def test_a_slow_bot_is_not_waited_for(bot: ScriptedBot, dialogue: Dialogue) -> None:
    bot.pause = 3
    with pytest.raises(BotSlow):
        await dialogue.turn(TURN)


async def test_half_an_answer_and_then_silence_is_not_waited_for(
    settings: Settings, dialogue: Dialogue
) -> None:
    """The turn is asked again by its id, by which the bot knows it: see `tests/bot/test_turns.py`."""
    begun = b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"replies": [{"ty'
    async with half_an_answer(begun, urlsplit(settings.bot_url).port or 0) as half:
        with pytest.raises(BotSlow):
            await dialogue.turn(TURN)
        assert half.asked == 1


async def test_a_bot_that_is_not_there(dialogue: Dialogue) -> None:
    assert dialogue.is_starting
    with pytest.raises(BotNotReady):
        await dialogue.turn(TURN)
    with pytest.raises(BotNotReady):
        await dialogue.tell(TURN, "c:2", [])


async def test_its_health_is_watched(settings: Settings, dialogue: Dialogue) -> None:
    dialogue.start()
    bot = ScriptedBot(settings)
    await bot.start()
    await until(lambda: dialogue.is_ready)
    assert not dialogue.is_starting
    await bot.stop()
    with pytest.raises(BotNotReady):
        await dialogue.turn(TURN)
    assert not dialogue.is_ready
    assert not dialogue.is_starting, "it has been there: now it is down"
    await dialogue.stop()


async def test_a_handoff_and_its_reason(bot: ScriptedBot, dialogue: Dialogue) -> None:
    bot.script = lambda turn: answer("One moment.", handoff={"reason": "asked", "detail": "They asked."})
    found = await dialogue.turn(TURN)
    assert found.handoff is not None
    assert (found.handoff.reason, found.handoff.detail) == ("asked", "They asked.")
