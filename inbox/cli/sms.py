"""`parley sms`: what a text will cost."""

import sys
from typing import Annotated

import msgspec
import typer

from connectors.sms.coding import LANGUAGES, TooManyParts, inspect
from inbox.cli.terminal import fail

commands = typer.Typer(no_args_is_help=True)


@commands.callback()
def sms() -> None:
    """What a text will cost as SMS."""


@commands.command("inspect")
def inspect_text(
    language: Annotated[
        list[str] | None,
        typer.Option(help="A national table that the operator agrees to: its number or name, or all."),
    ] = None,
    transliterate: Annotated[
        bool, typer.Option("--transliterate", help="Write accents, quotes and dashes in GSM-7.")
    ] = False,
    wide: Annotated[bool, typer.Option("--wide", help="Number messages with 16 bits, not 8.")] = False,
) -> None:
    """Read a text (UTF-8) on standard input, to its last line break, and print its coding as JSON."""
    languages = [number for given in language or [] for number in _languages(given)]
    try:
        text = sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as error:
        fail(f"The text is not UTF-8: octet {error.start} makes no sense.", 2)
    try:
        found = inspect(text, languages, transliterate=transliterate, wide=wide)
    except TooManyParts as error:
        fail(str(error))
    typer.echo(msgspec.json.encode(found))


def _languages(given: str) -> list[int]:
    """The national language identifiers that were asked for."""
    if given.lower() == "all":
        return list(LANGUAGES)
    found = [number for number, name in LANGUAGES.items() if given.lower() in (str(number), name)]
    if not found:
        names = ", ".join(f"{number} {name}" for number, name in LANGUAGES.items())
        fail(f"There is no national table “{given}”. There are: {names}.", 2)
    return found
