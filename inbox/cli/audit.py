"""`parley audit`: who did what, and whether the log of it is whole."""

from typing import Annotated

import typer

from inbox.cli.store import with_store
from inbox.cli.terminal import fail, out
from inbox.model.audit import Break, Head
from inbox.settings import Settings
from inbox.store import Store

commands = typer.Typer(no_args_is_help=True)


@commands.command()
def verify(
    expect: Annotated[
        str, typer.Option(help="An end that was noted before, as `parley audit head` prints it.")
    ] = "",
) -> None:
    """Read the whole log and name the first place where something was changed, removed or cut off."""
    expected = _noted(expect) if expect else None

    async def work(store: Store, _: Settings) -> tuple[int, Break | None]:
        return await store.audit.verify(expected)

    sound, broken = with_store(work)
    if broken:
        fail(f"The log is broken at entry {broken.seq}. {broken.reason} {sound:,} entries before are sound.")
    out.print(f"The log is whole: {sound:,} entries.")


@commands.command()
def head() -> None:
    """Print the number and the hash of the last entry, to be noted where nobody can change it."""

    async def work(store: Store, _: Settings) -> Head | None:
        return await store.audit.head()

    found = with_store(work)
    out.print(f"{found.seq}:{found.hash}" if found else "0:", markup=False, soft_wrap=True)


def _noted(text: str) -> tuple[int, str]:
    seq, _, digest = text.strip().partition(":")
    if not (seq.isascii() and seq.isdigit()):
        fail("Give the end as `parley audit head` prints it: a number, a colon, a hash.")
    return int(seq), digest
