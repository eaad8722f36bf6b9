"""What `parley up` tells the person in front of it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from rich.console import Console
from rich.status import Status


class Voice:
    """Plain lines on a terminal or in a log; what takes long shows that it goes on.

    Where nothing can be written any more, the disk of the log being full or its reader gone, nothing is.
    """

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, text: str) -> None:
        with suppress(OSError):
            self._console.print(text, highlight=False, soft_wrap=True)

    def warn(self, text: str) -> None:
        self.say(f"[yellow]![/] {text}")

    @contextmanager
    def busy(self, text: str) -> Iterator["Progress"]:
        """Show that something is under way until the block ends."""
        if not self._console.is_terminal:
            self.say(text)
            yield Progress(self, None)
            return
        with self._console.status(text) as status:
            yield Progress(self, status)


class Progress:
    """How far something has come."""

    def __init__(self, voice: Voice, status: Status | None) -> None:
        self._voice = voice
        self._status = status
        self._last = ""

    def at(self, text: str) -> None:
        """Show the step that it is at, once."""
        if text == self._last:
            return
        self._last = text
        if self._status is None:
            self._voice.say(text)
        else:
            self._status.update(text)
