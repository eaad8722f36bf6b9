"""The two bots that are compared, each with a model of its own of the same data."""

import asyncio
import os
import secrets
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp import web

from inbox.machine.ports import free_port

ROOT = Path(__file__).resolve().parents[1]
BOT = ROOT / "bot"
DATA = ROOT / "nlu_data"
PYTHON = BOT / ".venv" / "bin" / "python"
TOKEN = secrets.token_hex()
FILES = Path(__file__).with_name("stock")


class Server(ABC):
    """A bot as one process."""

    name: str

    def __init__(self, folder: Path, mongodb_uri: str, actions_url: str) -> None:
        self.folder = folder / self.name
        self.folder.mkdir()
        self.port = free_port()
        self.unanswered = 0
        self.environment = {
            **os.environ,
            "RASA_TELEMETRY_ENABLED": "false",
            "MONGODB_URI": mongodb_uri,
            "PARLEY_BOT_TOKEN": TOKEN,
            "PARLEY_BOT_PORT": str(self.port),
            "PARLEY_BOT_MODELS": str(self.folder),
            "PARLEY_BOT_MONGODB_URI": mongodb_uri,
            "PARLEY_BOT_MONGODB_DB": "bench_bot",
            "PARLEY_ACTIONS_URL": actions_url,
        }

    @abstractmethod
    def train(self) -> None:
        """Make the model."""

    @abstractmethod
    def argv(self) -> list[str]:
        """The command that serves it."""

    @abstractmethod
    async def ask(self, http: aiohttp.ClientSession, conversation: str, text: str) -> bool:
        """One turn; whether it was answered in words. Raises AssertionError when the server fails."""

    @abstractmethod
    async def is_ready(self, http: aiohttp.ClientSession) -> bool:
        """Whether it takes turns now."""

    async def start(self) -> float:
        """Start it and wait until it takes turns; how many seconds that took."""
        began = time.perf_counter()
        self._launch()
        async with aiohttp.ClientSession() as http:
            while not await self._answers(http):
                assert self._process.poll() is None, (self.folder / "log").read_text()[-3000:]
                await asyncio.sleep(0.05)
        return time.perf_counter() - began

    def _launch(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self.argv(), cwd=self._home(), env=self.environment, stdout=log, stderr=log
            )

    async def _answers(self, http: aiohttp.ClientSession) -> bool:
        try:
            return await self.is_ready(http)
        except aiohttp.ClientError:
            return False

    def stop(self) -> None:
        """End it."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def cpu(self) -> float:
        """Seconds of CPU that the process has used, all threads; clock_getcpuclockid(3) says how."""
        return time.clock_gettime((~self._process.pid << 3) | 2)

    def memory(self) -> float:
        """MB resident."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def _home(self) -> Path:
        return self.folder

    def _run(self, *argv: str, folder: Path) -> None:
        done = subprocess.run(argv, cwd=folder, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


class Stock(Server):
    """Rasa as it comes: `rasa run` with its own store and channel, its light pipeline, our policies."""

    name = "stock"

    def train(self) -> None:
        data = ("--domain", str(DATA / "domain.yml"), "--data")
        data += tuple(str(DATA / part) for part in ("nlu", "rules.yml", "stories.yml"))
        out = ("--out", str(self.folder / "models"), "--fixed-model-name", "stock")
        config = ("--config", str(FILES / "config.yml"))
        self._run(str(PYTHON), "-m", "rasa", "train", *data, *config, *out, folder=self.folder)

    def argv(self) -> list[str]:
        files = ["--endpoints", str(FILES / "endpoints.yml"), "--credentials", str(FILES / "credentials.yml")]
        where = ["-i", "127.0.0.1", "-p", str(self.port), "--model", "models/stock.tar.gz"]
        return [str(PYTHON), "-m", "rasa", "run", *where, *files]

    async def ask(self, http: aiohttp.ClientSession, conversation: str, text: str) -> bool:
        url = f"http://127.0.0.1:{self.port}/webhooks/rest/webhook"
        async with http.post(url, json={"sender": conversation, "message": text}) as answer:
            assert answer.status == 200
            return bool(await answer.json())  # an action that fails is silence here

    async def is_ready(self, http: aiohttp.ClientSession) -> bool:
        async with http.get(f"http://127.0.0.1:{self.port}/") as answer:
            return answer.status == 200


class Parley(Server):
    """Ours, as `parley up` runs it."""

    name = "parley"

    def train(self) -> None:
        self._run(str(PYTHON), "train.py", "--out", str(self.folder), folder=BOT)

    def argv(self) -> list[str]:
        return [str(PYTHON), "serve.py"]

    async def ask(self, http: aiohttp.ClientSession, conversation: str, text: str) -> bool:
        body = {"turn_id": secrets.token_hex(8), "conversation_id": conversation, "text": text}
        body |= {"channel": {"id": "web", "kind": "webchat"}, "contact": {"id": "ada"}}
        headers = {"Authorization": f"Bearer {TOKEN}"}
        url = f"http://127.0.0.1:{self.port}/webhooks/parley/turn"
        async with http.post(url, json=body, headers=headers) as answer:
            said = await answer.json()
            assert answer.status == 200 and said["replies"], f"{said} to {text!r}"
            return not said["handoff"]  # an action that fails fetches a person

    async def is_ready(self, http: aiohttp.ClientSession) -> bool:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        url = f"http://127.0.0.1:{self.port}/webhooks/parley/health"
        async with http.get(url, headers=headers) as answer:
            return answer.status == 200

    def _home(self) -> Path:
        return BOT


@asynccontextmanager
async def orders_api() -> AsyncIterator[str]:
    """The orders that actions look up; all of them are on their way. Yields its address."""

    async def order(request: web.Request) -> web.Response:
        number = request.match_info["number"]
        return web.json_response({"number": number, "status": "shipped", "items": [], "carrier": "DPD"})

    app = web.Application()
    app.router.add_get("/api/v1/orders/{number}", order)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", free_port())
    await site.start()
    try:
        yield site.name
    finally:
        await runner.cleanup()


@asynccontextmanager
async def running_actions(orders: str) -> AsyncIterator[str]:
    """The action server, the same for both. Yields the address that actions are asked at."""
    port = free_port()
    process = _actions(port, orders)
    try:
        async with aiohttp.ClientSession() as http:
            while True:
                try:
                    async with http.get(f"http://127.0.0.1:{port}/health"):
                        break
                except aiohttp.ClientError:
                    assert process.poll() is None, "The action server ended."
                    await asyncio.sleep(0.1)
        yield f"http://127.0.0.1:{port}/webhook"
    finally:
        process.terminate()
        process.wait(20)


def _actions(port: int, orders: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PARLEY_ACTIONS_PORT": str(port), "PARLEY_API_BASE": orders}
    return subprocess.Popen([str(PYTHON), "-m", "actions"], cwd=BOT, env=environment)
