"""Other programs are told what happens: signed, at least once, tried again, and never inside our walls."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from connectors.outside import Outside
from inbox.actions import webhooks
from inbox.actions.desk import Desk
from inbox.actions.errors import Invalid
from inbox.actions.webhooks import Office, Wish
from inbox.bus import Bus
from inbox.dispatching import Dispatching
from inbox.model.people import ADMIN, Principal, Role
from inbox.model.secrets import Vault
from inbox.model.webhook import BACK_OFF, EVENTS, State, signed
from inbox.store import Store
from tests.parley import Client, Json, Parley, running_parley, settings_for, until

HERE = "127.0.0.2"


class Hearer:
    """Another program, on a real port: remembers what it was told, and answers as a test wants."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 200
        self.heard: list[tuple[dict[str, str], bytes]] = []

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append(({k.lower(): v for k, v in request.headers.items()}, await request.read()))
        return web.Response(status=self.status)

    def of(self, what: str) -> list[Json]:
        told = [json.loads(body) for _, body in self.heard]
        return [each for each in told if each["type"] == what]


@pytest.fixture
async def hearer() -> AsyncIterator[Hearer]:
    hearer, app = Hearer(), web.Application()
    app.router.add_post("/hear", hearer.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, HERE, 0).start()
    hearer.url = f"http://{HERE}:{runner.addresses[0][1]}/hear"
    yield hearer
    await runner.cleanup()


@pytest.fixture(scope="module")
async def telling(mongodb: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Parley]:
    """A Parley that may call one address of this machine."""
    home: Path = tmp_path_factory.mktemp("telling")
    async with running_parley(
        settings_for(mongodb, home, private_networks=(ip_network(f"{HERE}/32"),))
    ) as parley:
        yield parley


@pytest.fixture
async def admin(telling: Parley) -> Client:
    return await telling.an_agent(f"Admin {datetime.now(UTC).timestamp()}", Role.ADMIN)


async def subscribed(admin: Client, hearer: Hearer, *events: str, **more: Any) -> Json:
    found: Json = await admin.post("/webhooks", {"url": hearer.url, "events": list(events or EVENTS), **more})
    return found


