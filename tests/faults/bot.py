"""A bot that says back what it hears: our bot's HTTP contract in a process of its own that may be killed.

As the real one it remembers what it was asked: a turn's id asked again gets the same answer and changes
nothing, and one is not run whose asker left before it was begun, or that comes after a later one. Its memory
is a file, a line for each turn, which is also what the harness reads of it.

`python -m tests.faults.bot PORT TOKEN FILE`
"""

import asyncio
import json
import random
import sys
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.parley import answer

HANDOFF = "human please"
"""Who says this is handed over."""


class Bot:
    """Answers turns, each id once."""

    def __init__(self, memory: Path, token: str) -> None:
        self._memory = memory
        self._token = token
        self._known = {turn["turn_id"]: turn["answer"] for turn in read(memory)}
        self._running: set[str] = set()
        self._places: dict[str, int] = {}

    async def health(self, request: web.Request) -> web.Response:
        return web.json_response({"ready": True})

    async def turn(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {self._token}"
        asked: dict[str, Any] = await request.json()
        turn_id = asked["turn_id"]
        if turn_id in self._running:
            return web.json_response({}, status=409)
        if turn_id not in self._known:
            self._running.add(turn_id)
            try:
                await asyncio.sleep(random.uniform(0.005, 0.06))
                has_left = request.transport is None or request.transport.is_closing()
                if has_left or asked["place"] < self._places.get(asked["conversation_id"], 0):
                    return web.json_response({}, status=503)
                self._places[asked["conversation_id"]] = asked["place"]
                self._keep(asked)
            finally:
                self._running.discard(turn_id)
        await asyncio.sleep(random.uniform(0, 0.02))
        return web.json_response(self._known[turn_id])

    async def events(self, request: web.Request) -> web.Response:
        return web.json_response({"appended": 1})

    def _keep(self, asked: dict[str, Any]) -> None:
        wish = {"reason": "asked"} if HANDOFF in (asked["text"] or "") else None
        said = answer(f"You said: {asked['text']}", handoff=wish)
        kept = {key: asked[key] for key in ("turn_id", "conversation_id", "text")}
        with self._memory.open("a") as file:
            file.write(json.dumps(kept | {"answer": said}) + "\n")
        self._known[asked["turn_id"]] = said


def read(memory: Path) -> list[dict[str, Any]]:
    """Every turn that was run, in the order in which they were; a line that a kill cut short is none."""
    turns = []
    for line in memory.read_text().splitlines() if memory.exists() else []:
        try:
            turns.append(json.loads(line))
        except ValueError:
            continue
    return turns


def main(port: int, token: str, memory: Path) -> None:
    bot = Bot(memory, token)
    app = web.Application()
    app.router.add_get("/webhooks/parley/health", bot.health)
    app.router.add_post("/webhooks/parley/turn", bot.turn)
    app.router.add_post("/webhooks/parley/events", bot.events)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None, handle_signals=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
