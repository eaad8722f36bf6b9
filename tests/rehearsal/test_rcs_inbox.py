"""The sample RCS channel in a running Parley: from the phone to the bot and back."""

from typing import Any

import pytest

from connectors.content import Choice, System, Text
from connectors.events import DeliveryStatus
from connectors.registry import complete, kind_of
from inbox.actions.samples import add_samples
from inbox.app import now
from inbox.model.secrets import Vault
from inbox.settings import Settings
from inbox.store import Store
from rehearsal.rcs.tokens import key_file
from tests.parley import Parley, answer, until


async def test_the_samples_hold_an_agent_in_rehearsal(store: Store, settings: Settings) -> None:
    vault = Vault(settings.secret())
    for _ in range(2):
        await add_samples(store=store, vault=vault, clock=now)
    channel = await store.channels.get("rcs")
    assert channel is not None and channel.rehearsal and channel.account == "alder_finch_agent@rbm.goog"
    opened = vault.open_all(channel.settings)
    key = key_file(opened["service_account"])
    assert key is not None and key["client_email"] and "PRIVATE" not in str(channel.settings)
    kind_of("rcs").connect(complete(kind_of("rcs"), opened), http=None, clock=now)  # type: ignore[arg-type]


class Phone:
    """Giulia's phone, by the API of the rehearsal's page."""

    def __init__(self, parley: Parley) -> None:
        self._parley = parley

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        url = f"{self._parley.url}/rehearsal/api/{path}"
        async with self._parley.http.request(method, url, json=body) as answer:
            return await answer.json() if answer.content_type == "application/json" else None

    async def shown(self) -> list[Any]:
        found = await self.call("GET", "phones/rcs")
        return found["bubbles"] if found else []

    async def write(self, **action: Any) -> None:
        await until(lambda: self.call("GET", "phones/rcs"))
        customers = (await self.call("GET", "phones/rcs"))["customers"]
        assert await self.call("POST", "phones/rcs/send", {"customer": customers[0]["id"], **action})


@pytest.fixture
def phone(parley: Parley) -> Phone:
    return Phone(parley)


async def messages(parley: Parley) -> list[Any]:
    found = [each for each in await parley.conversations() if each.channel_id == "rcs"]
    return await parley.thread(found[0].id) if found else []


ASKED = {
    "type": "options",
    "text": "Did you get our mail?",
    "options": [{"title": "Yes", "payload": "/yes"}, {"title": "No", "payload": "/no"}],
}


async def test_a_customer_asks_and_the_bot_answers_by_rcs(parley: Parley, phone: Phone) -> None:
    parley.bot.script = lambda turn: answer() | {"replies": [ASKED]}
    await phone.write(kind="text", text="Where is my order?")
    await until(lambda: _answered(parley, DeliveryStatus.READ))
    asked, answered = (await messages(parley))[:2]
    assert asked.content == Text("Where is my order?")
    assert answered.content.text == "Did you get our mail?"
    shown = [each for each in await phone.shown() if not each["mine"]]
    assert [each["text"] for each in shown] == ["Did you get our mail?"]
    assert [choice["title"] for choice in shown[0]["choices"]] == ["Yes", "No"]

    await phone.write(kind="choice", message=shown[0]["id"], choice="/yes")
    await until(lambda: _heard(parley, Choice))
    await phone.write(kind="typing")
    await phone.write(kind="unsubscribe")
    await until(lambda: _heard(parley, System))
    assert await parley.store.quarantine.list(limit=1) == []


async def _answered(parley: Parley, status: DeliveryStatus) -> bool:
    return any(message.status == status for message in await messages(parley))


async def _heard(parley: Parley, kind: type) -> bool:
    return any(isinstance(m.content, kind) and m.status == "received" for m in await messages(parley))
