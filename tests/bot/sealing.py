"""Models that differ in their name alone, made from one that was trained."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from model_files import Sealed, check, seal

Change = Callable[[dict[str, Any]], None]


def sealed_anew(models: Path, folder: Path, name: str, change: Change = lambda metadata: None) -> Sealed:
    """Seal the model in `models` into `folder` under another name, its metadata changed by `change`."""
    source, _ = check(models)
    copy = folder / "copy.tar.gz"
    with tarfile.open(source) as old, tarfile.open(copy, "w:gz", compresslevel=1) as new:
        for member in old:
            content = old.extractfile(member)
            if not content:
                new.addfile(member)
                continue
            written = content.read()
            if member.name.endswith("metadata.json"):
                metadata = json.loads(written)
                metadata["model_id"] = name
                change(metadata)
                written = json.dumps(metadata).encode()
                member.size = len(written)
            new.addfile(member, io.BytesIO(written))
    return seal(copy, folder, id=name, trained_at="2026-01-01T00:00:00+00:00", fingerprint=None)
