"""`parley up` as people meet it: real processes, killed for real."""

import asyncio
import os
import signal
import socket
from pathlib import Path

from inbox.machine.ports import free_port
from tests.machine.a_parley_up import READY, parley_up, until_nothing_lives_in


async def test_it_says_where_to_go_and_answers(tmp_path: Path) -> None:
    async with parley_up(tmp_path) as up:
        await up.until_it_says(READY)
        assert await up.answers()
        assert f"http://localhost:{up.port}/demo" in up.said
        assert "shown only this once" in up.said


async def test_a_second_start_keeps_the_data_and_tells_no_password(tmp_path: Path) -> None:
    async with parley_up(tmp_path) as up:
        await up.until_it_says(READY)
        up.process.send_signal(signal.SIGTERM)
        await up.ends()
    async with parley_up(tmp_path) as again:
        await again.until_it_says(READY)
        assert "Password" not in again.said


async def test_ctrl_c_ends_every_process(tmp_path: Path) -> None:
    async with parley_up(tmp_path) as up:
        await up.until_it_says(READY)
        assert len(up.processes()) == 3
        up.process.send_signal(signal.SIGINT)
        assert await up.ends(within=60) == 0
        assert up.processes() == {}


async def test_ctrl_c_while_it_starts_ends_every_process(tmp_path: Path) -> None:
    async with parley_up(tmp_path) as up:
        while len(up.processes()) < 2:
            await asyncio.sleep(0.01)
        up.process.send_signal(signal.SIGINT)
        assert await up.ends(within=60) == 0
        assert up.processes() == {}


async def test_no_process_outlives_a_killed_parley_up(tmp_path: Path) -> None:
    async with parley_up(tmp_path) as up:
        await up.until_it_says(READY)
        up.process.kill()
        await until_nothing_lives_in(up.home, within=60)
    async with parley_up(tmp_path) as again:
        await again.until_it_says(READY)


async def test_a_killed_mongodb_comes_back_on_its_port(tmp_path: Path) -> None:
    async with parley_up(tmp_path) as up:
        await up.until_it_says(READY)
        os.kill(up.pid_of("mongod"), signal.SIGKILL)
        await up.until_it_says("MongoDB is back.")
        assert await up.answers()


async def test_a_killed_inbox_comes_back(tmp_path: Path) -> None:
    async with parley_up(tmp_path) as up:
        await up.until_it_says(READY)
        os.kill(up.pid_of("serve"), signal.SIGKILL)
        await up.until_it_says("The inbox is back.")
        assert await up.answers()


async def test_a_taken_port_is_named_with_its_holder_and_the_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        async with parley_up(tmp_path, port=port) as up:
            assert await up.ends() == 1
            assert f"Port {port} is taken by" in up.said
            assert f"(process {os.getpid()})" in up.said
            assert "PARLEY_HTTP_PORT=" in up.said
            assert "Traceback" not in up.said


async def test_a_second_one_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    async with parley_up(tmp_path) as first:
        await first.until_it_says(READY)
        async with parley_up(tmp_path) as second:
            assert await second.ends() == 1
            assert f"already running on {first.home} (process {first.process.pid})" in second.said
            assert await first.answers()


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    async with parley_up(tmp_path, PARLEY_HOME="/proc/parley") as up:
        assert await up.ends() == 1
        assert "/proc/parley cannot be written" in up.said
        assert "Set PARLEY_HOME" in up.said


async def test_a_mongodb_that_does_not_answer_is_told(tmp_path: Path) -> None:
    uri = f"mongodb://someone:secret@127.0.0.1:{free_port()}/"
    async with parley_up(tmp_path, MONGODB_URI=uri) as up:
        assert await up.ends() == 1
        assert "MONGODB_URI cannot be used" in up.said
        assert "secret" not in up.said


async def test_an_address_of_another_machine_is_named(tmp_path: Path) -> None:
    async with parley_up(tmp_path, PARLEY_HTTP_HOST="192.0.2.1") as up:
        assert await up.ends() == 1
        assert "cannot listen on 192.0.2.1" in up.said
