"""`parley settings`: every setting with meaning, default and value."""

from typing import Annotated

import typer
from rich.table import Column, Table
from rich.text import Text

from inbox.cli.terminal import out
from inbox.settings import Settings, default_of, load, masked, variable

HEADING = """# Settings

Settings come from the environment and from a file `.env` in the folder that Parley is started in; the
environment goes first. `parley settings` shows the values in force. This page is made by
`parley settings --markdown > docs/settings.md`.

| setting | meaning | default |
| --- | --- | --- |"""


def settings(
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the page docs/settings.md.")] = False,
) -> None:
    """List all settings: name, meaning, default and present value, with secrets masked."""
    if markdown:
        typer.echo(page())
    else:
        out.print(_table(load()))


def page() -> str:
    """The documentation of all settings; the same on every machine."""
    rows = (
        f"| `{variable(name)}` | {field.description} | {_as_code(default_of(field))} |"
        for name, field in Settings.model_fields.items()
    )
    return "\n".join((HEADING, *rows))


def _table(values: Settings) -> Table:
    long = (Column(name, overflow="fold") for name in ("Default", "Value"))
    table = Table(Column("Setting", no_wrap=True), "Meaning", *long, show_lines=True)
    for name, field in Settings.model_fields.items():
        style = "bold" if name in values.model_fields_set else "dim"
        value = Text(masked(getattr(values, name)), style=style)
        table.add_row(variable(name), field.description, default_of(field), value)
    return table


def _as_code(default: str) -> str:
    return default if " " in default or not default else f"`{default}`"
