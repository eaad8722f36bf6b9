"""`parley channel`: lines to customers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import aiohttp
import typer
from rich.table import Column, Table

from connectors.contract import Checked, HasTemplates
from connectors.errors import SendFailed
from connectors.registry import KINDS
from inbox.actions import channels
from inbox.actions.channel_checks import Workshop, channel_of, check_channel, send_test
from inbox.cli.store import now, with_store
from inbox.cli.terminal import fail, out
from inbox.model.channel import Channel
from inbox.model.secrets import Vault
from inbox.model.template import KeptTemplate
from inbox.settings import Settings
from inbox.store import Store
from inbox.upkeep import sync_templates

commands = typer.Typer(no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="The channel's id.")]


@commands.command()
def kinds() -> None:
    """List the kinds of channels and the settings of each."""
    table = Table("Kind", "Setting", "Meaning", "Default")
    for kind in KINDS.values():
        table.add_section()
        for number, setting in enumerate(kind.settings):
            meaning = f"{setting.meaning} (secret)" if setting.secret else setting.meaning
            default = "required" if setting.default is None else setting.default
            table.add_row("" if number else kind.name, setting.name, meaning, default)
        if not kind.settings:
            table.add_row(kind.name, "", "needs no settings", "")
    out.print(table)


@commands.command()
def add(
    kind: Annotated[str, typer.Argument(help="One of `parley channel kinds`.")],
    channel_id: Annotated[str, typer.Option("--id", help="Id: part of the webhook address.")],
    name: Annotated[str | None, typer.Option(help="Name that agents see.")] = None,
    rehearsal: Annotated[bool, typer.Option(help="Talk to the stand-in, not to the provider.")] = False,
    given: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting.")] = None,
) -> None:
    """Add a channel and print its webhook address."""
    values = dict(_pair(text) for text in given or [])

    async def work(store: Store, settings: Settings) -> str:
        channel = await channels.add_channel(
            kind,
            channel_id,
            settings=values,
            store=store,
            vault=Vault(settings.secret()),
            clock=now,
            name=name,
            rehearsal=rehearsal,
        )
        return channels.hook_url(channel, settings.public_url)

    out.print(with_store(work), markup=False, soft_wrap=True)


@commands.command("list")
def list_channels() -> None:
    """List all channels with their state and webhook address."""

    async def work(store: Store, settings: Settings) -> list[tuple[Channel, str]]:
        found = await store.channels.list()
        return [(channel, channels.hook_url(channel, settings.public_url)) for channel in found]

    table = Table("Id", "Kind", "Name", "State", Column("Webhook address", no_wrap=True))
    for channel, url in with_store(work):
        table.add_row(channel.id, channel.kind, channel.name, _state(channel), url)
    out.print(table)


@commands.command()
def remove(channel_id: Id) -> None:
    """Remove a channel; its conversations stay."""

    async def work(store: Store, _: Settings) -> None:
        await channels.remove_channel(channel_id, store=store, clock=now)

    with_store(work)
    out.print(f"The channel {channel_id} is removed.")


@commands.command("set")
def set_(
    channel_id: Id,
    given: Annotated[list[str], typer.Argument(metavar="KEY=VALUE…", help="Settings to change.")],
) -> None:
    """Change settings of a channel; the others stay."""
    values = dict(_pair(text) for text in given)

    async def work(store: Store, settings: Settings) -> None:
        await channels.change_channel(
            channel_id, settings=values, store=store, vault=Vault(settings.secret()), clock=now
        )

    with_store(work)
    out.print(f"Changed: {', '.join(values)}.", markup=False)


@commands.command()
def check(channel_id: Id) -> None:
    """Ask the provider whether a channel's credentials are good."""

    async def work(store: Store, settings: Settings) -> Checked:
        async with _workshop(store, settings) as shop:
            return await check_channel(shop, channel_id)

    checked = with_store(work)
    out.print(checked.summary, markup=False)
    for name, value in checked.facts.items():
        out.print(f"{name}: {value}", markup=False)


@commands.command()
def test(
    channel_id: Id,
    to: Annotated[str, typer.Option(help="Your own phone with its country code, or your id there.")],
    text: Annotated[str, typer.Option(help="What it says.")] = "This is a test message from Parley.",
) -> None:
    """Send a test message."""

    async def work(store: Store, settings: Settings) -> str:
        async with _workshop(store, settings) as shop:
            return await send_test(shop, channel_id, to=to, text=text)

    out.print(f"Sent; the provider calls it {with_store(work)}.", markup=False)


@commands.command()
def templates(
    channel_id: Id,
    sync: Annotated[bool, typer.Option(help="Ask the provider first.")] = True,
) -> None:
    """List a channel's templates as the provider has them."""

    async def work(store: Store, settings: Settings) -> list[KeptTemplate]:
        async with _workshop(store, settings) as shop:
            channel = await channel_of(shop, channel_id)
            connector = shop.connector(channel.kind, channel.settings, rehearsal=channel.rehearsal)
            if not isinstance(connector, HasTemplates):
                fail("This kind of channel has no templates.")
            if sync:
                try:
                    await sync_templates(channel_id, connector, store, now)
                except SendFailed as error:
                    fail(str(error))
            return await store.templates.of(channel_id)

    table = Table("Name", "Language", "Status", "Category")
    for each in with_store(work):
        table.add_row(each.name, each.language, each.status, each.category)
    out.print(table)


@asynccontextmanager
async def _workshop(store: Store, settings: Settings) -> AsyncIterator[Workshop]:
    """What it takes to ask providers. Stand-ins of the rehearsal answer if Parley runs."""
    stand_ins = f"http://127.0.0.1:{settings.http_port}/rehearsal"
    async with aiohttp.ClientSession() as http:
        yield Workshop(store, Vault(settings.secret()), http, now, stand_ins)


@commands.command()
def enable(channel_id: Id) -> None:
    """Switch a channel on."""
    _switch(channel_id, on=True)


@commands.command()
def disable(channel_id: Id) -> None:
    """Switch a channel off: its webhooks are refused and its messages wait."""
    _switch(channel_id, on=False)


def _switch(channel_id: str, *, on: bool) -> None:
    async def work(store: Store, _: Settings) -> None:
        await channels.switch_channel(channel_id, on=on, store=store, clock=now)

    with_store(work)
    out.print(f"The channel {channel_id} is {'on' if on else 'off'}.")


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        fail(f"“{text}” is not KEY=VALUE.", 2)
    return key, value


def _state(channel: Channel) -> str:
    parts = ["on" if channel.enabled else "off", "rehearsal" if channel.rehearsal else ""]
    if channel.health.state == "bad":
        parts.append(channel.health.detail or "in trouble")
    return ", ".join(part for part in parts if part)
