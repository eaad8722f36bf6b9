"""One process holds the line to an SMSC; when it dies, another takes over and nothing is lost or doubled."""

import asyncio
import random
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.sms.coding import split
from inbox import binds as lines_held
from inbox.actions.channels import add_channel, switch_channel
from inbox.app import now
from inbox.binds import Binds
from inbox.bus import Bus
from inbox.ingest import Ingest
from inbox.lines import Lines
from inbox.machine.process import Process, Program, start
from inbox.model.people import Role
from inbox.model.secrets import Vault
from inbox.settings import Settings
from inbox.store import Store
from tests.connectors.sms.smpp.smscs import Smsc, an_smsc
from tests.parley import Parley, ScriptedBot, settings_for, until
from tests.stores import forget

ROOT = Path(__file__).resolve().parents[2]
CUSTOMERS = [f"1555333000{n}" for n in range(4)]


async def a_channel(store: Store, vault: Vault, smsc: Smsc, **more: str) -> None:
    given = {"host": "127.0.0.1", "port": str(smsc.port), "system_id": "parley", "password": "secret"}
    settings = given | {"from": "+15550100"} | more
    await store.channels.remove("sms")
    await add_channel("smpp", "sms", settings=settings, store=store, vault=vault, clock=now)


class Room:
    """As much of a process as lines need."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self.lines = Lines(store, vault, None, now)  # type: ignore[arg-type]
        self.ingest = Ingest(store, Bus(), now, reopen=timedelta(hours=24))
        self.binds = Binds(store, self.ingest, self.lines, now)

    async def __aenter__(self) -> "Room":
        self.ingest.start()
        self.binds.start()
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.binds.stop()
        await self.ingest.stop()


VAULT = Vault("a secret key that is long enough for tests")


async def test_one_process_is_bound_and_hands_over_when_it_leaves(store: Store) -> None:
    async with an_smsc() as smsc:
        await a_channel(store, VAULT, smsc)
        async with Room(store, VAULT) as first:
            await until(lambda: first.binds._all and not first.binds.elsewhere())
            async with Room(store, VAULT) as second:
                await until(lambda: second.binds.elsewhere() == ["sms"])
                await asyncio.sleep(1.5)
                assert len(smsc.told("bind")) == 1
                await first.binds.stop()
                await until(lambda: not second.binds.elsewhere())
                assert len(smsc.told("bind")) == 2
            channel = await store.channels.get("sms")
            assert channel is not None and channel.health.state == "good"


async def test_an_admin_changes_the_settings_and_switches_the_channel(store: Store) -> None:
    async with an_smsc() as smsc:
        await a_channel(store, VAULT, smsc, password="wrong")
        async with Room(store, VAULT) as room:

            async def is_bad() -> bool:
                channel = await store.channels.get("sms")
                return channel is not None and "RINVPASWD" in (channel.health.detail or "")

            await until(is_bad)
            channel = await store.channels.get("sms")
            assert channel is not None
            await store._database.channels.update_one(
                {"_id": "sms"}, {"$set": {"settings.password": VAULT.seal("secret")}}
            )
            await until(lambda: room.binds._all and not room.binds.elsewhere())
            await switch_channel("sms", on=False, store=store, clock=now)
            await smsc.tells("unbind")
            await until(lambda: not room.binds._all)


async def test_a_line_whose_lease_cannot_be_renewed_is_left(store: Store, monkeypatch: Any) -> None:
    monkeypatch.setattr(lines_held, "BEAT", 0.2)
    monkeypatch.setattr(lines_held, "_SURE", 0.8)
    async with an_smsc() as smsc:
        await a_channel(store, VAULT, smsc)
        async with Room(store, VAULT) as room:
            await until(lambda: room.binds._all and not room.binds.elsewhere())
            await store._database.line_holders.update_one(
                {"_id": "sms"}, {"$set": {"owner": "somebody else"}}
            )
            await smsc.tells("unbind")
            assert room.binds.elsewhere() == ["sms"]


async def test_a_test_message_goes_by_the_line_and_upkeep_leaves_it_alone(parley: Parley) -> None:
    async with an_smsc() as smsc:
        await a_channel(parley.store, parley.parts.vault, smsc)
        await until(lambda: parley.parts.binds._all and not parley.parts.binds.elsewhere())
        admin = await parley.an_agent("Ann Admin", Role.ADMIN)
        await admin.post("/channels/sms/test", {"to": "+15550001111", "text": "Does it work?"})
        assert smsc.told("submit", text="Does it work?")
        await parley.parts.upkeep.look()
        assert len(smsc.told("bind")) == 1
        smsc.deliver(b"I was here", mark="in")
        await smsc.tells("answered", mark="in", status=0)
        (answer,) = await smsc.tells("submit", text="You said: I was here")
        assert (answer["from"], answer["to"]) == ("15550100", "15550001111")


async def a_process(settings: Settings) -> Process:
    return await start(
        Program(
            name="parley",
            argv=(sys.executable, "-m", "tests.inbox.impatient"),
            log=settings.home / "parley.log",
            environment=settings.environment(),
            folder=ROOT,
        )
    )


def sent_again(events: list[Any]) -> list[str]:
    """Parts that went out again although they need not have: nobody was killed meanwhile, or we had already
    answered the receipt that tells that the SMSC has it. Whoever dies before its answer is written down, and
    whose successor hears no receipt for as long as it waits, cannot know. A part is known by its words: two
    messages may have the same reference of eight bits."""
    place = {str(each.get("mark")): at for at, each in enumerate(events) if each.get("status") == 0}
    killed = [at for at, each in enumerate(events) if each["event"] == "killed"]
    found: list[str] = []
    first: dict[tuple[str, ...], int] = {}
    for at, each in enumerate(events):
        if each["event"] != "submit":
            continue
        before = first.setdefault((each["to"], each["text"], str(each["udh"])), at)
        receipt = place.get(f"receipt {int(events[before]['id'], 16)}", at)
        if before < at and (receipt < at or not any(before < kill < at for kill in killed)):
            found.append(f"{each} is {events[before]}")
    return found


@pytest.mark.timeout(300)
async def test_the_holder_of_the_line_is_killed_again_and_again(mongodb: str, tmp_path: Path) -> None:
    settings = settings_for(mongodb, tmp_path / "a", bot_timeout=5.0)
    beside = settings_for(mongodb, tmp_path / "b", bot_timeout=5.0).model_copy(
        update={"mongodb_db": settings.mongodb_db, "bot_url": settings.bot_url, "home": settings.home}
    )
    store = await Store.open(mongodb, settings.mongodb_db)
    bot = ScriptedBot(settings)
    await bot.start()
    said: dict[str, list[str]] = {number: [] for number in CUSTOMERS}
    is_over = asyncio.Event()
    async with an_smsc(hex=True, receipts="DELIVRD", persistent=True) as smsc:
        await a_channel(store, Vault(settings.secret()), smsc)

        async def customer(number: str) -> None:
            while not is_over.is_set():
                place = len(said[number])
                words = f"{number} no. {place}" + f" and so on {place}" * (20 if place % 5 == 4 else 0)
                said[number].append(words)
                parts = split(words, reference=place)
                for part in parts:
                    mark = f"{number} {place} {part.concatenation.number if part.concatenation else 1}"
                    esm_class = 0x40 if part.header else 0
                    smsc.deliver(part.short_message, mark=mark, source_addr=number, esm_class=esm_class)
                    await smsc.tells("answered", mark=mark, status=0, within=60)
                await asyncio.sleep(random.uniform(0, 0.2))

        processes = {0: await a_process(settings), 1: await a_process(beside)}
        customers = [asyncio.create_task(customer(number)) for number in CUSTOMERS]
        for kill in range(4):
            before = len(smsc.told("submit"))
            await until(lambda before=before: len(smsc.told("submit")) > before + 10, within=60)
            smsc.events.append({"event": "killed"})
            processes[kill % 2].send(9)
            await processes[kill % 2].ended()
            processes[kill % 2] = await a_process((settings, beside)[kill % 2])
        before = len(smsc.told("submit"))
        await until(lambda: len(smsc.told("submit")) > before + 10, within=60)
        is_over.set()
        await asyncio.gather(*customers)

        async def is_quiet() -> bool:
            found = await store.conversations.page({}, waiting=False, after=None, limit=100)
            return all(c.turn is None and c.delivery is None for c in found)

        await until(is_quiet, within=60)
        await asyncio.sleep(1)
        for process in processes.values():
            await process.stop()
        binds = smsc.told("bind")
    assert len(binds) >= 3, "the line has changed hands"
    for number in CUSTOMERS:
        (contact,) = await store.contacts.known_as([f"phone:+{number}"])
        (conversation,) = await store.conversations.of_contact(contact.id)
        thread, _ = await store.messages.page(conversation.id, before_seq=None, limit=5000)
        assert [m.content.text for m in thread if m.direction == "in"] == said[number]
        answers = [m for m in thread if m.direction == "out"]
        heard = "\n".join(m.content.text.removeprefix("You said: ") for m in answers)
        assert heard == "\n".join(said[number]), "every turn was run once"
        assert {m.status for m in answers} == {"delivered"}
    assert not sent_again(smsc.events), "a part went out twice, and need not have"
    await bot.stop()
    await forget(store)
