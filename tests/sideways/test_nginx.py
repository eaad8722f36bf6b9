"""The front that `deploy/nginx` describes: who is sent where, and what a restart is like behind it."""

import asyncio
import io
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from inbox.app import now
from inbox.machine.ports import free_port
from inbox.model.ids import new_id
from tests.parley import until, whatsapp_texts, whatsapp_value
from tests.sideways.fleet import Fleet
from tests.sideways.front import a_front
from tests.sideways.pages import Page, Screen


class Echo:
    """A process that answers with its own port."""

    def __init__(self) -> None:
        self.port = free_port()
        self.status = 200
        self.dies_after: bytes | None = None
        """What it still writes of its answer before its connection breaks, as a killed process's does."""

    async def start(self) -> web.AppRunner:
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        return runner

    async def _answer(self, request: web.Request) -> web.Response:
        await request.read()
        if self.dies_after is not None and request.transport:
            request.transport.write(self.dies_after)
            request.transport.close()
        headers = {"Retry-After": "7"} if self.status == 503 else {}
        return web.Response(text=str(self.port), status=self.status, headers=headers)


@pytest.fixture
async def echoes() -> AsyncIterator[list[Echo]]:
    """Three of them."""
    echoes = [Echo() for _ in range(3)]
    runners = [await echo.start() for echo in echoes]
    yield echoes
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def front(echoes: list[Echo], tmp_path: Path) -> AsyncIterator[str]:
    """nginx in front of them."""
    async with a_front(tmp_path, [echo.port for echo in echoes]) as url:
        yield url


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A provider."""
    async with aiohttp.ClientSession() as session:
        yield session


def status_of(number: str) -> dict:
    return whatsapp_value({"statuses": [{"id": new_id(), "status": "sent", "recipient_id": number}]})


async def test_a_customers_webhooks_go_to_one_process(front: str, http: aiohttp.ClientSession) -> None:
    async def served_by(**request) -> str:
        async with http.post(f"{front}/hooks/x", **request) as answer:
            assert answer.status == 200
            return await answer.text()

    homes: Counter[str] = Counter()
    for number in (f"1555000{n:04d}" for n in range(60)):
        home = await served_by(json=whatsapp_texts("Hi", "Hello", phone=number))
        assert await served_by(json=whatsapp_texts("x" * 200_000, phone=number)) == home
        assert await served_by(json=status_of(number)) == home
        homes[home] += 1
    assert len(homes) == 3
    assert min(homes.values()) > 5, homes
    ours, forms = "+15559990000", []
    for number in (f"+1555000{n:04d}" for n in range(20)):
        received = {"From": number, "To": ours, "Body": "From=me", "SmsStatus": "received"}
        reported = {"MessageSid": "SM1", "MessageStatus": "sent", "To": number, "From": ours}
        forms.append(await served_by(data=received))
        assert await served_by(data=reported) == forms[-1]
    assert len(set(forms)) == 3
    assert len({await served_by(json={"n": n}) for n in range(30)}) == 3, "what names nobody is spread"


async def test_what_one_process_does_not_take_another_does(
    front: str, http: aiohttp.ClientSession, echoes: list[Echo]
) -> None:
    body = whatsapp_texts("Hi", phone="15550001234")
    async with http.post(f"{front}/hooks/x", json=body) as answer:
        home = await answer.text()
    next(echo for echo in echoes if str(echo.port) == home).status = 503
    async with http.post(f"{front}/hooks/x", json=body) as answer:
        assert (answer.status, await answer.text() == home) == (200, False)
    for echo in echoes:
        echo.status = 503
    await asyncio.sleep(2.2)  # nginx counts whole seconds: until it asks again who was too busy
    async with http.post(f"{front}/hooks/x", json=body) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "7"), "Parley's own word"


@pytest.mark.parametrize("written", [b"", b"HTTP/1.1 20"])
async def test_for_one_that_dies_over_a_webhook_another_takes_it(
    front: str, http: aiohttp.ClientSession, echoes: list[Echo], written: bytes
) -> None:
    """It may have been stored already: it is one message all the same, by its id."""
    body = whatsapp_texts("Hi", phone="15550001234")
    async with http.post(f"{front}/hooks/x", json=body) as answer:
        home = await answer.text()
    next(echo for echo in echoes if str(echo.port) == home).dies_after = written
    async with http.post(f"{front}/hooks/x", json=body) as answer:
        assert (answer.status, await answer.text() == home) == (200, False)
    for echo in echoes:
        echo.dies_after = written
    async with http.post(f"{front}/hooks/x", json=body) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "2"), "it is to come again"


async def test_models_are_tried_where_the_bots_environment_is(
    tmp_path: Path, http: aiohttp.ClientSession, echoes: list[Echo]
) -> None:
    *ours, workshop = (echo.port for echo in echoes)

    async def served_by(front: str, method: str, path: str) -> int:
        async with http.request(method, f"{front}{path}", json={}) as answer:
            assert answer.status == 200, path
            return int(await answer.text())

    tries = [("GET", "/api/v1/studio/try"), ("POST", "/api/v1/studio/try"), ("POST", "/try/a-secret")]
    tries += [("GET", "/try/a-secret"), ("POST", "/api/v1/studio/try/story")]
    others = [("GET", "/api/v1/studio/shares"), ("GET", "/studio/try"), ("GET", "/api/v1/studio/tryst")]
    (tmp_path / "with").mkdir()
    async with a_front(tmp_path / "with", ours, [workshop]) as front:
        assert {await served_by(front, *each) for each in tries} == {workshop}
        assert {await served_by(front, *each) for each in others} <= set(ours)
    (tmp_path / "without").mkdir()
    async with a_front(tmp_path / "without", ours, [free_port()]) as front:
        assert {await served_by(front, *each) for each in tries} <= set(ours), (
            "who says that it cannot be tried"
        )


async def test_with_all_processes_gone_the_provider_is_told_when_to_come_again(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    async with a_front(tmp_path, [free_port(), free_port()]) as front:
        for path in ("/hooks/x", "/"):
            async with http.post(f"{front}{path}", data=b"{}") as answer:
                assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
                assert answer.content_type == "application/problem+json"


async def test_limits_hold_at_the_front(front: str, http: aiohttp.ClientSession) -> None:
    async with http.post(f"{front}/hooks/x", data=io.BytesIO(bytes(6 * 2**20))) as answer:
        assert answer.status == 413
    async with http.get(f"{front}/metrics") as answer:
        assert answer.status == 404

    async def ask() -> int:
        async with http.get(f"{front}/api/v1/counts") as answer:
            return answer.status

    assert Counter(await asyncio.gather(*(ask() for _ in range(700))))[429] > 100


@pytest.mark.timeout(400)
@pytest.mark.parametrize("again", [Fleet.restart, Fleet.kill], ids=["restarted", "killed"])
async def test_processes_that_go_one_after_the_other_under_load_cost_a_reconnect_at_most(
    fleet: Fleet, phones, tmp_path: Path, again: Callable[[Fleet, int], Awaitable[None]]
) -> None:
    """What a killed one sent may arrive twice: the provider has it, and nobody wrote that down."""
    fleet.refusals.clear()
    said: dict[str, list[str]] = {phone: [] for phone in phones}
    answers: Counter[int] = Counter()
    began, is_over = now(), asyncio.Event()

    async def customer(front: str, phone: str) -> None:
        while not is_over.is_set():
            text = f"{phone} no. {len(said[phone])}"
            ids = [f"wamid.{new_id()}"]
            while (status := await fleet.hook(front, text, phone=phone, ids=ids)) != 200:
                answers[status] += 1  # a machine that is too busy may say so; Meta then sends it again
                await asyncio.sleep(0.5)
            answers[200] += 1
            said[phone].append(text)
            await asyncio.sleep(random.uniform(0.1, 0.3))

    async def visitor(page: Page, words: list[str]) -> None:
        while not is_over.is_set():
            client_id, words_now = new_id(), f"visitor no. {len(words)}"
            while True:  # as the widget does: the same client_id until it is answered
                try:
                    answer = await page.ask("send", {"client_id": client_id, "text": words_now})
                    if "message" in answer:
                        break
                    assert answer["error"]["code"] in ("unavailable", "too_fast"), answer
                except Exception as error:
                    assert "not a connected" in str(error) or type(error).__name__ == "TimeoutError"
                await asyncio.sleep(0.1)
            words.append(words_now)
            await asyncio.sleep(0.5)

    async with a_front(tmp_path, fleet.ports) as front:
        screens = [await Screen(front, await fleet.an_agent("Gil")).open() for _ in range(6)]
        widget = await Page("/visitors").connect(front, {"channel_id": "webchat", "token": None})
        token = (await widget.hears("welcome"))["token"]
        widget.socket.connection_auth = {"channel_id": "webchat", "token": token}
        spoken: list[str] = []
        talk = [customer(front, phone) for phone in phones] + [visitor(widget, spoken)]
        talking = [asyncio.create_task(each) for each in talk]
        for place in range(len(fleet.ports)):
            await asyncio.sleep(1)
            await again(fleet, place)
        await asyncio.sleep(1)
        is_over.set()
        await asyncio.gather(*talking)
        await until(fleet.is_quiet, within=120)
        found = await fleet.store.conversations.page({}, waiting=False, after=None, limit=1000)
        truth = {c.id: c.rev for c in found if c.updated_at >= began}
        assert len(truth) == len(phones) + 1
        for screen in screens:
            await until(lambda s=screen: truth.items() <= {i: r["rev"] for i, r in s.rows.items()}.items())
        seen = await widget.ask("sync", {"after_rev": None})
        await asyncio.gather(*(page.socket.disconnect() for page in (*screens, widget)))
    assert set(answers) <= {200, 503}, fleet.refusals
    assert answers[503] <= answers[200] / 20, fleet.refusals
    for phone in phones:
        thread = await fleet.thread_of(phone)
        assert [m.content.text for m in thread if m.direction == "in"] == said[phone]
        heard = [m.content.text for m in thread if m.direction == "out"]
        lines = [line for text in heard for line in text.removeprefix("You said: ").split("\n")]
        assert lines == said[phone]
        arrived = fleet.cloud.arrived[phone]
        assert (arrived if again is Fleet.restart else list(dict.fromkeys(arrived))) == heard
    assert [m["content"]["text"] for m in seen["items"] if m["direction"] == "in"] == spoken
    assert all(page.connections <= 4 for page in screens), "one for each restart at most"
    assert sum(page.connections for page in screens) > len(screens), "somebody had to come back"
