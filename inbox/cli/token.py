"""`parley token`: keys for programs."""

from datetime import timedelta
from typing import Annotated

import typer
from rich.table import Table

from inbox.actions.tokens import create_token, revoke_token
from inbox.cli.store import now, with_store
from inbox.cli.terminal import fail, out
from inbox.model.people import SCOPES, Token
from inbox.settings import Settings
from inbox.store import Store

commands = typer.Typer(no_args_is_help=True)

SHOWN = 12
"""How much of a token's id is shown and asked for."""


@commands.command()
def create(
    name: Annotated[str, typer.Argument(help="What the token is for.")],
    scope: Annotated[list[str], typer.Option(help=f"What it may do: {', '.join(SCOPES)}.")],
    days: Annotated[int | None, typer.Option(min=1, help="Days until it expires; none: never.")] = None,
) -> None:
    """Make a bearer token for the API and print it, this once."""

    async def work(store: Store, _: Settings) -> str:
        life = timedelta(days=days) if days else None
        return await create_token(name, tuple(scope), store=store, clock=now, life=life)

    out.print(with_store(work), markup=False, soft_wrap=True)


@commands.command("list")
def list_tokens() -> None:
    """List all tokens; the tokens themselves are not kept anywhere."""

    async def work(store: Store, _: Settings) -> list[Token]:
        return await store.tokens.list(sort="created_at")

    table = Table("Id", "Name", "Scopes", "Since", "Expires")
    for token in with_store(work):
        expires = f"{token.expires_at:%Y-%m-%d}" if token.expires_at else "never"
        since = f"{token.created_at:%Y-%m-%d}"
        table.add_row(token.id[:SHOWN], token.name, ", ".join(token.scopes), since, expires)
    out.print(table)


@commands.command()
def revoke(
    token: Annotated[str, typer.Argument(metavar="ID", help="Id or name as `parley token list` shows it.")],
) -> None:
    """Make a token void, at once."""

    async def work(store: Store, _: Settings) -> Token:
        meant = [t for t in await store.tokens.list() if t.name == token or t.id[:SHOWN] == token]
        if len(meant) != 1:
            fail(f"{len(meant) or 'No'} tokens go by “{token}”. `parley token list` shows all.")
        await revoke_token(meant[0], store=store, clock=now)
        return meant[0]

    out.print(f"The token “{with_store(work).name}” is void.", markup=False)
