"""`parley export` and `parley import`: a whole installation moves house."""

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
from inbox.machine import home
from inbox.model.people import OPERATOR
from inbox.settings import Settings
from inbox.store import Store
from inbox.store.assistant_files import ASSISTANTS, ArchiveTrouble, AssistantFiles
from inbox.store.migrations import VERSION

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", file_okay=False)]


def export(folder: Folder) -> None:
    """Write everything that the inbox and the bot keep into a folder. Again, it goes on where it broke off.

    The training data of further assistants are in it; the secret key and the first assistant's training data
    (PARLEY_NLU_DATA) are not. While Parley runs, what arrives meanwhile may
    be missing: stop it first for a whole copy.
    """

    async def work(store: Store, settings: Settings) -> Manifest:
        if settings.mongodb_uri or home.is_held(settings.home):
            err.print("What arrives while this runs may be missing. Stop Parley for a whole copy.")
        files = AssistantFiles(settings.assistants)
        await note(OPERATOR, "archive.exported", store=store, clock=now, after={"by": "command line"})
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
            )

    _say(_carefully(work), f"are in {folder}. The secret key is not: keep it apart.")


def take_in(
    folder: Folder,
    other_key: Annotated[
        bool, typer.Option("--other-key", help="Go on although the secret key is another one.")
    ] = False,
) -> None:
    """Take an export into a new installation. Again, it goes on where it broke off."""

    async def work(store: Store, settings: Settings) -> Manifest:
        manifest = archive.manifest_of(folder)
        names = {entry.collection for entry in manifest.entries} if manifest else set()
        with _shown({name: manifest.documents(name) for name in sorted(names) if manifest}) as told:
            key = None if other_key else archive.key_mark(settings.secret())
            files = AssistantFiles(settings.assistants)
            return await archive.take_in(folder, store.copies, files, schema=VERSION, key=key, told=told)

    _say(_carefully(work), "are here. Start Parley as ever.")


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
