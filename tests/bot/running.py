"""The real things that the tests talk to: a mongod, an orders API, the action server, the bot."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import uuid
import warnings
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from rasa.shared.core.domain import Domain

ROOT = Path(__file__).resolve().parents[2]
BOT = ROOT / "bot"
TOKEN = "a-token-for-tests-only"
API_TOKEN = "an-api-token-for-tests"


def a_domain() -> Domain:
    """The designers' domain. What Rasa warns of there is said by training."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Domain.load(ROOT / "nlu_data" / "domain.yml")


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(is_true: Callable[[], bool], *, seconds: float, what: str, every: float = 0.1) -> None:
    """Come back when `is_true`; fail with `what` after `seconds`."""
    end = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > end:
            raise AssertionError(f"Waited {seconds:g} s in vain: {what}")
        time.sleep(every)


class Process:
    """A child process, and what it printed."""

    def __init__(self, command: list[str], env: dict[str, str], log: Path) -> None:
        self._command = command
        self._env = {**os.environ, **env}
        self.log = log
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, in `bot/`."""
        with self.log.open("ab") as out:
            self._child = subprocess.Popen(
                self._command, cwd=BOT, env=self._env, stdout=out, stderr=subprocess.STDOUT
            )

    @property
    def pid(self) -> int:
        """The running process's id."""
        assert self._child
        return self._child.pid

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._child is not None and self._child.poll() is None

    def stop(self, *, kill: bool = False) -> None:
        """End it, politely or not."""
        if self._child and self.is_alive():
            self._child.kill() if kill else self._child.terminate()
            self._child.wait(20)


def mongod_binary() -> str:
    """A MongoDB server's program. Fails, rather than skips, when there is none."""
    found = shutil.which("mongod") or next(
        map(str, (ROOT / ".venv").glob("lib/python3*/site-packages/fiftyone/db/bin/mongod")), None
    )
    if not found:
        raise AssertionError(
            "These tests need MongoDB: set PARLEY_TEST_MONGODB_URI, or put mongod on the PATH, or "
            "run `make setup`, which brings one from PyPI."
        )
    return found


class Orders:
    """A small orders API. Odd numbers misbehave; see `answer`."""

    def __init__(self) -> None:
        owner = self
        self.asked: list[str] = []
        """The paths that were asked for."""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.asked.append(self.path)
                status, body = owner.answer(self.path, self.headers.get("Authorization", ""))
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Close the door."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, authorisation: str) -> tuple[int, Any]:
        """50000: a fault. 50001: too slow. 50002: nonsense. 99999: unknown. 2….: processing."""
        if authorisation != f"Bearer {API_TOKEN}":
            return 401, {"detail": "no"}
        number = path.rsplit("/", 1)[1]
        if path != f"/api/v1/orders/{number}" or number == "99999":
            return 404, {"detail": "none"}
        if number == "50000":
            return 500, {"detail": "fault"}
        if number == "50001":
            time.sleep(5)
        if number == "50002":
            return 200, b"<html>"
        status = {"2": "processing", "3": "delivered", "4": "shipped", "6": "returned"}
        return 200, {
            "number": number,
            "status": status.get(number[0], "cancelled"),
            "items": [{"name": "Oak lamp", "quantity": 2}, {"name": "Rug", "quantity": 1}],
            "placed_at": "2026-03-01T10:00:00Z",
            "shipped_at": None,
            "delivered_at": None,
            "eta": "2026-03-09T10:00:00Z",
            "carrier": "DPD",
            "tracking_url": "https://track.example/1",
            "city": "London",
            "total": {"amount": "120.00", "currency": "GBP"},
        }


class Bot:
    """The bot and its action server, as the inbox sees them."""

    def __init__(self, models: Path, mongodb_uri: str, orders: Orders, logs: Path, **more: str) -> None:
        port, actions_port = free_port(), free_port()
        env = {
            "PARLEY_BOT_TOKEN": TOKEN,
            "PARLEY_BOT_PORT": str(port),
            "PARLEY_BOT_MODELS": str(models),
            "PARLEY_BOT_MONGODB_URI": mongodb_uri,
            "PARLEY_BOT_MONGODB_DB": f"test_{uuid.uuid4().hex[:8]}",
            "PARLEY_ACTIONS_PORT": str(actions_port),
            "PARLEY_API_BASE": orders.address,
            "PARLEY_API_TOKEN": API_TOKEN,
            "PARLEY_API_SECONDS": "3",
            **more,
        }
        self.database = env["PARLEY_BOT_MONGODB_DB"]
        self.rasa = Process([sys.executable, "serve.py"], env, logs / "serve.log")
        self.actions = Process([sys.executable, "-m", "actions"], env, logs / "actions.log")
        self.actions_url = f"http://127.0.0.1:{actions_port}/webhook"
        self._actions_address = f"http://127.0.0.1:{actions_port}/health"
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{port}/webhooks/parley",
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=30,
        )

    def start(self) -> None:
        """Start both and wait until they answer."""
        self.rasa.start()
        self.start_actions()
        self.wait()

    def start_actions(self) -> None:
        """Start the action server and wait until it answers."""
        self.actions.start()
        wait_until(lambda: _answers(self._actions_address), seconds=60, what=f"{self.actions.log}")

    def wait(self) -> None:
        """Wait until the model is loaded."""
        wait_until(self._is_ready, seconds=120, what=f"the bot is ready, see {self.rasa.log}")

    def _is_ready(self) -> bool:
        assert self.rasa.is_alive(), f"The bot ended: {self.rasa.log.read_text()[-2000:]}"
        try:
            return self.http.get("/health").status_code == 200
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        """End both."""
        self.http.close()
        self.rasa.stop()
        self.actions.stop()

    def ask(self, turn: dict[str, Any]) -> httpx.Response:
        """Send a turn."""
        return self.http.post("/turn", json=turn)

    def tell(self, conversation: str, *events: dict[str, Any], event_id: str | None = None) -> int:
        """Report happenings; how many were new."""
        body = {
            "conversation_id": conversation,
            "events": list(events),
            "event_id": event_id or uuid.uuid4().hex,
        }
        answer = self.http.post("/events", json=body)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["appended"])


class Customer:
    """Somebody in one conversation with the bot."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.conversation = uuid.uuid4().hex

    def says(self, text: str) -> dict[str, Any]:
        """The bot's answer to a text."""
        return self._turn(a_turn(self.conversation, text=text))

    def taps(self, payload: str, title: str | None = None) -> dict[str, Any]:
        """The bot's answer to a button."""
        return self._turn(a_turn(self.conversation, text=title, payload=payload))

    def _turn(self, turn: dict[str, Any]) -> dict[str, Any]:
        answer = self.bot.ask(turn)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def a_turn(conversation: str = "c", **changes: Any) -> dict[str, Any]:
    """A turn's body."""
    return {
        "turn_id": uuid.uuid4().hex,
        "conversation_id": conversation,
        "text": None,
        "payload": None,
        "channel": {"id": "web", "kind": "webchat"},
        "language": "en",
        "contact": {"id": "ada", "name": "Ada"},
        "metadata": {},
        **changes,
    }


def words(answer: dict[str, Any]) -> str:
    """Everything that an answer says."""
    return "\n".join(reply.get("text") or "" for reply in answer["replies"])


def titles(answer: dict[str, Any]) -> list[str]:
    """The titles of the last reply's options."""
    return [option["title"] for option in answer["replies"][-1].get("options", [])]


def _answers(address: str) -> bool:
    try:
        return httpx.get(address).status_code == 200
    except httpx.TransportError:
        return False
