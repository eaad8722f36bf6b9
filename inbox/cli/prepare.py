"""`parley prepare`: what `parley up` does before its first process, where processes are started otherwise."""

import os
from pathlib import Path
from typing import Annotated

import typer

from inbox.actions import people, tokens
from inbox.cli.store import now, with_store
from inbox.cli.terminal import out
from inbox.settings import Settings
from inbox.store import Store

TokenFile = Annotated[Path | None, typer.Option(help="File for the token of the bot's action server.")]


def prepare(token_file: TokenFile = None) -> None:
    """Bring the store up to date, make the first admin, and the action server's token unless it holds good.

    May be run before every start: what is there already stays.
    """

    async def work(store: Store, settings: Settings) -> str | None:
        given = settings.admin_password.get_secret_value() if settings.admin_password else None
        made = await people.first_admin(settings.admin_email, given, store=store, clock=now)
        if token_file and not await _holds_good(_kept(token_file), store):
            _write(token_file, await tokens.mint_for_bot(store=store, clock=now))
        if made is not None:
            shown = "as PARLEY_ADMIN_PASSWORD says" if given else f"{made} (shown only this once)"
            return f"{settings.admin_email} may sign in. The password is {shown}."
        return None

    if news := with_store(work):
        out.print(news, markup=False)


def _kept(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


async def _holds_good(secret: str, store: Store) -> bool:
    return await tokens.holder_of(secret, store=store, clock=now) is not None


def _write(file: Path, secret: str) -> None:
    """Write the secret for this user alone, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as to:
        to.write(secret + "\n")
    draft.replace(file)
