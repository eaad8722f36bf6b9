"""`parley secrets`: the key that everything secret is sealed with, exchanged for another one."""

import os
import secrets
from pathlib import Path
from typing import Annotated

import typer

from inbox.actions import audit
from inbox.actions.rotation import rotate_to
from inbox.cli.store import now, with_store
from inbox.cli.terminal import fail, out
from inbox.machine import home
from inbox.model.people import OPERATOR
from inbox.settings import Settings, load
from inbox.store import Store

commands = typer.Typer(no_args_is_help=True)

VARIABLE = "PARLEY_NEW_SECRET_KEY"
_LEAST = 32


@commands.callback()
def group() -> None:
    """The key that everything secret is sealed with."""


@commands.command()
def rotate(
    new_key_file: Annotated[
        Path | None, typer.Option(help=f"File with the new key. Else {VARIABLE}, else a key is made up.")
    ] = None,
) -> None:
    """Seal every secret with a new key. Stop Parley first. Killed midway, the same command goes on.

    The old key is needed until this has ended, and kept until then.
    """
    settings = load()
    if home.is_held(settings.home):
        fail("Parley is running. Stop it first, or it would go on sealing with the old key.")
    kept, following = settings.home / "secret.key", settings.home / "secret.key.next"
    is_ours = (
        settings.secret_key is None
        and settings.secret_key_file is None
        and new_key_file is None
        and VARIABLE not in os.environ
    )
    new = _following(following) if is_ours else _given(new_key_file)
    old = settings.secret()

    async def work(store: Store, _: Settings) -> int:
        number = await rotate_to(new, old, store=store)
        await audit.note(OPERATOR, "secrets.rotated", store=store, clock=now, after={"documents": number})
        return number

    number = with_store(work)
    if is_ours:
        following.replace(kept)
        out.print(f"Sealed anew: {number:,} documents. The new key is in {kept}; the old one is gone.")
        return
    out.print(f"Sealed anew: {number:,} documents. Now give Parley the new key as PARLEY_SECRET_KEY.")


def _following(file: Path) -> str:
    """The key that comes next: the one that was begun with, or a new one, for this user alone."""
    try:
        return file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        key = secrets.token_urlsafe(48)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as into:
        into.write(key + "\n")
        into.flush()
        os.fsync(into.fileno())
    draft.replace(file)
    return key


def _given(file: Path | None) -> str:
    try:
        key = file.read_text(encoding="utf-8").strip() if file else os.environ.get(VARIABLE, "").strip()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}.")
    if not key:
        fail(f"Your key comes from PARLEY_SECRET_KEY. Give the new one by --new-key-file or {VARIABLE}.")
    if len(key) < _LEAST:
        fail(f"A key has {_LEAST} characters or more.")
    return key
