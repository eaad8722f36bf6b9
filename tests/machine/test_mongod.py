"""MongoDB of our own: it survives what happens to machines."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient

from inbox.machine import mongod
from inbox.machine.errors import MachineTrouble
from inbox.machine.ports import free_port
from inbox.machine.process import start
from inbox.machine.up import check_store
from inbox.store import server
from tests.mongo import Mongod, a_mongod


async def keep(uri: str, value: int) -> None:
    client: Any = AsyncIOMotorClient(uri)
    try:
        async with await client.start_session() as session, session.start_transaction():
            await client.parley.kept.insert_one({"_id": value}, session=session)
    finally:
        client.close()


async def kept(uri: str) -> list[int]:
    client: Any = AsyncIOMotorClient(uri)
    try:
        return [document["_id"] async for document in client.parley.kept.find().sort("_id")]
    finally:
        client.close()


async def test_it_has_transactions_and_keeps_them_through_a_kill() -> None:
    async with a_mongod() as running:
        await keep(running.uri, 1)
        await running.kill()
        await running.start()
        await keep(running.uri, 2)
        assert await kept(running.uri) == [1, 2]


async def test_its_data_moves_to_another_port(tmp_path: Path) -> None:
    first = Mongod(tmp_path)
    await first.start()
    await keep(first.uri, 1)
    await first.kill()
    port = free_port()
    assert port != first.port
    program = mongod.program(tmp_path / "data", tmp_path / "mongod.log", port=port)
    process, uri = await mongod.launch(program, port=port)
    try:
        assert await kept(uri) == [1]
        await keep(uri, 2)
    finally:
        await process.stop()


async def test_a_slow_command_is_not_logged_with_what_it_looks_for(tmp_path: Path) -> None:
    port = mongod.port_for(tmp_path / "data")
    program = mongod.program(tmp_path / "data", tmp_path / "mongod.log", port=port)
    process, uri = await mongod.launch(program, port=port)
    client: Any = AsyncIOMotorClient(uri)
    try:
        await client.parley.kept.insert_one({"_id": 1})
        slow = {"$where": "sleep(300) || '+390266660006'"}
        assert await client.parley.kept.find(slow).to_list(1) == [{"_id": 1}]
    finally:
        client.close()
        await process.stop()
    log = program.log.read_text()
    assert "Waiting for connections" in log and "390266660006" not in log and "Slow query" not in log


async def test_a_second_one_on_the_same_data_says_so(tmp_path: Path) -> None:
    first = Mongod(tmp_path)
    await first.start()
    port = free_port()
    program = mongod.program(tmp_path / "data", tmp_path / "second.log", port=port)
    try:
        with pytest.raises(MachineTrouble, match="Another MongoDB runs on the same data"):
            await mongod.launch(program, port=port)
    finally:
        await first.kill()


async def test_its_port_is_kept_from_start_to_start(tmp_path: Path) -> None:
    assert mongod.port_for(tmp_path) == mongod.port_for(tmp_path)


async def test_a_server_that_is_no_replica_set_is_refused(tmp_path: Path) -> None:
    port = free_port()
    data = tmp_path / "data"
    data.mkdir()
    lonely = mongod.program(data, tmp_path / "mongod.log", port=port)
    argv = tuple(part for part in lonely.argv if part not in ("--replSet", server.REPLICA_SET))
    process = await start(type(lonely)(name="mongod", argv=argv, log=lonely.log))
    try:
        with pytest.raises(MachineTrouble, match="is not a replica set"):
            await check_store(f"mongodb://127.0.0.1:{port}/")
        served = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "inbox.cli", "serve"),
            env={**os.environ, "MONGODB_URI": f"mongodb://127.0.0.1:{port}/", "PARLEY_HOME": str(tmp_path)},
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await served.communicate()
    finally:
        await process.stop()
    assert served.returncode == 1
    assert b"is not a replica set" in said and b"Traceback" not in said


async def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(MachineTrouble, match="MONGODB_URI cannot be used"):
        await check_store("mongo://nowhere")


def test_without_a_server_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(mongod, "WHEEL", "no-such-package")
    with pytest.raises(MachineTrouble, match="set MONGODB_URI"):
        mongod.find()
