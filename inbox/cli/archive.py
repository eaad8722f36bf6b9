"""`parley export` and `parley import`: a whole installation moves house."""

import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from inbox import archive
from inbox.actions.audit import note
from inbox.archive import Manifest
from inbox.cli.store import now, with_store
from inbox.cli.terminal import err, fail, out
from inbox.locks import LEAST
from inbox.machine import home
from inbox.model.people import OPERATOR
from inbox.settings import Settings
from inbox.store import Store
from inbox.store.assistant_files import ASSISTANTS, ArchiveTrouble, AssistantFiles
from inbox.store.migrations import VERSION

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", file_okay=False)]


PASSWORD = "PARLEY_ARCHIVE_PASSWORD"  # noqa: S105 (a name)


def export(
    folder: Folder,
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help=f"Seal it with a password, asked for or in {PASSWORD}.")
    ] = False,
) -> None:
    """Write everything that the inbox and the bot keep into a folder. Again, it goes on where it broke off.

    The training data of further assistants are in it; the secret key and the first assistant's training data
    (PARLEY_NLU_DATA) are not. While Parley runs, what arrives meanwhile may
    be missing: stop it first for a whole copy.
    """

    password = _new_password() if encrypt else None

    async def work(store: Store, settings: Settings) -> Manifest:
        if settings.mongodb_uri or home.is_held(settings.home):
            err.print("What arrives while this runs may be missing. Stop Parley for a whole copy.")
        files = AssistantFiles(settings.assistants)
        await note(OPERATOR, "archive.exported", store=store, clock=now, after=told_of(encrypt))
        totals = {name: await store.copies.count(name) for name in await store.copies.names()}
        with _shown({**totals, ASSISTANTS: await files.exact_count()}) as told:
            return await archive.export(
                folder,
                store.copies,
                files,
                schema=VERSION,
                key=archive.key_mark(settings.secret()),
                clock=now,
                told=told,
                password=password,
            )

    _say(_carefully(work), f"are in {folder}. The secret key is not: keep it apart.")


def take_in(
    folder: Folder,
    other_key: Annotated[
        bool, typer.Option("--other-key", help="Go on although the secret key is another one.")
    ] = False,
) -> None:
    """Take an export into a new installation. Again, it goes on where it broke off."""
    manifest = _manifest(folder)
    password = _password() if manifest and manifest.lock else None

    async def work(store: Store, settings: Settings) -> Manifest:
        names = {entry.collection for entry in manifest.entries} if manifest else set()
        with _shown({name: manifest.documents(name) for name in sorted(names) if manifest}) as told:
            key = None if other_key else archive.key_mark(settings.secret())
            files = AssistantFiles(settings.assistants)
            taken = await archive.take_in(
                folder, store.copies, files, schema=VERSION, key=key, told=told, password=password
            )
        await _note_import(store, taken)
        return taken

    _say(_carefully(work), "are here. Start Parley as ever.")


def told_of(is_sealed: bool) -> dict[str, str | int | float | bool | list[str] | None]:
    """What the audit log tells of an export."""
    return {"by": "command line", "encrypted": is_sealed}


async def _note_import(store: Store, taken: Manifest) -> None:
    """That it was taken in is the next entry of the log that came with it; once."""
    target = f"archive:{taken.id}"
    if not await store.audit.page({"target": target}, limit=1):
        after = told_of(taken.lock is not None)
        await note(OPERATOR, "archive.imported", target, store=store, clock=now, after=after)


def _manifest(folder: Path) -> Manifest | None:
    try:
        return archive.manifest_of(folder)
    except ArchiveTrouble as trouble:
        fail(str(trouble))


def _new_password() -> str:
    chosen = _password(again=True)
    if len(chosen) < LEAST:
        fail(
            f"A password has at least {LEAST} characters: who has the archive can try as often as they like."
        )
    return chosen


def _password(*, again: bool = False) -> str:
    """The archive's password: of the environment, of who sits there, or of standard input."""
    if given := os.environ.get(PASSWORD):
        return given
    if sys.stdin.isatty():
        return str(typer.prompt("Password of the archive", hide_input=True, confirmation_prompt=again))
    return sys.stdin.readline().rstrip("\n") or fail(f"No password came on standard input or in {PASSWORD}.")


def _carefully(work: Callable[[Store, Settings], Awaitable[Manifest]]) -> Manifest:
    try:
        return with_store(work)
    except ArchiveTrouble as trouble:
        fail(str(trouble))


def _say(manifest: Manifest, what: str) -> None:
    total = sum(entry.documents for entry in manifest.entries)
    out.print(f"{total:,} documents of {len({e.collection for e in manifest.entries})} collections {what}")


@contextmanager
def _shown(totals: dict[str, int]) -> Iterator[archive.Told]:
    """A bar for each collection."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, disable=not err.is_terminal) as progress:
        bars = {name: progress.add_task(name, total=total) for name, total in totals.items()}

        def told(collection: str, documents: int) -> None:
            if collection in bars:
                progress.advance(bars[collection], documents)

        yield told
