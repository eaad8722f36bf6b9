"""`parley up`: everything on this machine."""

import asyncio
from typing import Annotated

import typer

from inbox.cli.terminal import out
from inbox.machine.up import Machine, Prepared
from inbox.machine.voice import Voice
from inbox.settings import Settings, load


def up(
    bot: Annotated[bool, typer.Option(help="Run the bot as well.")] = True,
) -> None:
    """Start MongoDB, the inbox and the bot on this machine and keep them running until Ctrl-C."""
    settings = load()
    if "rehearsal" not in settings.model_fields_set:
        settings = settings.model_copy(update={"rehearsal": True})
    asyncio.run(Machine(settings, voice=Voice(out), prepare=prepare, with_bot=bot).run())


async def prepare(settings: Settings) -> Prepared:
    """Give the store what the first process needs: the first admin, sample channels, the bot's token."""
    return Prepared(api_token="")
