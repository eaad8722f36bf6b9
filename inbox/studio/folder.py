"""The folder of a bot's training data: which files it has, what is in them, and how they are replaced.

A file is named by its path below the folder, with slashes. Nothing outside the folder is read or written,
by whatever name or link.
"""

import fcntl
import hashlib
import os
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from inbox.actions.errors import ActionRefused, Invalid, NotFound

LARGEST = 2 * 1024 * 1024
"""Bytes of a file that is read or written; the largest of Rasa's own examples has a tenth of it."""
MOST = 500
"""Files of a project that are looked at."""
_KINDS = (".yml", ".yaml")
_DRAFT = re.compile(r"\..+\.ya?ml\.[0-9a-f]{8}")


class File(NamedTuple):
    """What a file held when it was looked at."""

    name: str
    content: bytes

    @property
    def hash(self) -> str:
        """By which two versions are told apart."""
        return digest(self.content)


class Changed(ActionRefused):
    """The file is not what the change was made for: somebody else has changed it since."""

    status = 409
    code = "file_changed"


def digest(content: bytes) -> str:
    """The hash of a file's content."""
    return hashlib.sha256(content).hexdigest()


class Folder:
    """The files of one project."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._held = threading.local()

    def names(self) -> list[str]:
        """The names of all YAML files, sorted; hidden ones are left out. Raises `Invalid` if too many."""
        found = []
        for place, folders, files in os.walk(self.root):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in files:
                if name.endswith(_KINDS) and not name.startswith("."):
                    found.append((Path(place) / name).relative_to(self.root).as_posix())
            if len(found) > MOST:
                raise Invalid(f"The folder of the training data has more than {MOST} files.")
        return sorted(found)

    def files(self) -> list[File]:
        """All files. One that went away or may not be read while we looked is left out."""
        found = []
        for name in self.names():
            try:
                found.append(self.read(name))
            except (NotFound, Invalid):
                continue
        return found

    def left_out(self) -> dict[str, str]:
        """Why `files` cannot give a file that is there, by its name: it is too large, or may not be read."""
        found = {}
        for name in self.names():
            try:
                self.read(name)
            except Invalid as error:
                found[name] = str(error)
            except NotFound:
                continue
        return found

    def check(self, name: str) -> None:
        """Raise `Invalid` unless a file of ours may have this name."""
        self._path(name)

    def read(self, name: str) -> File:
        """One file. Raises `NotFound`, or `Invalid` for one that is too large or no name of ours."""
        path = self._path(name)
        try:
            with path.open("rb") as file:
                content = file.read(LARGEST + 1)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise NotFound(f"There is no file {name}.") from error
        except OSError as error:
            raise Invalid(f"{name} cannot be read: {error.strerror}.") from error
        if len(content) > LARGEST:
            raise Invalid(f"{name} is larger than {LARGEST // 1024**2} MiB: too large for the studio.")
        return File(name, content)

    def write(self, name: str, content: bytes, *, based_on: str | None) -> File:
        """Put new content in place of the one with the hash `based_on`; None for a file that is to be new.

        Whole or not at all, and durable; of processes of ours that do so at once, one goes after the other.
        Raises `Changed` if another content is there, `Invalid` for a name that is not allowed or a content
        that is too large.
        """
        if len(content) > LARGEST:
            raise Invalid(f"{name} would be larger than {LARGEST // 1024**2} MiB.")
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            with self._alone():
                self._replace(draft, path, name, based_on)
        finally:
            draft.unlink(missing_ok=True)
        _settle(path.parent)
        return File(name, content)

    @contextmanager
    def together(self) -> Iterator[None]:
        """What this thread writes meanwhile, no other process of ours parts or sees half."""
        with self._alone():
            self._held.is_ours = True
            try:
                yield
            finally:
                self._held.is_ours = False

    def sweep(self) -> None:
        """Take away what killed processes had begun to write. Within `together`, when nobody writes."""
        for place, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in filter(_DRAFT.fullmatch, files):
                (Path(place) / name).unlink(missing_ok=True)

    def remove(self, name: str, *, based_on: str) -> None:
        """Take the file with that hash away. Raises `Changed` if another content is there."""
        with self._alone():
            if self.read(name).hash != based_on:
                raise Changed(f"{name} was changed meanwhile.")
            self._path(name).unlink()

    def _replace(self, draft: Path, path: Path, name: str, based_on: str | None) -> None:
        if based_on is None:
            try:
                os.link(draft, path)  # unlike a rename, it never replaces
            except FileExistsError as error:
                raise Changed(f"There is a file {name} by now.") from error
            return
        try:
            present = self.read(name).hash
        except NotFound as error:
            raise Changed(f"{name} was removed meanwhile.") from error
        if present != based_on:
            raise Changed(f"{name} was changed meanwhile.")
        draft.replace(path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other process of ours replaces a file meanwhile."""
        if getattr(self._held, "is_ours", False):
            yield
            return
        handle = os.open(self.root, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _path(self, name: str) -> Path:
        """Where the file lies. Raises `Invalid` unless the name is that of a YAML file below our folder."""
        parts = name.split("/")
        if not name.endswith(_KINDS) or len(name) > 300 or any(p.startswith(".") or not p for p in parts):
            raise Invalid("A file of the training data is named like nlu/orders.yml.")
        if not name.isprintable() or "\\" in name or ":" in name:
            raise Invalid("The name of that file has characters that are not allowed.")
        path = self.root.joinpath(*parts)
        if not path.resolve().is_relative_to(self.root):
            raise Invalid("That file lies outside the training data.")
        return path


def _settle(folder: Path) -> None:
    """Make the folder's entries durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
