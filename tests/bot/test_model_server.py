"""Models from the inbox's model server: taken, kept, told apart by their ETag, and never half."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from engine.canary import Canary
from engine.model_server import ModelServer
from engine.models import ModelFolder, Models
from model_files import ModelUnusable, seal

TOKEN = "the-token-of-the-bot"


class Inbox:
    """Serves one lane, as the inbox does."""

    def __init__(self) -> None:
        owner = self
        self.model: bytes | None = None
        self.etag: str | None = None
        self.asked: list[int] = []
        self.own: list[str | None] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body, headers = owner.answer(self.headers)
                owner.asked.append(status)
                owner.own.append(self.headers["X-Own-Model"])
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/live"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, headers: Any) -> tuple[int, bytes, dict[str, str]]:
        if headers["Authorization"] != f"Bearer {TOKEN}":
            return 401, b"", {}
        model = self.model  # another may be there in a moment
        if model is None:
            return 204, b"", {}
        etag = f'"{self.etag or hashlib.sha256(model).hexdigest()}"'
        if headers["If-None-Match"] == etag:
            return 304, b"", {"ETag": etag}
        about = {"ETag": etag, "X-Model-Id": "m1", "X-Trained-At": "2026-01-01T00:00:00+00:00"}
        return 200, model, about

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """A model server."""
    server = Inbox()
    yield server
    server.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The bot's own folder, with a model of its own."""
    trained = tmp_path / "trained"
    trained.write_bytes(b"the folder's own")
    seal(trained, tmp_path / "models", id="own", trained_at="2026", fingerprint=None)
    return tmp_path / "models"


def read(source: ModelServer) -> tuple[bytes, str]:
    path, sealed = source.fetch()
    return path.read_bytes(), sealed.id


def test_what_is_published_counts_and_otherwise_the_folder(inbox: Inbox, folder: Path) -> None:
    source = ModelServer(inbox.url, TOKEN, folder / "served", ModelFolder(folder))
    assert read(source) == (b"the folder's own", "own")
    assert not source.has_changed()
    assert set(inbox.own) == {None}
    inbox.model = b"published"
    assert source.has_changed()
    assert read(source) == (b"published", "m1")
    assert not source.has_changed()
    assert inbox.asked.count(200) == 1  # its bytes came once
    inbox.model = None
    assert source.has_changed()
    assert read(source) == (b"the folder's own", "own")


def test_a_bot_without_a_model_of_its_own_says_so_and_keeps_what_it_was_given(
    inbox: Inbox, tmp_path: Path
) -> None:
    kept, empty = tmp_path / "served", ModelFolder(tmp_path / "empty")
    inbox.model = b"published"
    source = ModelServer(inbox.url, TOKEN, kept, empty)
    assert read(source) == (b"published", "m1")
    assert inbox.own[-1] == "none"
    inbox.model = None
    assert not source.has_changed()
    assert inbox.asked[-1] == 204
    # Nor does a start afterwards stand there with nothing.
    assert read(ModelServer(inbox.url, TOKEN, kept, empty)) == (b"published", "m1")


def test_a_server_that_is_gone_takes_nothing_away(inbox: Inbox, folder: Path) -> None:
    inbox.model = b"published"
    kept = folder / "served"
    assert read(ModelServer(inbox.url, TOKEN, kept, ModelFolder(folder)))[0] == b"published"
    inbox.stop()
    again = ModelServer(inbox.url, TOKEN, kept, ModelFolder(folder))
    assert read(again) == (b"published", "m1")
    assert not again.has_changed()


def test_what_does_not_match_its_etag_is_not_taken(inbox: Inbox, folder: Path) -> None:
    inbox.model, inbox.etag = b"forged", "0" * 64
    source = ModelServer(inbox.url, TOKEN, folder / "served", ModelFolder(folder))
    assert read(source)[0] == b"the folder's own"
    assert ModelServer(inbox.url, "wrong", folder / "other", None).is_empty
    with pytest.raises(ModelUnusable):
        ModelServer(inbox.url, "wrong", folder / "other", None).fetch()


class Loaded:
    """A model that was loaded, as far as exchanging goes."""

    def __init__(self, content: bytes, sealed: Any) -> None:
        self.content, self.sealed, self.is_retired = content, sealed, False

    def retire(self) -> None:
        self.is_retired = True


async def load(path: Path, sealed: Any) -> Any:
    return Loaded(path.read_bytes(), sealed)  # noqa: ASYNC240


def test_a_canary_comes_and_goes_and_the_live_model_stays(inbox: Inbox, folder: Path) -> None:
    async def story() -> None:
        live = Models(ModelFolder(folder), load)
        await live.begin()
        canary = Canary(ModelServer(inbox.url, TOKEN, folder / "canary"), load)
        await canary.look()
        assert canary.current is None
        inbox.model = b"on trial"
        await canary.look()
        tried: Any = canary.current
        assert tried.content == b"on trial"
        inbox.model = None
        await canary.look()
        assert canary.current is None and tried.is_retired
        assert live.current is not None and not live.current.is_retired  # type: ignore[attr-defined]

    asyncio.run(story())
