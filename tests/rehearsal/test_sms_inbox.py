"""The sample SMS channel in a running Parley, and hostile callers at the hook of every provider."""

import secrets
from typing import Any

import pytest

from connectors.content import Choice, Text
from connectors.events import DeliveryStatus
from connectors.registry import complete, kind_of
from inbox.actions.channels import add_channel
from inbox.actions.samples import add_samples
from inbox.app import now
from inbox.model.secrets import Vault
from inbox.settings import Settings
from inbox.store import Store
from tests.connectors.sms import samples
from tests.connectors.sms.providers import PROVIDERS, SECRET
from tests.parley import Parley, answer, until


async def test_a_new_installation_has_four_channels_one_of_them_sms(store: Store, settings: Settings) -> None:
    vault = Vault(settings.secret())
    for _ in range(2):
        await add_samples(store=store, vault=vault, clock=now)
    found = {channel.id: channel for channel in await store.channels.list()}
    assert set(found) == {"webchat", "whatsapp", "rcs", "sms"}
    sms = found["sms"]
    assert (sms.kind, sms.rehearsal, sms.account) == ("twilio", True, "+15550100200")
    opened = vault.open_all(sms.settings)
    assert opened["auth_token"] not in str(sms.settings)
    kind_of("twilio").connect(complete(kind_of("twilio"), opened), http=None, clock=now)  # type: ignore[arg-type]


class Phone:
    """Giulia's phone, by the API of the rehearsal's page."""

    def __init__(self, parley: Parley) -> None:
        self._parley = parley

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        url = f"{self._parley.url}/rehearsal/api/{path}"
        async with self._parley.http.request(method, url, json=body) as said:
            return await said.json() if said.content_type == "application/json" else None

    async def write(self, text: str) -> None:
        phone = await until(lambda: self.call("GET", "phones/sms"))
        customer = phone["customers"][0]["id"]
        said = await self.call(
            "POST", "phones/sms/send", {"customer": customer, "kind": "text", "text": text}
        )
        assert said, "the phone took nothing"

    async def shown(self) -> list[Any]:
        phone = await self.call("GET", "phones/sms")
        return [each for each in phone["bubbles"] if not each["mine"]] if phone else []


async def messages(parley: Parley) -> list[Any]:
    found = [each for each in await parley.conversations() if each.channel_id == "sms"]
    return await parley.thread(found[0].id) if found else []


async def test_a_customer_asks_and_the_bot_answers_by_sms(parley: Parley) -> None:
    parley.bot.script = lambda turn: answer("Your order is on its way. " * 8)
    phone = Phone(parley)
    await phone.write("Where is my order? 🙂")

    async def delivered() -> bool:
        return any(each.status == DeliveryStatus.DELIVERED for each in await messages(parley))

    await until(delivered)
    asked, answered = (await messages(parley))[:2]
    assert asked.content == Text("Where is my order? 🙂")
    (shown,) = await phone.shown()
    assert shown["text"] == answered.content.text
    assert shown["remark"] == "2 segments"
    assert await parley.store.quarantine.list(limit=1) == []


