"""Webhooks on their way: delivered until 200, kept over a restart, troubled on demand."""

import itertools
import json
from pathlib import Path

import aiohttp
import pytest

from rehearsal.app import build
from rehearsal.shelf import Shelf
from rehearsal.stage import STAGE
from tests.rehearsal.conftest import CHANNEL, QUICK, Inbox, Rehearsal, digest


def texts(inbox: Inbox) -> list[str]:
    return [message["text"]["body"] for value in inbox.values() for message in value["messages"]]


async def test_it_tries_again_with_growing_pauses_until_it_is_taken(rehearsal: Rehearsal) -> None:
    rehearsal.inbox.statuses = [500, 401, 302, 404]
    bubble = rehearsal.write()
    await rehearsal.until(lambda: bubble.state == "taken")
    times = rehearsal.inbox.tried
    pauses = [late - early for early, late in itertools.pairwise(times)]
    assert len(pauses) == 4
    assert all(pause > QUICK * 2**n - 0.02 for n, pause in enumerate(pauses))
    assert len(rehearsal.stand_in.courier) == 0


async def test_what_was_not_taken_is_delivered_after_a_restart(inbox: Inbox, tmp_path: Path) -> None:
    before = build([CHANNEL], inbox="http://127.0.0.1:1", home=tmp_path, pace=QUICK)
    stand_in = before[STAGE].stand_ins["wa"]
    customer = next(iter(stand_in.phones.customers))
    for text in ("one", "two"):
        stand_in.write(customer, {"kind": "text", "text": text})
    # No farewell: this is what a kill leaves behind, and a line that was torn in the middle.
    with (tmp_path / "channel-wa" / "parcels.jsonl").open("ab") as file:
        file.write(b'["000000000009",{"id":"0000')
    after = build([CHANNEL], inbox=inbox.url, home=tmp_path, pace=QUICK)
    server = aiohttp.test_utils.TestServer(after)
    await server.start_server()
    try:
        stand_in = after[STAGE].stand_ins["wa"]
        bubbles = stand_in.phones.of(customer)
        await Rehearsal.until(None, lambda: all(b.state == "taken" for b in bubbles))  # type: ignore[arg-type]
        assert texts(inbox) == [bubble.text for bubble in bubbles] == ["one", "two"]
    finally:
        await server.close()
        before[STAGE].remove("wa")


async def test_duplicates_are_the_same_bytes(rehearsal: Rehearsal) -> None:
    rehearsal.trouble(duplicate=True)
    rehearsal.write()
    await rehearsal.until(lambda: len(rehearsal.inbox.taken) == 2)
    (first, _), (second, _) = rehearsal.inbox.taken
    assert first == second


async def test_a_batch_is_held_then_comes_as_one(rehearsal: Rehearsal) -> None:
    rehearsal.trouble(batch=3)
    for text in "ab":
        rehearsal.write(text=text)
    with pytest.raises(TimeoutError):
        await rehearsal.until(lambda: bool(rehearsal.inbox.taken), seconds=0.2)
    last = rehearsal.write(text="c")
    await rehearsal.until(lambda: last.state == "taken")
    assert len(rehearsal.inbox.taken) == 1 and texts(rehearsal.inbox) == ["a", "b", "c"]
    rehearsal.write(text="d")
    rehearsal.trouble()
    await rehearsal.until(lambda: len(rehearsal.inbox.taken) == 2)


async def test_webhooks_come_in_another_order(rehearsal: Rehearsal) -> None:
    rehearsal.trouble(reorder=True)
    for text in "abc":
        rehearsal.write(text=text)
    await rehearsal.until(lambda: len(rehearsal.inbox.taken) == 3)
    assert sorted(texts(rehearsal.inbox)) == ["a", "b", "c"] != texts(rehearsal.inbox)


async def test_webhooks_come_late_or_unsigned(rehearsal: Rehearsal) -> None:
    rehearsal.trouble(delay=0.3, drop_signature=True)
    rehearsal.write()
    with pytest.raises(TimeoutError):
        await rehearsal.until(lambda: bool(rehearsal.inbox.taken), seconds=0.15)
    await rehearsal.until(lambda: bool(rehearsal.inbox.taken))
    assert "x-hub-signature-256" not in rehearsal.inbox.taken[0][1]
    rehearsal.trouble()
    rehearsal.write()
    await rehearsal.until(lambda: len(rehearsal.inbox.taken) == 2)
    body, headers = rehearsal.inbox.taken[1]
    assert headers["x-hub-signature-256"] == digest(body)


def test_a_shelf_keeps_the_newest_and_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "shelf.jsonl"
    shelf = Shelf(path)
    for n in range(5000):
        shelf.put("a", n)
    shelf.put("b", {"x": "é"})
    shelf.drop("a")
    shelf.close()
    assert path.stat().st_size < 100_000
    again = Shelf(path)
    again.close()
    assert again.values() == [{"x": "é"}]
    assert json.loads(path.read_text("utf-8")) == ["b", {"x": "é"}]
