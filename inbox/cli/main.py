"""The command and its groups."""

import typer

from inbox.cli import (
    archive,
    audit,
    bot,
    channel,
    doctor,
    erase,
    prepare,
    secrets,
    serve,
    settings,
    sms,
    token,
    up,
    user,
)
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
app.command("prepare")(prepare.prepare)
app.add_typer(bot.commands, name="bot", help="Train, run and measure the bot.")
app.add_typer(user.commands, name="user", help="Those who may sign in.")
app.add_typer(channel.commands, name="channel", help="Lines to customers.")
app.add_typer(sms.commands, name="sms", help="What a text will cost as SMS.")
app.add_typer(token.commands, name="token", help="Keys for programs.")
app.add_typer(audit.commands, name="audit", help="Who did what: the log, and whether it is whole.")
app.add_typer(secrets.commands, name="secrets", help="The key that everything secret is sealed with.")
app.command("export")(archive.export)
app.command("import")(archive.take_in)
app.command("erase")(erase.erase)
app.command("doctor")(doctor.doctor)
app.command("settings")(settings.settings)