@pytest.mark.parametrize("name", [name for name in PROVIDERS if name != "twilio-events"])
async def test_no_caller_breaks_the_hook_and_nothing_signed_is_lost(name: str, parley: Parley) -> None:
    provider, channel = PROVIDERS[name], f"hook-{secrets.token_hex(4)}"
    vault = Vault(parley.settings.secret())
    await add_channel(
        provider.kind,
        channel,
        settings=provider.settings,
        store=parley.store,
        vault=vault,
        clock=now,
        name="SMS",
    )
    url = f"{parley.settings.public_url}/hooks/{channel}"

    async def post(said: Any, *, body: bytes | None = None) -> int:
        webhook = provider.webhook(said, url=url)
        query = webhook.url.partition("?")[2]
        place = f"{parley.url}/hooks/{channel}{'?' if query else ''}{query}"
        sent = webhook.body if body is None else body
        async with parley.http.post(place, data=sent, headers=dict(webhook.headers)) as response:
            return response.status

    sound = next(said for given, said, _ in samples.MESSAGES if given == name)
    assert await post(sound) == 200
    for odd in ({}, {"id": None, "From": []}, {"results": [1, {}]}, {"status": "\0"}, {"messages": "no"}):
        said = {key: str(value) for key, value in odd.items()} if provider.as_form else odd
        assert await post(said) == 200, odd
    for body in (b"", b"\xff" * 99, b"{" * 9999, b"[" * 9999, b"a" * 70_000):
        assert await post(sound, body=body) in (200, 401), body[:9]
    kept = [each for each in await parley.store.quarantine.list(limit=50) if each.channel_id == channel]
    assert len(kept) >= 5
    for item in kept:
        assert SECRET not in f"{item} {await parley.store.quarantine.request_of(item)}"


async def test_what_cannot_be_read_of_a_get_is_kept_whole_but_for_the_secret(parley: Parley) -> None:
    vault = Vault(parley.settings.secret())
    await add_channel(
        "kaleyra",
        "gets",
        settings=PROVIDERS["kaleyra"].settings,
        store=parley.store,
        vault=vault,
        clock=now,
        name="K",
    )
    for word in ("one", "two"):
        url = f"{parley.url}/hooks/gets?secret={SECRET}&status={word}"
        async with parley.http.get(url) as response:
            assert response.status == 200
    kept = [each for each in await parley.store.quarantine.list(limit=50) if each.channel_id == "gets"]
    requests = [await parley.store.quarantine.request_of(item) for item in kept]
    assert sorted(each.query["status"] for each in requests) == ["one", "two"]
    assert SECRET not in f"{kept} {requests}"


ASKED = {
    "type": "options",
    "text": "Did you get our parcel?",
    "options": [{"title": "Yes", "payload": "/yes"}, {"title": "No", "payload": "/no"}],
}


async def test_a_question_is_numbered_and_the_number_is_the_answer(parley: Parley) -> None:
    parley.bot.script = lambda turn: answer() | {"replies": [ASKED]}
    phone = Phone(parley)
    await phone.write("Where is my parcel?")
    (shown,) = await until(phone.shown)
    assert "Did you get our parcel?" in shown["text"]
    assert "1" in shown["text"] and "No" in shown["text"]
    await phone.write("2")

    async def chosen() -> bool:
        return any(isinstance(each.content, Choice) for each in await messages(parley))

    await until(chosen)
    (choice,) = [each.content for each in await messages(parley) if isinstance(each.content, Choice)]
    assert (choice.title, choice.payload) == ("No", "/no")


async def test_a_text_longer_than_the_provider_takes_arrives_whole_in_as_few_as_can_be(
    parley: Parley,
) -> None:
    text = "This sentence is one of many. " * 130
    parley.bot.script = lambda turn: answer(text.strip())
    phone = Phone(parley)
    await phone.write("Tell me everything")

    async def all_there() -> Any:
        shown = await phone.shown()
        return shown if sum(len(each["text"]) for each in shown) >= len(text) - 10 else None

    shown = await until(all_there)
    assert len(shown) == 3
    assert all(each["text"].rstrip().endswith(".") for each in shown)
    assert " ".join(each["text"].strip() for each in shown) == text.strip()


async def test_what_twilio_has_answered_by_itself_is_answered_once(parley: Parley) -> None:
    parley.bot.script = lambda turn: answer("I am the bot.")
    phone = Phone(parley)
    await phone.write("HELP")
    await phone.write("STOP")
    await phone.write("START")
    await phone.write("Hello again")

    async def greeted() -> bool:
        return any("I am the bot." in each["text"] for each in await phone.shown())

    await until(greeted)
    said = [each["text"] for each in await phone.shown()]
    own = [each.get("remark") for each in await phone.shown()].count("The provider’s own answer")
    assert (own, len(said)) == (3, 4), said
