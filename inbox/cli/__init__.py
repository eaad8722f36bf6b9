"""The `parley` command: a module for each group of commands."""

from inbox.cli.main import app

__all__ = ["app"]
