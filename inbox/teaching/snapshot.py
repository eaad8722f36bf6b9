"""The bot's data as it is at a moment: named by its content, packed, and unpacked for a job."""

import hashlib
import io
import tarfile
from datetime import datetime
from pathlib import Path

from inbox.model.training import DataSnapshot

MOST = 12 * 1024 * 1024
"""A document of MongoDB holds 16 MiB."""


class TooMuchData(Exception):
    """The data does not fit a snapshot."""


def take(folder: Path, now: datetime) -> DataSnapshot:
    """All YAML files below `folder`. Blocks. Raises `TooMuchData`.

    Its id is the data's revision: the same files have the same one, whoever packs them.
    """
    files = sorted(f for f in folder.rglob("*") if f.suffix in (".yml", ".yaml") and f.is_file())
    digest, packed = hashlib.sha256(), io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=6) as archive:
        for file in files:
            name, content = file.relative_to(folder).as_posix(), file.read_bytes()
            digest.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    if packed.tell() > MOST:
        raise TooMuchData(f"The data is larger than {MOST // 1024 // 1024} MiB even when it is packed.")
    return DataSnapshot(id=digest.hexdigest(), at=now, files=len(files), packed=packed.getvalue())


def unpack(snapshot: DataSnapshot, folder: Path) -> None:
    """Write the files of a snapshot below `folder`, which is made. Blocks."""
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(snapshot.packed), mode="r:gz") as archive:
        archive.extractall(folder, filter="data")
