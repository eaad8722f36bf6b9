"""The `parley` command. A module per group of commands; none is imported before it is needed."""

from inbox.cli.main import app

__all__ = ["app"]
