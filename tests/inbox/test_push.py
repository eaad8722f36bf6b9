"""News to a device: encrypted for it alone, signed by us, only what its owner wants, when they want it."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import http_ece
import pytest
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from py_vapid import Vapid02

from inbox.actions import converse, push, teams
from inbox.actions.errors import Invalid, NotFound
from inbox.actions.people import principal_of
from inbox.model.people import Role
from inbox.model.push import News, Subscription, Wishes, is_quiet
from inbox.model.secrets import Vault
from inbox.push import Push
from tests.inbox.factories import NOON, an_agent, heard
from tests.inbox.office import Office
from tests.inbox.test_routing import a_user
from tests.parley import until

VAULT = Vault("a secret key of the tests")
WORDS = "My parcel has not come"
NOT_QUIET = {"quiet_from": None, "quiet_until": None, "zone": "UTC", "shows_words": False}


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class PushService:
    """The other side: a push service on a socket, and the browser behind it, which decrypts."""

    origin: str = ""
    status: int = 201
    taken: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    private: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = b"0123456789abcdef"

    async def take(self, request: web.Request) -> web.Response:
        headers = dict(request.headers)
        assert headers["Content-Encoding"] == "aes128gcm"
        assert Vapid02.verify(headers["Authorization"])
        plain = http_ece.decrypt(
            await request.read(), private_key=self.private, auth_secret=self.auth, version="aes128gcm"
        )
        if self.status == 201:
            self.taken.append((headers, json.loads(plain)))
        return web.Response(status=self.status)

    @property
    def p256dh(self) -> str:
        public = self.private.public_key()
        return encoded(
            public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        )

    def device(self, user_id: str) -> Subscription:
        return Subscription(
            id=f"device of {user_id}",
            user_id=user_id,
            endpoint=f"{self.origin}/send/1",
            p256dh=self.p256dh,
            auth=encoded(self.auth),
            device="A phone",
            created_at=NOON,
        )


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    service = PushService()
    app = web.Application()
    app.router.add_post("/send/1", service.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    service.origin = f"http://127.0.0.1:{port}"
    yield service
    await runner.cleanup()


@pytest.fixture
async def pushing(office: Office) -> AsyncIterator[Push]:
    office.clock.forward(
        seconds=(datetime.now(UTC) - office.clock()).total_seconds()
    )  # VAPID looks at the time
    push = Push(
        office.store, office.bus, VAULT, office.clock, "mailto:a@example.com", session=aiohttp.ClientSession
    )
    push.start()
    yield push
    await push.stop()


async def test_an_agent_who_is_away_hears_of_a_customers_message_without_their_words(
    office: Office, pushing: Push, service: PushService
) -> None:
    marco = await a_user(office, "Marco")
    await office.store._database.presence.delete_many({})
    await office.store.subscriptions.put(service.device(marco.id))
    conversation = await office.hears("Hello")
    await converse.take_over(office.desk, conversation.id, principal_of(marco), epoch=1)
    await office.take(heard(WORDS, id="2"))
    headers, news = (await until(lambda: service.taken))[0]
    assert news == {"title": "A customer wrote to you", "body": "", "id": conversation.id}
    assert int(headers["TTL"]) > 0
    assert len(service.taken) == 1, "taking it oneself is no news"
    await push.wish(
        marco, quiet_from=None, quiet_until=None, zone="UTC", shows_words=True, store=office.store
    )
    await office.take(heard(WORDS, id="3"))
    await until(lambda: len(service.taken) == 2)
    assert service.taken[1][1] == {"title": "Ada", "body": WORDS, "id": conversation.id}


async def test_a_device_that_is_gone_is_forgotten_and_quiet_hours_are_kept(
    office: Office, pushing: Push, service: PushService
) -> None:
    marco = await a_user(office, "Marco")
    await office.store._database.presence.delete_many({})
    await office.store.subscriptions.put(service.device(marco.id))
    at = (await office.hears("Hello")).id
    news = News(user_id=marco.id, title="Ada", body="A customer wrote", words=WORDS, conversation_id=at)
    now = office.clock()
    early, late = ((now + timedelta(hours=n)).strftime("%H:%M") for n in (-1, 1))
    await push.wish(
        marco, quiet_from=early, quiet_until=late, zone="UTC", shows_words=False, store=office.store
    )
    assert await pushing.tell(news) == 0
    await push.wish(
        marco, quiet_from=late, quiet_until=early, zone="UTC", shows_words=False, store=office.store
    )
    assert await pushing.tell(news) == 1
    service.status = 410
    assert await pushing.tell(news) == 0
    assert await office.store.subscriptions.list() == []


async def test_keys_are_made_once_and_sealed(office: Office) -> None:
    made = await asyncio.gather(*(push.keys(office.store, VAULT) for _ in range(5)))
    assert len({one.public for one in made}) == 1
    (kept,) = await office.store.push_keys.list()
    assert kept.private.startswith("sealed:")
    assert "PRIVATE KEY" in VAULT.open(kept.private)


async def test_a_device_is_its_owners_and_its_address_must_be_a_push_services(
    office: Office, service: PushService
) -> None:
    marco, laura = await a_user(office, "Marco"), await a_user(office, "Laura")
    fields = {"p256dh": service.p256dh, "auth": encoded(service.auth), "device": "Phone"}
    more = {"store": office.store, "clock": office.clock}
    made = await push.subscribe(marco, endpoint="https://push.example/1", **fields, **more)
    with pytest.raises(NotFound):
        await push.revoke(laura, made.id, store=office.store)
    await push.revoke(marco, made.id, store=office.store)
    for endpoint in ("http://push.example/1", "https://user@push.example/", "file:///etc/passwd", ""):
        with pytest.raises(Invalid):
            await push.subscribe(marco, endpoint=endpoint, **fields, **more)
    for wrong in ({"p256dh": "short"}, {"auth": "ü"}):
        with pytest.raises(Invalid):
            await push.subscribe(marco, endpoint="https://push.example/1", **{**fields, **wrong}, **more)
    for wrong in ({"quiet_from": "25:00"}, {"quiet_until": None}, {"zone": "Atlantis"}):
        wishes = {"quiet_from": "22:00", "quiet_until": "07:00", "zone": "UTC", "shows_words": False}
        with pytest.raises(Invalid):
            await push.wish(marco, **{**wishes, **wrong}, store=office.store)  # type: ignore[arg-type]


async def test_no_machine_of_ours_is_reached_by_an_endpoint(office: Office, service: PushService) -> None:
    pushing = Push(office.store, office.bus, VAULT, office.clock, "mailto:a@example.com")
    device = service.device("someone")
    fields = {name: getattr(device, name) for name in device.__struct_fields__}
    addresses = (
        "127.0.0.1",
        "[::1]",
        "10.0.0.1",
        "169.254.169.254",
        "localhost",
        "localhost:27017",
        "2130706433",
        "127。0。0。1",
        "①⑥⑨.254.169.254",
    )
    for endpoint in (service.origin, *(f"https://{address}/send/1" for address in addresses)):
        assert not await pushing._send(Subscription(**{**fields, "endpoint": endpoint}), b"{}")
    await pushing.stop()
    assert service.taken == []


@given(st.times(), st.times(), st.datetimes(timezones=st.just(UTC)))
def test_quiet_hours_and_what_is_left_of_the_day_share_every_moment(start, end, at) -> None:
    start, end = start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    night = Wishes(id="u", quiet_from=f"{start:%H:%M}", quiet_until=f"{end:%H:%M}")
    day = Wishes(id="u", quiet_from=f"{end:%H:%M}", quiet_until=f"{start:%H:%M}")
    if start != end:
        assert is_quiet(night, at) is not is_quiet(day, at)


async def test_a_muted_conversation_is_silent_but_for_a_mention_and_no_outsider_hears(
    office: Office, pushing: Push, service: PushService
) -> None:
    marco = await a_user(office, "Marco")
    await office.store._database.presence.delete_many({})
    await office.store.subscriptions.put(service.device(marco.id))
    at = (await office.hears("Hello")).id
    news = News(user_id=marco.id, title="Ada", body="A customer wrote", words=WORDS, conversation_id=at)
    named = replace(news, is_mention=True)
    wishes = await push.mute(marco, at, True, store=office.store)
    assert wishes.muted == (await push.mute(marco, at, True, store=office.store)).muted == (at,)
    await push.wish(marco, **NOT_QUIET, store=office.store)
    assert (await push.wishes_of(marco, store=office.store)).muted == (at,)
    assert [await pushing.tell(one) for one in (news, named)] == [0, 1]
    assert (await push.mute(marco, at, False, store=office.store)).muted == ()
    assert await pushing.tell(news) == 1
    admin = an_agent("Ada Admin", Role.ADMIN)
    team = await teams.save(office.desk, admin, name="Secret", is_private=True)
    await teams.move(office.desk, at, admin, to=team)
    assert [await pushing.tell(one) for one in (news, named)] == [0, 0]
    with pytest.raises(NotFound):
        await push.mute(marco, at, True, store=office.store)


@pytest.mark.parametrize(
    ("zone", "at", "quiet"),
    [
        ("Europe/Rome", datetime(2026, 7, 1, 20, 30, tzinfo=UTC), True),  # 22:30 in summer
        ("Europe/Rome", datetime(2026, 12, 1, 20, 30, tzinfo=UTC), False),  # 21:30 in winter
        ("Asia/Kolkata", datetime(2026, 12, 1, 1, 29, tzinfo=UTC), True),  # 06:59
        ("Asia/Kolkata", datetime(2026, 12, 1, 1, 30, tzinfo=UTC), False),
        ("America/New_York", datetime(2026, 12, 1, 20, 30, tzinfo=UTC), False),
    ],
)
def test_quiet_hours_are_by_the_agents_own_clock(zone: str, at: datetime, quiet: bool) -> None:
    assert is_quiet(Wishes(id="a", quiet_from="22:00", quiet_until="07:00", zone=zone), at) == quiet
