"""A whole installation as a folder: written while it is read, gone on with where it broke off, and proved.

A folder has `manifest.json` and pieces `inbox.messages-00001.bson.gz`, each entered into the manifest with
its SHA-256 once it is whole on disk. With a password each piece is sealed (`inbox/locks.py`); the manifest
is not: it has the names of collections and how many documents each has.
"""

import gzip
import hashlib
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from connectors.contract import Clock
from inbox.locks import Key, Lock, WrongPassword, lock_with, unlock
from inbox.model.ids import new_id
from inbox.store.assistant_files import ASSISTANTS, ArchiveTrouble, AssistantFiles
from inbox.store.copies import END, LOG, Copies, Piece

_FORMAT, _LOCKED = 2, 3
_KNOWN = (1, 2, 3)
"""The first had no files beside the store; the third is the second under a password."""
_MANIFEST = "manifest.json"

Told = Callable[[str, int], None]
"""Called with a collection's name and how many documents of it were done."""


class Entry(msgspec.Struct, frozen=True):
    """One piece."""

    file: str
    collection: str
    documents: int
    sha256: str
    """Of the file as it is on disk."""
    last: str
    """The last document's id, in hexadecimal BSON."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a folder holds."""

    format: int
    id: str
    schema: int
    key: str
    """By which the secret key is known again, which is not in the folder."""
    begun_at: datetime
    finished_at: datetime | None = None
    lock: Lock | None = None
    """With what its pieces are sealed; None: they are not."""
    entries: tuple[Entry, ...] = ()

    def documents(self, collection: str) -> int:
        """How many documents of a collection there are."""
        return sum(entry.documents for entry in self.entries if entry.collection == collection)


def key_mark(secret: str) -> str:
    """By which a secret key is known again, and nothing else."""
    return hashlib.sha256(f"parley archive {secret}".encode()).hexdigest()[:16]


