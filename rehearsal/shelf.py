"""A dictionary that outlives the process, as JSON lines: the newest line of a key counts."""

from pathlib import Path
from typing import Any

import msgspec

_ROOM = 2_000


class Shelf:
    """Named JSON values in one file. Each change is on disk when the call returns."""

    def __init__(self, path: Path) -> None:
        """Open `path`, which need not exist yet. A last line that a crash has torn is left out."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._values: dict[str, Any] = {}
        if path.exists():
            for line in path.read_bytes().splitlines():
                self._replay(line)
        self._rewrite()

    def __len__(self) -> int:
        return len(self._values)

    def put(self, key: str, value: Any) -> None:
        """Keep `value`, anything that msgspec can write, under `key`."""
        self._values[key] = msgspec.to_builtins(value)
        self._append([key, self._values[key]])

    def drop(self, key: str) -> None:
        """Forget `key`."""
        if self._values.pop(key, None) is not None:
            self._append([key])

    def values(self) -> list[Any]:
        """All values, the one kept first first."""
        return list(self._values.values())

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _append(self, line: list[Any]) -> None:
        self._file.write(msgspec.json.encode(line) + b"\n")
        self._file.flush()
        self._lines += 1
        if self._lines > _ROOM + 4 * len(self._values):
            self._file.close()
            self._rewrite()

    def _replay(self, line: bytes) -> None:
        try:
            key, *value = msgspec.json.decode(line)
        except (msgspec.DecodeError, ValueError, TypeError):
            return
        if value:
            self._values[key] = value[0]
        else:
            self._values.pop(key, None)

    def _rewrite(self) -> None:
        fresh = self._path.with_suffix(".new")
        lines = [msgspec.json.encode([key, value]) + b"\n" for key, value in self._values.items()]
        fresh.write_bytes(b"".join(lines))
        fresh.replace(self._path)
        self._lines = len(lines)
        self._file = self._path.open("ab")
