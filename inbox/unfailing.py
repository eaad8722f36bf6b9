"""A stream that never fails whoever writes to it: what cannot be written is counted, and told of later.

Logs go to standard error, which is a file on a disk that may be full, or a pipe whose reader may be gone. A
line that cannot be written must not take along the request, the turn or the loop that wanted to say it.
"""

from typing import Any, Protocol


class Stream(Protocol):
    """Whatever takes text."""

    def write(self, text: str, /) -> Any:
        """Take it, or raise `OSError`."""

    def flush(self) -> None:
        """Pass on what was taken, or raise `OSError`."""


class Unfailing:
    """Writes to `stream` as long as it takes anything."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._lost = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write it; nothing if the stream takes none."""
        try:
            if self._lost:
                self._stream.write(f"! {self._lost} times something could not be written here.\n")
                self._lost = 0
            self._stream.write(text)
        except (OSError, ValueError):  # ValueError: it is closed
            self._lost += 1
        return len(text)

    def flush(self) -> None:
        """See that it is written, if that can be."""
        try:
            self._stream.flush()
        except (OSError, ValueError):
            self._lost += 1
