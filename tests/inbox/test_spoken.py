"""The language of a conversation: by the customer's first words, or as an agent says."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from inbox.model.conversation import Conversation
from inbox.settings import WrongSettings
from inbox.spoken import Spoken
from tests.parley import Parley, running_parley, settings_for, until


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("where is my order please", "en"),
        ("vorrei restituire un articolo", "it"),
        ("मेरा ऑर्डर कहाँ है", "hi"),
        ("no", None),  # of both
        ("48213", None),
        ("👍", None),
        ("", None),
    ],
)
async def test_words_tell_a_language_or_nothing(text: str, language: str | None) -> None:
    assert await Spoken("en, it,HI").of(text) == language


async def test_one_language_needs_no_telling_and_a_wrong_code_is_told() -> None:
    assert await Spoken("it").of("vorrei restituire un articolo") is None
    assert await Spoken("").of("vorrei restituire un articolo") is None
    with pytest.raises(WrongSettings, match="PARLEY_LANGUAGES"):
        Spoken("en,klingon")


async def test_many_ask_at_once_for_a_detector_that_is_not_made_yet() -> None:
    spoken = Spoken("en,it")
    found = await asyncio.gather(*(spoken.of("vorrei restituire un articolo") for _ in range(8)))
    assert set(found) == {"it"}


@pytest.fixture
async def parley(mongodb: str, tmp_path: Path) -> AsyncIterator[Parley]:
    """A Parley whose customers write English or Italian."""
    async with running_parley(settings_for(mongodb, tmp_path, languages="en,it")) as parley:
        yield parley


async def answered(parley: Parley, count: int) -> Conversation:
    """The conversation after so many turns of the bot."""

    async def found() -> Conversation | None:
        (one,) = await parley.conversations()
        return (
            one
            if one.turn is None and one.bot_seq == one.inbound_seq and len(parley.bot.turns) >= count
            else None
        )

    conversation: Conversation = await until(found)
    return conversation


async def test_the_first_words_tell_and_an_agent_corrects(parley: Parley) -> None:
    await parley.customer_says("48213")
    assert (await answered(parley, 1)).language is None
    await parley.customer_says("vorrei restituire un articolo")
    conversation = await answered(parley, 2)
    assert conversation.language == "it"
    await parley.customer_says("where is my order please")
    assert (await answered(parley, 3)).language == "it"  # who changes is not followed unasked
    assert [turn["language"] for turn in parley.bot.turns] == [None, "it", "it"]

    agent = await parley.an_agent("Ada Agent")
    path = f"/conversations/{conversation.id}/language"
    assert (await agent.post(path, {"language": "en"}))["language"] == "en"
    (thread,) = [m for m in await parley.thread(conversation.id) if "language_set" in repr(m.content)]
    assert "Ada Agent" in repr(thread.content)
    assert (await agent.call("POST", path, {"language": "no language"}))[0] == 422
    await parley.customer_says("grazie mille a tutti voi")
    await answered(parley, 4)
    assert parley.bot.turns[-1]["language"] == "en"
