"""The command and its groups."""

import typer

from inbox.cli import bot, doctor, serve, settings, up
from inbox.cli.terminal import PlainSpoken

app = typer.Typer(
    name="parley",
    help="A Rasa chatbot and an omnichannel inbox in one product.",
    cls=PlainSpoken,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

app.command("up")(up.up)
app.command("serve")(serve.serve)
app.add_typer(bot.commands, name="bot", help="Train, run and measure the bot.")
app.command("doctor")(doctor.doctor)
app.command("settings")(settings.settings)
