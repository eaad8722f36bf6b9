"""`parley up`: everything on this machine."""

import asyncio
from typing import Annotated

import typer

from inbox.actions import people, tokens
from inbox.actions.samples import add_samples
from inbox.cli.store import now
from inbox.cli.terminal import out
from inbox.machine.errors import MachineTrouble
from inbox.machine.up import Machine, Prepared
from inbox.machine.voice import Voice
from inbox.model.secrets import Vault
from inbox.settings import Settings, load
from inbox.store import Store, StoreError, StoreUnavailable


def up(
    bot: Annotated[bool, typer.Option(help="Run the bot as well.")] = True,
) -> None:
    """Start MongoDB, the inbox and the bot on this machine and keep them running until Ctrl-C."""
    settings = load()
    if "rehearsal" not in settings.model_fields_set:
        settings = settings.model_copy(update={"rehearsal": True})
    if not bot:
        settings = settings.model_copy(update={"bot_start": 0})
    asyncio.run(Machine(settings, voice=Voice(out), prepare=prepare, with_bot=bot).run())


async def prepare(settings: Settings) -> Prepared:
    """Give the store what the first process needs: the first admin, the bot's token, samples to try."""
    try:
        store = await Store.open(settings.mongodb_uri or "", settings.mongodb_db)
    except (StoreError, StoreUnavailable) as error:
        raise MachineTrouble(str(error)) from error
    try:
        given = settings.admin_password.get_secret_value() if settings.admin_password else None
        password = await people.first_admin(settings.admin_email, given, store=store, clock=now)
        api_token = await tokens.mint_for_bot(store=store, clock=now)
        if settings.rehearsal:
            await add_samples(store=store, vault=Vault(settings.secret()), clock=now)
    finally:
        store.close()
    return Prepared(api_token, _welcome(settings, password, is_given=given is not None))


def _welcome(settings: Settings, password: str | None, *, is_given: bool) -> tuple[str, ...]:
    if password is None:
        return ()
    shown = "as PARLEY_ADMIN_PASSWORD says" if is_given else f"[bold]{password}[/]   (shown only this once)"
    return (f"\n  Sign in    {settings.admin_email}", f"  Password   {shown}")
