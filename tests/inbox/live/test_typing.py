"""What is shown for a moment: a customer who types by RCS, an agent who has read."""

import asyncio
import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from msgspec.structs import replace

from connectors.errors import ProviderDown
from inbox.bus import Bus
from inbox.courtesy import Courtesy
from inbox.model.commit import Commit, ConversationChange
from inbox.model.consent import Refusal, Source
from inbox.model.conversation import Work
from tests.inbox.factories import NOON, a_conversation
from tests.parley import Parley, until


async def rcs(parley: Parley, **said: Any) -> None:
    """A signed event of Google's."""
    channel = await parley.store.channels.get("rcs")
    token = parley.parts.vault.open(channel.settings["client_token"])
    frame = {"agentId": channel.settings["agent_id"], "sendTime": "2026-11-22T10:00:00Z"}
    data = json.dumps(frame | said).encode()
    signature = base64.b64encode(hmac.digest(token.encode(), data, hashlib.sha512)).decode()
    body = json.dumps({"message": {"data": base64.b64encode(data).decode(), "messageId": "m"}})
    headers = {"X-Goog-Signature": signature, "Content-Type": "application/json"}
    async with parley.http.post(f"{parley.url}/hooks/rcs", data=body, headers=headers) as answer:
        assert answer.status == 200, await answer.text()


async def test_agents_see_a_customer_type_by_rcs(parley: Parley, as_agent, number: str) -> None:
    _, page = await as_agent("Marco")
    who = {"senderPhoneNumber": f"+{number}"}
    await rcs(parley, **who, eventType="IS_TYPING", eventId="e0")
    await rcs(parley, **who, messageId=f"M{number}", text="Hi")
    contact = (await parley.store.contacts.known_as([f"phone:+{number}"]))[0]
    parley.parts.hints._told.clear()
    for _ in range(3):
        await rcs(parley, **who, eventType="IS_TYPING", eventId="e1")
    told = await page.hears("typing", lambda news: news["who"]["id"] == contact.id)
    assert told["who"]["kind"] == "contact" and told["on"] is True
    await asyncio.sleep(0.2)
    assert len([n for n in page.heard("typing") if n["who"]["id"] == contact.id]) == 1, "once in a while"


class Shown:
    """A line whose provider shows what it is told to."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, bool]] = []
        self.connector = self

    async def get(self, channel_id: str) -> "Shown":
        return self

    async def mark_read(self, external_id: str, *, account: str | None, typing: bool) -> None:
        self.shown.append((external_id, typing))
        raise ProviderDown("It does not matter.")


async def test_that_an_agent_has_read_is_shown_once_and_typing_still_after_it() -> None:
    lines = Shown()
    courtesy = Courtesy(lines, Bus())
    conversation = a_conversation(last_inbound_external_id="wamid.1")
    for _ in range(3):
        courtesy.show_read(conversation)
    courtesy.show_typing(conversation)
    courtesy.show_typing(conversation)
    courtesy.show_read(conversation)
    await until(lambda: len(lines.shown) == 2)
    await courtesy.stop()
    assert lines.shown == [("wamid.1", False), ("wamid.1", True)]


async def test_who_refused_everything_is_shown_nothing() -> None:
    lines = Shown()
    courtesy = Courtesy(lines, Bus())
    refusal = Refusal(at=NOON, source=Source.WORDS)
    courtesy.show_read(a_conversation(last_inbound_external_id="wamid.1", refusals=(refusal,)))
    courtesy.show_typing(a_conversation(last_inbound_external_id="wamid.2", refusals=(refusal,)))
    await asyncio.sleep(0.05)
    assert lines.shown == []


async def test_typing_is_shown_only_if_the_bot_takes_longer_than_a_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("inbox.courtesy._AFTER", 0.01)
    lines, bus = Shown(), Bus()
    courtesy = Courtesy(lines, bus)
    quick, slow = [a_conversation(last_inbound_external_id=f"wamid.{n}") for n in (1, 2)]
    for conversation in (quick, slow):
        due = replace(conversation, turn=Work(at=NOON))
        bus.publish(Commit(conversations=[ConversationChange(conversation, due, [], [])]))
    await asyncio.sleep(0)
    bus.publish(Commit(conversations=[ConversationChange(due, quick, [], [])]))
    await until(lambda: len(lines.shown) == 2)
    await courtesy.stop()
    assert sorted(lines.shown) == [("wamid.1", False), ("wamid.2", True)]