def is_signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As a receiver checks it, by the specification of Standard Webhooks."""
    told = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mark = base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode()
    return any(
        hmac.compare_digest(each.removeprefix("v1,"), mark)
        for each in headers["webhook-signature"].split(" ")
    )


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of github.com/standard-webhooks, which its libraries are tested with."""
    at = datetime.fromtimestamp(1614265330, UTC)
    body = b'{"test": 2432232314}'
    headers = signed("msg_p5jXN8AQM9LWM0D4loKWxJek", at, body, ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_what_happens_is_told_signed_and_in_an_order_that_can_be_seen(
    telling: Parley, admin: Client, hearer: Hearer
) -> None:
    hook = await subscribed(admin, hearer)
    await telling.customer_says("Hello there", phone="15551110001")
    await until(lambda: len(hearer.of("message.created")) >= 2, within=30)
    for headers, body in hearer.heard:
        assert is_signed(hook["secret"], headers, body)
        assert not is_signed("whsec_" + base64.b64encode(b"x" * 24).decode(), headers, body)
    born = hearer.of("conversation.created")
    said = sorted(hearer.of("message.created"), key=lambda each: each["order"]["seq"])
    assert len(born) == 1
    assert said[0]["data"]["message"]["content"]["text"] == "Hello there"
    assert said[0]["version"] == "1"
    assert said[0]["order"]["conversation_id"] == born[0]["data"]["conversation"]["id"]
    await admin.call("DELETE", f"/webhooks/{hook['id']}")


async def test_a_status_and_a_change_of_state_are_told(
    telling: Parley, admin: Client, hearer: Hearer
) -> None:
    hook = await subscribed(admin, hearer, "conversation.changed", "message.updated", "note.created")
    await telling.customer_says("Hello", phone="15551110002")
    found = await until(lambda: _of_phone(telling, "+15551110002"))
    await until(lambda: _is_answered(telling, found.id))
    await until(lambda: telling.store.webhooks.told(found.id), within=30)  # what is new has no changes
    await admin.post(f"/conversations/{found.id}/labels", {"add": ["vip"]})
    changed = await until(
        lambda: [e for e in hearer.of("conversation.changed") if "labels" in e["data"]["changed"]], within=30
    )
    assert changed[0]["data"]["conversation"]["labels"] == ["vip"]
    await admin.post(f"/conversations/{found.id}/messages", {"text": "Careful", "note": True})
    noted = await until(lambda: hearer.of("note.created"), within=30)
    assert noted[0]["data"]["message"]["content"]["text"] == "Careful"
    assert hearer.of("message.created") == []
    await admin.call("DELETE", f"/webhooks/{hook['id']}")


async def _of_phone(parley: Parley, address: str) -> Any:
    return next((c for c in await parley.conversations() if c.contact.address == address), None)


async def _is_answered(parley: Parley, conversation_id: str) -> bool:
    found = await parley.store.conversations.get(conversation_id)
    return bool(found and found.turn is None and found.bot_seq and found.delivery is None)


async def test_another_channel_is_not_told_of(telling: Parley, admin: Client, hearer: Hearer) -> None:
    other = await subscribed(admin, hearer, channel_ids=["webchat"])
    mine = await subscribed(admin, hearer, "message.created", channel_ids=["whatsapp"])
    await telling.customer_says("Hello", phone="15551110003")
    await until(lambda: hearer.of("message.created"), within=30)
    assert await deliveries(telling, other["id"]) == []
    for hook in (other, mine):
        await admin.call("DELETE", f"/webhooks/{hook['id']}")


async def deliveries(parley: Parley, webhook_id: str) -> list[Any]:
    return await parley.store.deliveries.page(webhook_id, state=None, after=None, limit=100)


async def test_what_fails_is_tried_again_and_can_be_told_again(
    telling: Parley, admin: Client, hearer: Hearer
) -> None:
    hook, hearer.status = await subscribed(admin, hearer, "note.created"), 500
    ping = await admin.post(f"/webhooks/{hook['id']}/test")
    listed = f"/webhooks/{hook['id']}/deliveries"

    async def first() -> Any:
        return [each for each in (await admin.get(listed))["items"] if each["tries"]]

    failed = (await until(first, within=30))[0]
    assert failed["state"] == "waiting"
    assert failed["tries"][0]["status"] == 500
    assert failed["due"] > failed["tries"][0]["at"]
    assert (await admin.get("/webhooks"))["items"][-1]["failing_since"]
    hearer.status = 204
    assert await admin.post(f"{listed}/{ping['id']}/replay") == {"queued": 1}
    await until(lambda: _is_delivered(telling, ping["id"]), within=30)
    ids = {headers["webhook-id"] for headers, _ in hearer.heard}
    assert len(hearer.heard) >= 2
    assert ids == {ping["event_id"]}
    again = {"since": "2020-01-01T00:00:00Z", "failed_only": False}
    assert await admin.post(f"/webhooks/{hook['id']}/replay", again) == {"queued": 1}
    await until(lambda: len(hearer.heard) >= 3, within=30)
    await admin.call("DELETE", f"/webhooks/{hook['id']}")


async def _is_delivered(parley: Parley, delivery_id: str) -> bool:
    found = await parley.store.deliveries.get(delivery_id)
    return bool(found and found.state is State.DELIVERED)


class Later:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


async def test_after_a_day_it_is_given_up_and_who_hears_nothing_is_told_nothing(
    store: Store, hearer: Hearer
) -> None:
    clock, outside, vault = Later(), Outside((ip_network(f"{HERE}/32"),)), Vault("a secret key of a test")
    office = Office(Desk(store, Bus(), clock), vault, outside)
    who = Principal(id="admin", name="Admin", permissions=frozenset({ADMIN}))
    hook, _ = await webhooks.add(office, who, Wish(hearer.url, ["note.created"]))
    ping, hearer.status = await webhooks.try_out(office, who, hook.id), 503
    hand, began = Dispatching(store, clock, vault, outside), clock.now
    while (kept := await store.deliveries.get(ping.id)) and kept.state is State.WAITING:
        assert len(kept.tries) <= len(BACK_OFF)
        clock.now = (kept.due or clock.now) + timedelta(seconds=1)
        await hand.deliver(ping.id)
    await outside.close()
    assert kept and kept.state is State.FAILED
    assert len(kept.tries) == len(hearer.heard) == len(BACK_OFF) + 1
    assert timedelta(hours=24) < clock.now - began < timedelta(hours=30)
    stopped = await store.webhooks.get(hook.id)
    assert stopped and not stopped.is_on
    assert "has failed since" in (stopped.stopped_why or "")
    noted = await store.audit.page({"target": f"webhook:{hook.id}"}, limit=1)
    assert noted[0].what == "webhook.stopped"
    with pytest.raises(Invalid):
        await webhooks.try_out(office, who, hook.id)


async def test_who_dies_while_telling_is_followed_by_another(store: Store, hearer: Hearer) -> None:
    clock, outside, vault = Later(), Outside((ip_network(f"{HERE}/32"),)), Vault("a secret key of a test")
    office = Office(Desk(store, Bus(), clock), vault, outside)
    who = Principal(id="admin", name="Admin", permissions=frozenset({ADMIN}))
    hook, _ = await webhooks.add(office, who, Wish(hearer.url, ["note.created"]))
    ping = await webhooks.try_out(office, who, hook.id)
    assert await store.deliveries.claim(ping.id, "who dies", clock(), timedelta(seconds=60))
    other = Dispatching(store, clock, vault, outside)
    await other.deliver(ping.id)
    assert hearer.heard == []
    clock.now += timedelta(seconds=61)
    await other.deliver(ping.id)
    await outside.close()
    assert len(hearer.heard) == 1
    kept = await store.deliveries.get(ping.id)
    assert kept and kept.state is State.DELIVERED


async def test_who_is_gone_is_told_nothing_more(telling: Parley, admin: Client, hearer: Hearer) -> None:
    hook, hearer.status = await subscribed(admin, hearer, "note.created"), 410
    await admin.post(f"/webhooks/{hook['id']}/test")

    async def stopped() -> Any:
        found = await telling.store.webhooks.get(hook["id"])
        return found and found.stopped_why

    assert "410" in await until(stopped, within=30)
    await admin.call("DELETE", f"/webhooks/{hook['id']}")


async def test_a_new_secret_signs_beside_the_old_one_for_a_day(
    telling: Parley, admin: Client, hearer: Hearer
) -> None:
    hook = await subscribed(admin, hearer, "note.created")
    turned = await admin.post(f"/webhooks/{hook['id']}/rotate")
    assert turned["secret"] != hook["secret"]
    await admin.post(f"/webhooks/{hook['id']}/test")
    headers, body = (await until(lambda: hearer.heard, within=30))[0]
    assert is_signed(hook["secret"], headers, body)
    assert is_signed(turned["secret"], headers, body)
    past = telling.parts.clock() - timedelta(seconds=1)
    await telling.store.webhooks.note(hook["id"], old_until=past)
    await admin.post(f"/webhooks/{hook['id']}/test")
    headers, body = (await until(lambda: hearer.heard[1:], within=30))[0]
    assert not is_signed(hook["secret"], headers, body)
    assert is_signed(turned["secret"], headers, body)
    await admin.call("DELETE", f"/webhooks/{hook['id']}")


async def test_a_secret_is_shown_once_and_kept_sealed(telling: Parley, admin: Client, hearer: Hearer) -> None:
    hook = await subscribed(admin, hearer)
    assert hook["secret"].startswith("whsec_")
    assert hook["secret"] not in json.dumps(await admin.get("/webhooks"))
    kept = await telling.store.webhooks.get(hook["id"])
    assert kept and hook["secret"] not in str(kept)
    assert telling.parts.vault.open(kept.secret) == hook["secret"]
    await admin.call("DELETE", f"/webhooks/{hook['id']}")


@pytest.mark.parametrize(
    ("url", "events"),
    [
        ("http://127.0.0.1:8080/", ["message.created"]),
        ("https://169.254.169.254/latest", ["message.created"]),
        ("https://[::ffff:10.0.0.1]/", ["message.created"]),
        ("ftp://example.com/", ["message.created"]),
        ("https://example.com/", []),
        ("https://example.com/", ["everything"]),
    ],
)
async def test_what_makes_no_sense_is_refused(
    telling: Parley, admin: Client, url: str, events: list[str]
) -> None:
    status, problem = await admin.call("POST", "/webhooks", {"url": url, "events": events})
    assert (status, problem["code"]) == (422, "invalid")


async def test_the_deliveries_of_a_person_are_theirs(telling: Parley, admin: Client, hearer: Hearer) -> None:
    hook = await subscribed(admin, hearer)
    await telling.customer_says("Hello", phone="15551110009")
    found = await until(lambda: _of_phone(telling, "+15551110009"))
    await until(lambda: hearer.of("message.created"), within=30)
    held = await telling.store.persons.count(await telling.store.persons.find([found.contact_id]))
    assert held["webhook_deliveries"] >= 2
    assert held["webhook_told"] == 1
    raw = await telling.store._database.webhook_deliveries.find_one({"conversation_id": found.id})
    assert "15551110009" not in str(raw)
    await admin.call("DELETE", f"/webhooks/{hook['id']}")
