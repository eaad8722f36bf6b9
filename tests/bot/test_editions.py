"""Several editions in one bot: two real models, and a conversation that changes its language."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from model_files import check
from running import BOT, TOKEN, Bot, Customer, Orders, a_turn, wait_until, words

ITALIAN = {
    "domain.yml": """\
version: "3.1"
intents: [greet, where]
entities: [order_number]
slots:
  order_number:
    type: text
    influence_conversation: false
    mappings: [{type: from_entity, entity: order_number}]
responses:
  utter_greet: [{text: "Ciao dal club!"}]
  utter_where: [{text: "Il tuo ordine è {order_number}."}]
""",
    "nlu/all.yml": """\
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - ciao
      - buongiorno
      - salve a tutti
      - buonasera
  - intent: where
    examples: |
      - quale ordine ho fatto
      - che ordine era
      - qual è il mio ordine
      - dimmi il numero dell'ordine
""",
    "rules.yml": """\
version: "3.1"
rules:
  - rule: greet
    steps: [{intent: greet}, {action: utter_greet}]
  - rule: where
    steps: [{intent: where}, {action: utter_where}]
""",
    "stories.yml": 'version: "3.1"\nstories: []\n',
}


class Inbox:
    """Lists editions and serves their models, as the inbox does."""

    def __init__(self) -> None:
        owner = self
        self.models: dict[str, bytes] = {}
        self.asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.asked.append(self.path)
                status, body, etag = owner.answer(self.path, self.headers)
                self.send_response(status)
                for name, value in {"ETag": etag, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.send_header("X-Model-Id", etag[1:9])
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/v1/bot/models"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, path: str, headers: Any) -> tuple[int, bytes, str]:
        if headers["Authorization"] != f"Bearer {TOKEN}":
            return 401, b"", ""
        place = path.removeprefix("/api/v1/bot/")
        if place == "editions":
            listed = {key: {"live": sha(model), "canary": None} for key, model in self.models.items()}
            body = json.dumps({"editions": listed}).encode()
        else:
            edition, _, lane = place.removeprefix("models/").partition("/")
            if lane != "live" or edition not in self.models:
                return 204, b"", ""
            body = self.models[edition]
        etag = f'"{sha(body)}"'
        return (304, b"", etag) if headers["If-None-Match"] == etag else (200, body, etag)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(scope="module")
def italian(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small model of its own."""
    data, out = tmp_path_factory.mktemp("italian"), tmp_path_factory.mktemp("trained")
    for name, text in ITALIAN.items():
        (data / name).parent.mkdir(exist_ok=True)
        (data / name).write_text(text)
    command = [sys.executable, "train.py", "--data", str(data), "--out", str(out)]
    done = subprocess.run(command, cwd=BOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return check(out)[0].read_bytes()


@pytest.fixture(scope="module")
def inbox() -> Iterator[Inbox]:
    """What the bot asks for editions."""
    server = Inbox()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def own(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bot's own folder, with the model that the sample data make."""
    folder = tmp_path_factory.mktemp("models")
    for file in models.glob("parley*"):
        shutil.copy(file, folder)
    return folder


@pytest.fixture
def bot(
    own: Path, inbox: Inbox, mongodb_uri: str, orders: Orders, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bot]:
    """A bot that takes its editions from there."""
    logs = tmp_path_factory.mktemp("logs")
    running = Bot(own, mongodb_uri, orders, logs, PARLEY_BOT_MODEL_SERVER=inbox.url)
    try:
        running.start()
        yield running
    finally:
        running.stop()


def says(bot: Bot, conversation: str, text: str, *editions: str) -> dict[str, Any]:
    answer = bot.ask(a_turn(conversation, text=text, editions=list(editions)))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_conversation_changes_its_language_and_loses_nothing(
    bot: Bot, inbox: Inbox, italian: bytes
) -> None:
    talk, both = uuid.uuid4().hex, ("default.it", "")
    before = says(bot, talk, "Where is my order 48213?", *both)
    assert before["edition"] is None  # nothing of it is published yet
    assert before["slots"]["order_number"] == "48213" and len(before["slots"]) > 1
    assert bot.ask(a_turn(talk, text="ciao", editions=["club.en"])).status_code == 503

    inbox.models["default.it"] = italian
    wait_until(
        lambda: says(bot, uuid.uuid4().hex, "ciao", *both)["edition"] == "default.it",
        seconds=120,
        what=f"the edition is loaded, see {bot.rasa.log}",
    )
    answer = says(bot, talk, "qual è il mio ordine", *both)
    assert words(answer) == "Il tuo ordine è 48213."
    assert set(answer["slots"]) == {"order_number"}
    told = {"conversation_id": talk, "event_id": "back", "editions": list(both)}
    events = [{"type": "handed_back", "outcome": "resolved"}]
    assert bot.http.post("/events", json={**told, "events": events}).status_code == 200
    assert words(says(bot, talk, "buongiorno", *both)) == "Ciao dal club!"
    answer = says(bot, talk, "hello", "")
    assert answer["edition"] is None and answer["model"]["id"] != sha(italian)[:8]
    assert answer["slots"] == {**before["slots"], "last_handoff_outcome": "resolved"}
    assert Customer(bot).says("hello")["edition"] is None  # one who says nothing of editions
    fetched = inbox.asked.count("/api/v1/bot/models/default.it/live")
    asked = inbox.asked.count("/api/v1/bot/editions")
    wait_until(
        lambda: inbox.asked.count("/api/v1/bot/editions") > asked + 1, seconds=60, what="it looks again"
    )
    assert inbox.asked.count("/api/v1/bot/models/default.it/live") == fetched
    assert bot.http.post("/erase", json={"conversation_id": talk}).status_code == 200


def test_an_edition_that_was_kept_is_there_without_the_inbox_and_goes_when_it_is_taken_back(
    bot: Bot, inbox: Inbox, italian: bytes
) -> None:
    assert inbox.models == {"default.it": italian}
    assert says(bot, "a", "ciao", "default.it", "")["edition"] == "default.it"  # at its first turn
    inbox.models.clear()
    wait_until(
        lambda: says(bot, uuid.uuid4().hex, "ciao", "default.it", "")["edition"] is None,
        seconds=60,
        what="the edition is gone",
    )
