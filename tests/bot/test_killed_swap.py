"""A bot that is killed while it exchanges its model: while it takes, unpacks and warms the new one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import MongoClient

from model_files import check
from running import Bot, Customer, Orders, a_turn, wait_until
from sealing import sealed_anew


class Lane:
    """The inbox's model server with one lane: it gives what is published, or half of it and then nothing."""

    def __init__(self) -> None:
        owner = self
        self.published: tuple[str, str, bytes] | None = None
        """Id, SHA-256 and bytes."""
        self.gives_half = False
        self.halves = 0
        self._is_over = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path != "/bot/models/live" or owner.published is None:
                    self._says(204 if self.path.startswith("/bot/models/") else 404)
                    return
                id, sha256, body = owner.published
                if self.headers["If-None-Match"] == f'"{sha256}"':
                    self._says(304)
                    return
                self._says(200, {"ETag": f'"{sha256}"', "X-Model-Id": id, "Content-Length": str(len(body))})
                if owner.gives_half:
                    self.wfile.write(body[: len(body) // 2])
                    self.wfile.flush()
                    owner.halves += 1
                    owner._is_over.wait(120)
                    return
                self.wfile.write(body)

            def _says(self, status: int, headers: dict[str, str] | None = None) -> None:
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/bot/models"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._is_over.set()
        self._server.shutdown()
        self._server.server_close()


class House:
    """The bot, the folders in which it keeps and unpacks models, and where it takes them from."""

    def __init__(self, models: Path, mongodb_uri: str, orders: Orders, home: Path) -> None:
        self.lane = Lane()
        self.models, self.made, self.scratch = home / "models", home / "made", home / "scratch"
        for folder in (self.models, self.made, self.scratch):
            folder.mkdir()
        sealed_anew(models, self.models, "its-own")
        self._trained = models
        settings = {"PARLEY_BOT_MODEL_SERVER": self.lane.url, "TMPDIR": str(self.scratch)}
        self.bot = Bot(self.models, mongodb_uri, orders, home, **settings)

    def publishes(self, name: str) -> None:
        sealed = sealed_anew(self._trained, self.made, name)
        self.lane.published = (name, sealed.sha256, check(self.made)[0].read_bytes())

    @property
    def answers_by(self) -> str:
        return str(self.bot.http.get("/health").json()["model"]["id"])

    def unpacks(self) -> bool:
        return any(self.scratch.glob("parley-model-*/*"))

    def drafts(self) -> list[str]:
        """What lies about that is no model."""
        taking = self.models.rglob(".taking-*")
        return [file.name for file in (*taking, *self.scratch.glob("parley-model-*"))]


@pytest.fixture
def house(models: Path, mongodb_uri: str, orders: Orders, tmp_path: Path) -> Iterator[House]:
    house = House(models, mongodb_uri, orders, tmp_path)
    try:
        house.bot.start()
        yield house
    finally:
        house.bot.stop()
        house.lane.stop()


def test_a_bot_killed_anywhere_in_a_swap_comes_back_with_the_new_model_and_nothing_half(
    house: House, mongodb_uri: str
) -> None:
    customer = Customer(house.bot)
    customer.says("I want to return something")

    def taking() -> bool:
        return house.lane.halves > 0

    def warming() -> bool:
        return not house.unpacks()

    house.lane.gives_half = True
    moments: list[tuple[str, list[Callable[[], bool]]]] = [
        ("killed-taking", [taking]),
        ("killed-unpacking", [house.unpacks]),
        ("killed-warming", [house.unpacks, warming]),
    ]
    for name, steps in moments:
        house.publishes(name)
        for step in steps:
            wait_until(step, seconds=120, what=name, every=0.002)
        turn = a_turn(customer.conversation, text="what are your opening hours?")
        answered = killed_over(house.bot, turn)
        house.lane.gives_half = False
        house.bot.rasa.start()
        house.bot.wait()
        wait_until(lambda name=name: house.answers_by == name, seconds=120, what=f"{name} answers")
        again = house.bot.ask(turn).json()
        assert again["replies"] and again["active_form"] == "return_form"
        assert answered is None or answered["replies"] == again["replies"]
        assert house.drafts() == []
        assert turns_of(house.bot, mongodb_uri, customer.conversation).count(turn["turn_id"]) == 1
    assert customer.says("48213")["active_form"] == "return_form"


def killed_over(bot: Bot, turn: dict[str, Any]) -> dict[str, Any] | None:
    """Kill the bot while it is asked; what it answered, if it came to that."""

    def ask() -> dict[str, Any] | None:
        try:
            with httpx.Client(headers=bot.http.headers, timeout=60) as http:
                answer = http.post(f"{bot.http.base_url}turn", json=turn)
        except httpx.TransportError:
            return None
        return dict(answer.json()) if answer.status_code == 200 else None

    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask)
        bot.rasa.stop(kill=True)
        return asked.result(60)


def turns_of(bot: Bot, mongodb_uri: str, conversation: str) -> list[str]:
    """The ids of the turns that the bot remembers."""
    client: MongoClient[dict[str, Any]] = MongoClient(mongodb_uri)
    keys = [str(entry["key"]) for entry in client[bot.database]["journal"].find({"_id.c": conversation})]
    client.close()
    return [key.removeprefix("turn:") for key in keys]
