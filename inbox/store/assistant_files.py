"""The files of further assistants, which the studio writes beside the store: moved with an installation."""

import asyncio
import os
from pathlib import Path

import bson

from inbox.store.copies import Piece

ASSISTANTS = "folder.assistants"
"""What stands for the folder in an archive, where a collection's name would stand."""

_PIECE = 8 << 20


class ArchiveTrouble(Exception):
    """The archive cannot be written or taken in. The text says why, for a person."""


class AssistantFiles:
    """The folder as if it were a collection: a document is a file, its id the path within."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def exact_count(self, name: str = ASSISTANTS) -> int:
        """How many files there are."""
        return len(await asyncio.to_thread(self._paths))

    async def read(self, name: str, after: bytes | None) -> Piece | None:
        """The next files after a path, about 8 MiB of them; None when there are no more."""
        return await asyncio.to_thread(self._read, bson.decode(after)["_id"] if after else "")

    async def write(self, name: str, data: bytes) -> None:
        """Put files where they were. May be done again. A file that says something else stays: it is told.

        Raises `ArchiveTrouble`.
        """
        for document in bson.decode_all(data):
            await asyncio.to_thread(self._write, document["_id"], document["data"])

    def _paths(self) -> list[str]:
        found = (
            f.relative_to(self._root) for f in self._root.rglob("*") if f.is_file() and not f.is_symlink()
        )
        return sorted(path.as_posix() for path in found if not any(p.startswith(".") for p in path.parts))

    def _read(self, after: str) -> Piece | None:
        data, documents, last = bytearray(), 0, None
        for path in self._paths():
            if path <= after:
                continue
            try:
                data += bson.encode({"_id": path, "data": (self._root / path).read_bytes()})
            except OSError as error:
                raise ArchiveTrouble(f"{self._root / path} cannot be read: {error.strerror}.") from error
            documents, last = documents + 1, path
            if len(data) >= _PIECE:
                break
        return Piece(bytes(data), documents, bson.encode({"_id": last})) if last else None

    def _write(self, path: str, content: bytes) -> None:
        file = self._root / path
        inside = file.resolve().is_relative_to(self._root.resolve())
        if not inside or any(not part or part.startswith(".") for part in path.split("/")):
            raise ArchiveTrouble(f"The archive has a file with a name that leads elsewhere: {path!r}.")
        draft = file.with_name(f".{file.name}.import")
        try:
            if file.exists():
                if file.read_bytes() != content:
                    raise ArchiveTrouble(f"{file} is there already and is another file. Move it away first.")
                return
            file.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            draft.replace(file)
        except OSError as error:
            raise ArchiveTrouble(
                f"{file} cannot be written: {error.strerror}. Run it again to go on."
            ) from error
