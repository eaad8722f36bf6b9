"""So that `python -m inbox.cli` is the `parley` command."""

from inbox.cli import app

app(prog_name="parley")
