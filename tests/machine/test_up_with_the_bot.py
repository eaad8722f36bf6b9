"""`parley up` as a whole: the bot is trained, loaded, killed and brought back while the inbox serves."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from inbox.machine.ports import free_port
from tests.machine.a_parley_up import READY, ParleyUp, parley_up


async def until_the_bot_is_ready(up: ParleyUp) -> None:
    async with asyncio.timeout(60):
        while await up.bot_state() != "ready":
            await asyncio.sleep(0.2)


@pytest.mark.timeout(600)
async def test_the_bot_is_trained_once_and_comes_back_when_killed(tmp_path: Path) -> None:
    free = {
        "PARLEY_BOT_MODELS": str(tmp_path / "models"),
        "PARLEY_BOT_URL": f"http://127.0.0.1:{free_port()}",
        "PARLEY_ACTIONS_PORT": str(free_port()),
    }
    async with parley_up(tmp_path, bot=True, **free) as up:
        await up.until_it_says(READY)
        assert await up.bot_state() == "starting"
        await up.until_it_says("The bot is trained", within=300)
        await up.until_it_says("The bot is ready.", within=120)
        await until_the_bot_is_ready(up)
        os.kill(up.pid_of("serve.py"), signal.SIGKILL)
        os.kill(up.pid_of("-m actions"), signal.SIGKILL)
        assert await up.answers()
        await up.until_it_says("The action server is back.")
        await up.until_it_says("The bot is back.", within=120)
        await until_the_bot_is_ready(up)
        up.process.send_signal(signal.SIGTERM)
        assert await up.ends(within=60) == 0
        assert up.processes() == {}
    async with parley_up(tmp_path, bot=True, **free) as again:
        await again.until_it_says("The bot is ready.", within=120)
        assert "Training" not in again.said


async def test_without_the_bots_environment_the_inbox_serves_and_says_why(tmp_path: Path) -> None:
    async with parley_up(tmp_path, bot=True, PARLEY_BOT_HOME=str(tmp_path)) as up:
        await up.until_it_says("The inbox runs on without the bot")
        assert "make setup" in up.said
        assert await up.answers()
