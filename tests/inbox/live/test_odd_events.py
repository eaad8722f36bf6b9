"""Every event of a page, with every kind of value in every place: a plain answer, and the page lives on."""

from collections.abc import Iterator
from typing import Any

import pytest

from inbox.live import visitors
from inbox.live.agents import AgentsNamespace
from inbox.live.visitors import VisitorsNamespace
from tests.parley import Json, Parley

DEEP: Any = "x"
for _ in range(150):
    DEEP = {"a": [DEEP]}

ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**63,
    1.5,
    "",
    "\ud800",
    "a\x00b",
    "x" * 30_000,
    "../../etc/passwd",
    "$where",
    [],
    [{}],
    {},
    {"$gt": ""},
    {"a.b": {"$ne": None}, "": 1},
    DEEP,
)

OF_VISITORS: dict[str, Json] = {
    "sync": {"after_rev": 0},
    "send": {
        "client_id": "1",
        "text": "",
        "reply_to": "1",
        "file": "",
        "voice": True,
        "choice": {"title": "Yes", "payload": ""},
        "form": {"values": {"a": "b"}, "title": "x"},
        "about": {
            "name": "Anna",
            "email": "a@b.example",
            "attributes": {"plan": "x"},
            "proof": "x",
            "id": "x",
        },
    },
    "typing": {"on": True},
    "seen": {"seq": 1},
    "end": {},
    "rate": {"score": 3, "comment": "fine"},
}
OF_AGENTS: dict[str, Json] = {
    "open": {"conversation_id": "x", "after_rev": 0},
    "close": {"conversation_id": "x"},
    "typing": {"conversation_id": "x", "on": True, "note": True},
}


def events_of(namespace: type) -> set[str]:
    """What pages may say to it."""
    own = {name.removeprefix("on_") for name in vars(namespace) if name.startswith("on_")}
    return own - {"connect", "disconnect"}


def spoilt(body: Json) -> Iterator[Any]:
    """The body with one odd value in each place of it, also a place within a place."""
    yield from ODD
    for name, value in body.items():
        for odd in ODD:
            yield {**body, name: odd}
        if isinstance(value, dict):
            yield from ({**body, name: {**value, inner: odd}} for inner in value for odd in ODD)


async def answered_plainly(page: Any, events: dict[str, Json]) -> None:
    for event, body in events.items():
        for said in spoilt(body):
            answer = await page.ask(event, said)
            code = answer.get("error", {}).get("code")
            assert code != "internal", (event, str(said)[:300])


async def test_a_visitors_page_may_say_anything(
    parley: Parley, as_visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert events_of(VisitorsNamespace) == OF_VISITORS.keys()
    monkeypatch.setattr(visitors.Buckets, "take", lambda *_: True)
    _, page = await as_visitor()
    await answered_plainly(page, OF_VISITORS)
    assert "rev" in await page.ask("sync", {})


async def test_an_agents_page_may_say_anything(parley: Parley, as_agent) -> None:
    assert events_of(AgentsNamespace) == OF_AGENTS.keys()
    _, page = await as_agent("Marco")
    await answered_plainly(page, OF_AGENTS)
    assert await page.ask("close", {"conversation_id": "none"}) == {}
