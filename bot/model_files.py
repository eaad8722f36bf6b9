"""The model on disk: `parley.tar.gz`, its hash beside it, and what it was trained from.

Knows nothing of Rasa, so that any Python may read what the bot would serve.
"""

from __future__ import annotations

import hashlib
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
    """Move a freshly trained model into `folder` and write its hash and its `.json` beside it.

    Each file appears whole or not at all; the `.json` comes last, so that a crash in between
    leaves a pair that `check` refuses rather than a model that nobody vouched for.
    """
    sealed = Sealed(id, sha256_of(trained), trained_at, fingerprint)
    folder.mkdir(parents=True, exist_ok=True)
    target = model_path(folder)
    _sync(trained)
    trained.replace(target)
    _write(target.with_name(target.name + ".sha256"), f"{sealed.sha256}  {target.name}\n")
    _write(folder / f"{NAME}.json", json.dumps(asdict(sealed), indent=2) + "\n")
    return sealed


def check(folder: Path) -> Sealed:
    """What `folder` holds, once the model's bytes match its seal. Raises `ModelUnusable`."""
    target = model_path(folder)
    if not target.is_file():
        raise ModelUnusable(f"There is no model at {target}. Train one with train.py.")
    try:
        sealed = Sealed(**json.loads((folder / f"{NAME}.json").read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise ModelUnusable(f"{target} has no readable {NAME}.json beside it. Train again.") from error
    if sha256_of(target) != sealed.sha256:
        raise ModelUnusable(f"{target} is not the model that {NAME}.json describes. Train again.")
    return sealed


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


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