def manifest_of(folder: Path) -> Manifest | None:
    """What is in a folder; None if no archive was begun there. Raises `ArchiveTrouble`."""
    try:
        found = msgspec.json.decode((folder / _MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, OSError) as error:
        raise ArchiveTrouble(f"{folder / _MANIFEST} cannot be read: {error}") from error
    if found.format not in _KNOWN:
        raise ArchiveTrouble(f"{folder} has format {found.format}, this Parley knows {_KNOWN}.")
    return found


async def export(
    folder: Path,
    copies: Copies,
    files: AssistantFiles,
    *,
    schema: int,
    key: str,
    clock: Clock,
    told: Told,
    password: str | None = None,
) -> Manifest:
    """Write the installation into a folder, or go on where that broke off; sealed, with a password.

    What is written to the store meanwhile may be missing. Raises `ArchiveTrouble`, `StoreError`.
    """
    manifest, seal = _begun(folder, schema, key, clock, password)
    for collection in await copies.names():
        if collection == LOG and manifest.documents(END):
            continue  # more of it would come after its end
        manifest = await _export(collection, folder, copies, manifest, told, seal)
    manifest = await _export(ASSISTANTS, folder, files, manifest, told, seal)
    manifest = msgspec.structs.replace(manifest, finished_at=clock())
    _note(folder, manifest)
    return manifest


def _begun(
    folder: Path, schema: int, key: str, clock: Clock, password: str | None
) -> tuple[Manifest, Key | None]:
    """The manifest to go on with, and with what to seal. Makes the folder."""
    manifest = manifest_of(folder)
    if manifest is None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
            is_empty = {path.name for path in folder.iterdir()} <= {f".{_MANIFEST}"}
        except OSError as error:
            raise ArchiveTrouble(f"{folder} cannot be used: {error.strerror}.") from error
        if not is_empty:
            raise ArchiveTrouble(f"{folder} is not empty. Choose another folder.")
        lock, seal = lock_with(password) if password else (None, None)
        form = _LOCKED if lock else _FORMAT
        new = Manifest(format=form, id=new_id(), schema=schema, key=key, begun_at=clock(), lock=lock)
        _note(folder, new)  # before the first piece, which could not be told from somebody's file else
        return new, seal
    if manifest.finished_at:
        raise ArchiveTrouble(f"{folder} holds a finished archive already. Choose another folder.")
    if (manifest.schema, manifest.key) != (schema, key):
        raise ArchiveTrouble(f"{folder} was begun by another installation or version.")
    if password and not manifest.lock:
        raise ArchiveTrouble(f"{folder} was begun without a password. Choose another folder.")
    return manifest, _opener(manifest, password)


def _opener(manifest: Manifest, password: str | None) -> Key | None:
    """With what the pieces are sealed. Raises `ArchiveTrouble` if the password is not theirs."""
    if manifest.lock is None:
        return None
    if not password:
        raise ArchiveTrouble("The archive has a password, and none was given.")
    try:
        return unlock(manifest.lock, password)
    except WrongPassword as error:
        raise ArchiveTrouble("This is not the archive's password.") from error


async def _export(
    collection: str,
    folder: Path,
    copies: Copies | AssistantFiles,
    manifest: Manifest,
    told: Told,
    seal: Key | None,
) -> Manifest:
    mine = [entry for entry in manifest.entries if entry.collection == collection]
    told(collection, sum(entry.documents for entry in mine))
    after = bytes.fromhex(mine[-1].last) if mine else None
    number = len(mine)
    log = [entry for entry in manifest.entries if entry.collection == LOG]
    while piece := await _next(collection, copies, after, log):
        number += 1
        packed = gzip.compress(piece.data, 6, mtime=0)
        file = f"{collection}-{number:05}.bson.gz{'.sealed' if seal else ''}"
        if seal:
            packed = seal.seal(packed, f"{manifest.id}/{file}")
        _keep(folder / file, packed)
        digest = hashlib.sha256(packed).hexdigest()
        entry = Entry(file, collection, piece.documents, digest, piece.last.hex())
        manifest = msgspec.structs.replace(manifest, entries=(*manifest.entries, entry))
        _note(folder, manifest)
        told(collection, piece.documents)
        after = piece.last
    return manifest


async def _next(
    collection: str, copies: Copies | AssistantFiles, after: bytes | None, log: list[Entry]
) -> Piece | None:
    if collection == END and isinstance(copies, Copies) and log:
        return None if after else await copies.read_end(bytes.fromhex(log[-1].last))
    return await copies.read(collection, after)


async def take_in(
    folder: Path,
    copies: Copies,
    files: AssistantFiles,
    *,
    schema: int,
    key: str | None,
    told: Told,
    password: str | None = None,
) -> Manifest:
    """Put the installation of a folder here, or go on where that broke off.

    `password` is the archive's, if it has one; `key` is this installation's mark, None lets another one pass.
    Raises `ArchiveTrouble`, `StoreError`.
    """
    manifest = manifest_of(folder)
    if manifest is None:
        raise ArchiveTrouble(f"There is no archive in {folder}.")
    if manifest.finished_at is None:
        raise ArchiveTrouble(f"The export to {folder} broke off. Run `parley export` again to finish it.")
    if manifest.schema > schema:
        raise ArchiveTrouble("The archive is of a newer Parley than this one.")
    if key is not None and key != manifest.key:
        raise ArchiveTrouble(
            "The archive was made under another PARLEY_SECRET_KEY, with which channels' credentials are "
            "encrypted. Bring that key (PARLEY_HOME/secret.key of the old installation), or say --other-key "
            "and enter the credentials anew."
        )
    seal = _opener(manifest, password)
    done = await copies.written(manifest.id)
    if done is None:
        if await copies.is_taken():
            raise ArchiveTrouble("This installation is in use. Take an archive into a new one only.")
        await copies.note_written(manifest.id, None)
        done = set()
    for entry in manifest.entries:
        if entry.file not in done:
            place = files if entry.collection == ASSISTANTS else copies
            await place.write(entry.collection, _unpacked(folder / entry.file, entry, manifest, seal))
            await copies.note_written(manifest.id, entry.file)
        told(entry.collection, entry.documents)
    await _prove(manifest, copies, files)
    return manifest


async def _prove(manifest: Manifest, copies: Copies, files: AssistantFiles) -> None:
    for collection in {entry.collection for entry in manifest.entries}:
        place = files if collection == ASSISTANTS else copies
        here, there = await place.exact_count(collection), manifest.documents(collection)
        if here < there:
            raise ArchiveTrouble(f"{collection} has {here} documents, the archive {there}.")


def _unpacked(file: Path, entry: Entry, manifest: Manifest, seal: Key | None) -> bytes:
    try:
        packed = file.read_bytes()
    except OSError as error:
        raise ArchiveTrouble(f"{file} cannot be read: {error.strerror}.") from error
    if hashlib.sha256(packed).hexdigest() != entry.sha256:
        raise ArchiveTrouble(f"{file} is not what was exported: its SHA-256 differs.")
    try:
        return gzip.decompress(seal.open(packed, f"{manifest.id}/{entry.file}") if seal else packed)
    except WrongPassword as error:
        raise ArchiveTrouble(f"{file} is not what was exported: it does not open.") from error


def _note(folder: Path, manifest: Manifest) -> None:
    _keep(folder / _MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))


def _keep(file: Path, data: bytes) -> None:
    """Write a file whole or not at all, and onto the disk."""
    draft = file.with_name(f".{file.name}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ArchiveTrouble(f"{file} cannot be written: {error.strerror}. Run it again to go on.") from error
