"""Twenty agents at once, each acting, some losing the network: everybody ends with what the store has."""

import asyncio
import random
import time
from typing import Any

import socketio

from inbox.model.ids import new_id
from tests.inbox.live.conftest import Page
from tests.parley import Client, Parley, until

AGENTS, CONVERSATIONS, DEEDS = 20, 5, 6


class Seat:
    """An agent's page as it goes by `docs/live-protocol.md`: what it holds, and how it makes good."""

    def __init__(self, parley: Parley, client: Client, chance: random.Random) -> None:
        self.parley = parley
        self.client = client
        self.chance = chance
        self.page = Page("/agents")
        self.cursor = ""
        self.revs: dict[str, int] = {}
        self.messages: dict[str, dict[str, int]] = {}
        self.complete: dict[str, int] = {}
        self.heard_at: dict[tuple[str, int], float] = {}
        self.losses = 0

    async def come(self, *ids: str) -> None:
        """Connect, and ask for what changed since we were last here."""
        await until(self._connect, within=90)
        await self.catch_up()
        for at in ids:
            answer = await self.page.ask("open", {"conversation_id": at, "after_rev": self.complete.get(at)})
            self._hold(at, answer["messages"], is_whole=True)

    async def _connect(self) -> bool:
        """Try it once, as a page does again and again: on a busy machine the server may be late."""
        self.page = Page("/agents")
        self.page.socket.on("conversation", self._conversation, namespace="/agents")
        self.page.socket.on("messages", self._messages, namespace="/agents")
        try:
            await self.page.connect(self.parley, **self.client.cookie)
        except socketio.exceptions.ConnectionError:
            await self.page.socket.disconnect()
            return False
        return True

    async def lose(self, *ids: str) -> None:
        """Lose the network without a word, and come back a little later."""
        self.losses += 1
        await self.page.socket.eio.disconnect(abort=True)
        for _ in range(self.chance.randrange(20)):
            await asyncio.sleep(0)
        await self.come(*ids)

    async def catch_up(self) -> None:
        more = True
        while more:
            since = f"?since={self.cursor}" if self.cursor else ""
            answer = await self.client.get(f"/conversations/changes{since}")
            self.cursor, more = answer["cursor"], answer["more"]
            for each in answer["items"]:
                self._conversation(each)

    async def act(self, at: str, n: int) -> tuple[str, int, float]:
        """Do something to a conversation; which revision that made, and when we were told."""
        deeds: list[tuple[str, dict[str, Any]]] = [
            (
                "messages",
                {"text": f"Note {n} of {self.client.user.name}", "note": True, "client_id": new_id()},
            ),
            ("labels", {"add": [f"{self.client.user.name.lower().replace(' ', '-')}-{n}"[:40]]}),
            ("priority", {"priority": self.chance.choice(["low", "medium", "high", "urgent"])}),
        ]
        verb, body = self.chance.choice(deeds)
        answer = await self.client.post(f"/conversations/{at}/{verb}", body)
        return at, answer["rev"], time.perf_counter()

    def _conversation(self, conversation: dict[str, Any]) -> None:
        at, rev = conversation["id"], conversation["rev"]
        self.heard_at.setdefault((at, rev), time.perf_counter())
        self.revs[at] = max(rev, self.revs.get(at, 0))

    def _messages(self, hint: dict[str, Any]) -> None:
        self._hold(hint["conversation_id"], hint, is_whole=False)

    def _hold(self, at: str, answer: dict[str, Any], *, is_whole: bool) -> None:
        held = self.messages.setdefault(at, {})
        for message in answer["items"]:
            held[message["id"]] = max(message["rev"], held.get(message["id"], 0))
        if is_whole or answer["rev"] == self.complete.get(at, 0) + 1:
            self.complete[at] = max(answer["rev"], self.complete.get(at, 0))

    async def make_whole(self, at: str) -> None:
        """As a page does where a conversation is ahead of its thread."""
        answer = await self.client.get(f"/conversations/{at}/messages?after_rev={self.complete[at]}")
        self._hold(at, answer, is_whole=True)


async def test_everybody_sees_every_event_whoever_loses_the_network(parley: Parley, number: str) -> None:
    chance = random.Random(20)
    ids = [await _a_conversation(parley, f"{number}{n}") for n in range(CONVERSATIONS)]
    clients = [await parley.an_agent(f"Agent {n:02}") for n in range(AGENTS)]
    seats = [Seat(parley, client, random.Random(n)) for n, client in enumerate(clients)]
    await asyncio.gather(*(seat.come(*ids) for seat in seats))
    done: list[tuple[str, int, float]] = []

    async def work(seat: Seat) -> None:
        for n in range(DEEDS):
            done.append(await seat.act(seat.chance.choice(ids), n))
            if seat.chance.random() < 0.2:
                await seat.lose(*ids)

    await asyncio.gather(*(work(seat) for seat in seats))
    assert sum(seat.losses for seat in seats) > AGENTS / 4
    for at in ids:
        await _all_have(parley, at, seats)
    await asyncio.gather(*(seat.page.socket.disconnect() for seat in seats))
    _tell(seats, done, chance)


async def _all_have(parley: Parley, at: str, seats: list[Seat]) -> None:
    """Every page ends with the conversation and all its messages as the store has them."""

    async def is_so() -> bool:
        present = await parley.store.conversations.get(at)
        assert present is not None
        for seat in seats:
            if seat.revs.get(at, 0) >= present.rev > seat.complete[at]:
                await seat.make_whole(at)
        thread, _ = await parley.store.messages.page(at, before_seq=None, limit=200)
        whole = {message.id: message.rev for message in thread}
        return all(seat.messages[at] == whole and seat.revs[at] >= present.rev for seat in seats)

    await until(is_so, within=60)


def _tell(seats: list[Seat], done: list[tuple[str, int, float]], chance: random.Random) -> None:
    """How long after the answer to who acted the others were told; measured, not judged."""
    waits = sorted(
        seat.heard_at[at, rev] - answered
        for at, rev, answered in done
        for seat in seats
        if (at, rev) in seat.heard_at
    )
    losses = sum(seat.losses for seat in seats)
    print(f"\n{len(done)} deeds, {losses} losses, {len(waits)} events heard live or made good")
    median, high = (waits[len(waits) * part // 100] * 1000 for part in (50, 95))
    print(f"after the answer: median {median:.0f} ms, p95 {high:.0f} ms")


async def _a_conversation(parley: Parley, number: str) -> str:
    await parley.customer_says("Hello", phone=number)
    (contact,) = await parley.store.contacts.known_as([f"phone:+{number}"])
    at = (await parley.store.conversations.of_contact(contact.id))[0].id

    async def is_answered() -> bool:
        found = await parley.store.conversations.get(at)
        return bool(found and found.turn is None and found.delivery is None and found.seq > 1)

    await until(is_answered)
    return at
