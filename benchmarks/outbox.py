"""Sends a second against a provider that answers at once, every step as durable as in operation.

`python -m benchmarks.outbox [--messages N] [--conversations N] [--stored N] [--profile FILE]`

The bound is a bare sender with as many hands: it finds a message, posts it, and writes its receipt durably.
"""

import argparse
import asyncio
import json
import time
from pathlib import Path

import aiohttp
import uvloop
from pymongo.write_concern import WriteConcern

from benchmarks.commands import commands_in, summary, watched
from benchmarks.stage import SERVE, Cloud, Stage, a_stage, cpu, profiled, table, until
from connectors.content import Text
from connectors.events import Identity, IdentityKind
from inbox.app import now
from inbox.model.commit import Commit, ContactChange, change_of
from inbox.model.contact import Contact
from inbox.model.conversation import ContactCard, Conversation
from inbox.model.ids import new_id
from inbox.model.message import BOT
from inbox.model.thread import Thread

HANDS = 64
"""How many conversations the outbox sends for at a time."""

CHANNELS = 60
"""WhatsApp numbers, so that no number's rate of 80 a second is what is measured."""


async def queue(stage: Stage, cloud: Cloud, *, messages: int, conversations: int) -> None:
    """Put so many messages in the outbox, as many for each conversation."""
    for number in range(CHANNELS):
        await stage.add_whatsapp(f"line{number}", str(106540352242922 + number), cloud.url)
    at = now()
    for start in range(0, conversations, 50):
        commit = Commit()
        for number in range(start, min(start + 50, conversations)):
            identity = Identity(IdentityKind.PHONE, f"+1650{number:07d}")
            contact = Contact(
                id=new_id(),
                name="Ada",
                identities=(identity,),
                identity_keys=(identity.key,),
                created_at=at,
                updated_at=at,
            )
            conversation = Conversation(
                id=new_id(),
                channel_id=f"line{number % CHANNELS}",
                channel_kind="whatsapp",
                contact_id=contact.id,
                contact=ContactCard("Ada", identity.value),
                to=(identity,),
                last_inbound_at=at,
                created_at=at,
                updated_at=at,
            )
            thread = Thread(conversation, at, is_new=True)
            for place in range(messages // conversations):
                thread.say(BOT, Text(f"Order {number} left our warehouse, part {place}."))
            commit.contacts.append(ContactChange(None, contact))
            commit.conversations.append(change_of(thread))

        async def work(session: object, commit: Commit = commit) -> tuple[Commit, None]:
            return commit, None

        await stage.store.change(work)


async def bare(stage: Stage, cloud: Cloud, count: int) -> float:
    """Seconds that the least takes: find, post, write down durably."""
    durable = WriteConcern(w="majority", j=True)
    collection = stage.store._client.bare.get_collection("sends", write_concern=durable)
    await collection.insert_many(
        [{"_id": n, "to": f"1650{n:07d}", "text": f"Order {n}"} for n in range(count)]
    )
    waiting = iter(range(count))
    began = time.perf_counter()
    async with aiohttp.ClientSession() as http:

        async def hand() -> None:
            for number in waiting:
                message = await collection.find_one({"_id": number})
                body = {"to": message["to"], "type": "text", "text": {"body": message["text"]}}
                async with http.post(f"{cloud.url}/v1/1/messages", json=body) as answer:
                    receipt = await answer.json()
                fields = {"status": "sent", "external_id": receipt["messages"][0]["id"]}
                await collection.update_one({"_id": number}, {"$set": fields})

        await asyncio.gather(*(hand() for _ in range(HANDS)))
    return time.perf_counter() - began


async def main(options: argparse.Namespace) -> None:
    """Measure the bound, then Parley, and print both."""
    arrived: list[float] = []
    cloud = Cloud(lambda body: arrived.append(time.perf_counter()))
    async with a_stage(options.stored, bot_start=0) as stage, cloud.open():
        bound = options.messages / await bare(stage, cloud, options.messages)
        await queue(stage, cloud, messages=options.messages, conversations=options.conversations)
        total = options.messages // options.conversations * options.conversations
        arrived.clear()
        argv = watched(Path(options.commands), SERVE) if options.commands else SERVE
        async with stage.serving(argv) as (_, pid):
            await until(lambda: bool(arrived), 30)
            used, began = cpu(pid), time.perf_counter()
            with profiled(pid, options.profile):
                await until(lambda: len(arrived) >= total, 600)
                used, ended = cpu(pid) - used, time.perf_counter()
            messages = stage.store._database.messages

            async def is_settled() -> bool:
                return not await messages.count_documents({"status": {"$in": ["queued", "sending"]}})

            await until(is_settled, 30)
        sent = await messages.count_documents({"status": "sent", "external_key": {"$gt": ""}, "epoch": 1})
    assert len(arrived) == total, f"{len(arrived)} arrived of {total}"
    assert sent >= total, f"{sent} receipts of {total}"
    edge = len(arrived) // 10  # without the start and the last stragglers
    ours = (len(arrived) - 2 * edge) / (arrived[-edge] - arrived[edge])
    table(
        ["outbox", "sends/s", "CPU for one"],
        [
            ["bare sender", f"{bound:,.0f}", ""],
            ["Parley, one process", f"{ours:,.0f}", f"{used / total * 1e6:,.0f} µs"],
        ],
    )
    if options.commands:
        asked = commands_in(Path(options.commands), began, ended)
        table(["command", "", "for one", "median"], summary(asked, total))
    print(json.dumps({"figure": ours, "unit": "sends/s"}))
    print(f"ratio: {ours / bound:.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=6_000)
    parser.add_argument("--conversations", type=int, default=2_000)
    parser.add_argument("--stored", type=int, default=0, help="conversations from before")
    parser.add_argument("--profile", help="file for what py-spy records of Parley")
    parser.add_argument("--commands", help="file for what Parley asks of MongoDB; it makes it slower")
    uvloop.run(main(parser.parse_args()))
