"""The model on disk: named by its hash, and `parley.json`, which says which one counts.

A new model never takes the place of the old one's bytes: it is written beside them, then the one small
file that names it is replaced. Whoever is killed on the way leaves the old model or the new one, whole.
`parley.tar.gz` is another name of the model that counts, for Rasa's own commands.

Knows nothing of Rasa, so that any Python may read what the bot would serve.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = "parley"


class ModelUnusable(Exception):
    """The model is missing, or is not the one that training sealed. The message says what to do."""


@dataclass(frozen=True)
class Sealed:
    """What stands in `parley.json` beside the model."""

    id: str
    sha256: str
    trained_at: str
    data_fingerprint: str | None


def model_path(folder: Path) -> Path:
    """Where the model lies in `folder`."""
    return folder / f"{NAME}.tar.gz"


def seal(trained: Path, folder: Path, *, id: str, trained_at: str, fingerprint: str | None) -> Sealed:
    """Move a freshly trained model into `folder` and let it count; the one before it stays beside it."""
    sealed = Sealed(id, sha256_of(trained), trained_at, fingerprint)
    folder.mkdir(parents=True, exist_ok=True)
    before = _named(folder)
    target = _file(folder, sealed)
    _sync(trained)
    trained.replace(target)
    _sync(folder)
    _write(folder / f"{NAME}.json", json.dumps(asdict(sealed), indent=2) + "\n")
    _link(target, model_path(folder))
    _write(model_path(folder).with_name(f"{NAME}.tar.gz.sha256"), f"{sealed.sha256}  {NAME}.tar.gz\n")
    for old in folder.glob(f"{NAME}-*.tar.gz"):
        if old not in (target, before):
            old.unlink(missing_ok=True)
    return sealed


def check(folder: Path) -> tuple[Path, Sealed]:
    """The model that counts in `folder`, once its bytes match its seal. Raises `ModelUnusable`."""
    try:
        sealed = Sealed(**json.loads((folder / f"{NAME}.json").read_bytes()))
    except FileNotFoundError:
        raise ModelUnusable(f"There is no model in {folder}. Train one with train.py.") from None
    except (OSError, ValueError, TypeError) as error:
        raise ModelUnusable(f"{folder}/{NAME}.json cannot be read. Train again.") from error
    file = _file(folder, sealed)
    if not file.is_file():
        file = model_path(folder)  # sealed before models were named by their hash
    if not file.is_file():
        raise ModelUnusable(f"There is no model at {file}. Train one with train.py.")
    if not hmac.compare_digest(sha256_of(file), sealed.sha256):
        raise ModelUnusable(f"{file} is not the model that {NAME}.json describes. Train again.")
    return file, sealed


def glance(folder: Path) -> object:
    """Something that differs once another model has been sealed; None without one."""
    try:
        found = (folder / f"{NAME}.json").stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _file(folder: Path, sealed: Sealed) -> Path:
    return folder / f"{NAME}-{sealed.sha256[:16]}.tar.gz"


def _named(folder: Path) -> Path | None:
    """The file that counts now, unchecked."""
    try:
        return folder / f"{NAME}-{json.loads((folder / f'{NAME}.json').read_bytes())['sha256'][:16]}.tar.gz"
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _link(target: Path, name: Path) -> None:
    draft = name.with_name(name.name + ".new")
    draft.unlink(missing_ok=True)
    os.link(target, draft)
    draft.replace(name)


def sha256_of(path: Path) -> str:
    """The hexadecimal SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _write(path: Path, text: str) -> None:
    draft = path.with_name(path.name + ".new")
    draft.write_text(text)
    _sync(draft)
    draft.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    """Let a file's bytes, or a folder's names, be on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
