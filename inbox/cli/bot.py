"""`parley bot`: the bot on its own."""

import asyncio
import os
import subprocess
from typing import Annotated

import typer

from inbox.actions.tokens import mint_for_bot
from inbox.cli import editions
from inbox.cli.store import now, opened, with_store
from inbox.cli.terminal import fail, out
from inbox.machine import bot, home
from inbox.machine.crew import Crew
from inbox.machine.up import check_store, start_bot, train_if_changed
from inbox.machine.voice import Voice
from inbox.settings import Settings, load

commands = typer.Typer(no_args_is_help=True)

Edition = Annotated[
    str, typer.Option("--edition", help="Another assistant or language, such as club.en or default.it.")
]


@commands.command()
def train(
    anew: Annotated[bool, typer.Option("--anew", help="Train even if the data has not changed.")] = False,
    edition: Edition = "",
) -> None:
    """Train the bot if its data changed since the last time; an edition, always, as the studio does."""
    if edition:
        return with_store(lambda store, settings: editions.train(store, settings, edition))
    settings = load()
    home.make_ready(settings.home)
    bot.check_environment(settings)
    if not anew and bot.trained_on(settings) == bot.fingerprint(settings):
        out.print("The bot knows this data already. To train all the same: parley bot train --anew")
        return None
    asyncio.run(bot.train(settings, Voice(out)))
    out.print("The bot is trained.")
    return None


@commands.command()
def serve() -> None:
    """Run the bot and its action server alone, beside a MongoDB and an inbox that run already."""
    settings = load()
    if settings.mongodb_uri is None:
        fail("Set MONGODB_URI to the inbox's MongoDB, or run everything by `parley up`.", 2)
    home.make_ready(settings.home)
    crew = Crew(Voice(out))
    asyncio.run(crew.run(_serve(settings, settings.mongodb_uri, crew)))


async def _serve(settings: Settings, uri: str, crew: Crew) -> None:
    await check_store(uri)
    async with opened(settings) as store:
        token = os.environ.get("PARLEY_API_TOKEN") or await mint_for_bot(store=store, clock=now)
    await train_if_changed(settings, Voice(out))
    wiring = bot.wire(settings, mongodb_uri=uri, api_token=token, exactly=True)
    await start_bot(settings, wiring, crew)
    out.print(f"The bot is ready at http://127.0.0.1:{wiring.bot_port}.")


@commands.command()
def evaluate(edition: Edition = "") -> None:
    """Play the test stories in nlu_data/tests with the present model; or an edition's with its live one."""
    if edition:
        raise typer.Exit(0 if with_store(lambda s, settings: editions.evaluate(s, settings, edition)) else 1)
    settings = load()
    home.make_ready(settings.home)
    bot.check_environment(settings)
    if bot.trained_on(settings) is None:
        fail("The bot is not trained yet: parley bot train")
    environment = os.environ | {"PARLEY_ACTIONS_URL": f"http://127.0.0.1:{settings.actions_port}/webhook"}
    command = bot.evaluation(settings)
    raise typer.Exit(subprocess.run(command, cwd=settings.bot_home, env=environment).returncode)  # noqa: S603
