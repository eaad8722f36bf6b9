"""`parley serve`: the web process alone, for a machine that has MongoDB and the bot already."""

from inbox.settings import load


def serve() -> None:
    """Run the inbox alone. MongoDB and the bot must run already; `parley up` starts them too."""
    from inbox.app import run

    run(load())
