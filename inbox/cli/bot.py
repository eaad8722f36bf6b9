"""`parley bot`: the bot on its own."""

import asyncio
from typing import Annotated

import typer

from inbox.cli.terminal import out
from inbox.machine import bot, home
from inbox.machine.voice import Voice
from inbox.settings import load

commands = typer.Typer(no_args_is_help=True)


@commands.command()
def train(
    anew: Annotated[bool, typer.Option("--anew", help="Train even if the data has not changed.")] = False,
) -> None:
    """Train the bot if its data changed since the last time."""
    settings = load()
    home.make_ready(settings.home)
    bot.check_environment(settings)
    if not anew and bot.trained_on(settings) == bot.fingerprint(settings):
        out.print("The bot knows this data already. To train all the same: parley bot train --anew")
        return
    asyncio.run(bot.train(settings, Voice(out)))
    out.print("The bot is trained.")
