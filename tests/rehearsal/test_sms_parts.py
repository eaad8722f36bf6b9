"""Long messages by Vonage: their parts come one by one, in any order, twice, or not all."""

import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from connectors.content import Text
from inbox.actions.channels import add_channel
from inbox.app import now
from inbox.gathering import take_overdue
from inbox.model.secrets import Vault
from tests.connectors.sms import samples
from tests.connectors.sms.providers import VONAGE
from tests.parley import Parley

TEXT = "एक लंबा संदेश, " * 30
PARTS = [TEXT[at : at + 67] for at in range(0, len(TEXT), 67)]


class Line:
    """Vonage's end of one channel."""

    def __init__(self, parley: Parley, channel: str) -> None:
        self._parley, self._channel = parley, channel

    async def bring(self, place: int, words: str, *, reference: str = "7", total: int = len(PARTS)) -> int:
        said = samples.vonage(
            messageId=f"0A{reference}{place:04d}",
            text=words,
            type="unicode",
            concat="true",
            **{"concat-ref": reference, "concat-total": str(total), "concat-part": str(place)},
        )
        webhook = VONAGE.webhook(said, url=f"{self._parley.url}/hooks/{quote(self._channel)}")
        async with self._parley.http.post(webhook.url, data=webhook.body, headers=webhook.headers) as answer:
            return answer.status

    async def texts(self) -> list[str]:
        found = [each for each in await self._parley.conversations() if each.channel_id == self._channel]
        thread = [message for each in found for message in await self._parley.thread(each.id)]
        return [m.content.text for m in thread if m.status == "received" and isinstance(m.content, Text)]


@pytest.fixture
async def line(parley: Parley) -> AsyncIterator[Line]:
    vault = Vault(parley.settings.secret())
    await add_channel(
        "vonage", "vonage", settings=VONAGE.settings, store=parley.store, vault=vault, clock=now, name="SMS"
    )
    yield Line(parley, "vonage")


async def test_parts_in_any_order_and_twice_are_one_message(line: Line) -> None:
    order = [*range(len(PARTS), 0, -1), *range(1, len(PARTS) + 1)]
    for place in order:
        assert await line.bring(place, PARTS[place - 1]) == 200
    assert await line.texts() == [TEXT]


async def test_the_same_reference_comes_round_for_another_message(line: Line) -> None:
    for word in ("First", "Second"):
        for place, end in ((1, " half, "), (2, " rest.")):
            await line.bring(place, word + end, total=2)
    assert await line.texts() == ["First half, First rest.", "Second half, Second rest."]


async def test_what_never_gets_whole_is_taken_as_far_as_it_came(
    line: Line, parley: Parley, monkeypatch: pytest.MonkeyPatch
) -> None:
    await line.bring(1, "The beginning", total=3)
    await line.bring(3, "and the end.", total=3)
    assert await take_overdue(parley.parts) == 0
    assert await line.texts() == []
    monkeypatch.setattr("connectors.sms.vonage.parts.PATIENCE", timedelta(0))
    assert await take_overdue(parley.parts) == 1
    assert await take_overdue(parley.parts) == 0
    assert await line.texts() == ["The beginning […] and the end."]


async def test_odd_parts_are_messages_of_their_own(line: Line) -> None:
    odd: list[dict[str, Any]] = [{"total": 0}, {"total": 1}, {"reference": "x"}, {"total": 999}]
    for number, each in zip(itertools.count(1), odd, strict=False):
        assert await line.bring(2, f"odd {number}", **{"reference": str(number)} | each) == 200
    assert sorted(await line.texts()) == ["odd 1", "odd 2", "odd 3", "odd 4"]
