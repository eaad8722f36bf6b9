"""How the command speaks: answers on standard output, complaints on standard error, no tracebacks."""

import sys
from typing import Any, NoReturn

import typer
from rich.console import Console
from typer.core import TyperGroup

from connectors.errors import ConnectorError
from inbox.machine.errors import MachineTrouble
from inbox.settings import WrongSettings

out = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
"""A pipe has no width; what goes through it should not be cut to the 80 columns that rich assumes."""

err = Console(stderr=True, highlight=False)

EXPECTED = (MachineTrouble, WrongSettings, ConnectorError)
"""Errors whose text was written for the person who reads it."""


def fail(text: str, code: int = 1) -> NoReturn:
    """Say what is wrong and end."""
    err.print(text, style="red" if err.is_terminal else None, markup=False, soft_wrap=True)
    raise typer.Exit(code)


class PlainSpoken(TyperGroup):
    """The group of all commands: what is expected to go wrong is told in plain words."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except EXPECTED as error:
            fail(str(error))
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
