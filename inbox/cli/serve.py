"""`parley serve`: the web process alone, for a machine that has MongoDB and the bot already."""

from inbox.machine.errors import MachineTrouble
from inbox.machine.open_files import allow_as_many_as_may_be
from inbox.settings import load
from inbox.store import StoreUnavailable
from inbox.store.migrations import StoreTooNew


def serve() -> None:
    """Run the inbox alone. MongoDB and the bot must run already; `parley up` starts them too."""
    from inbox.app import run

    settings = load()
    allow_as_many_as_may_be()
    try:
        run(settings)
    except (StoreUnavailable, StoreTooNew) as error:  # at its start: later ones are answered
        raise MachineTrouble(str(error)) from error
