"""`parley erase`: a person who asks to be forgotten."""

from typing import Annotated

import typer

from inbox.actions.desk import Desk
from inbox.actions.privacy import erase_person
from inbox.bus import Bus
from inbox.cli.store import now, with_store
from inbox.cli.terminal import fail, out
from inbox.model.contact import Contact, display_name
from inbox.model.erasure import Erasure, Person
from inbox.model.people import OPERATOR
from inbox.settings import Settings
from inbox.store import Store


def erase(
    person: Annotated[str, typer.Argument(help="A number such as +393331234567, or the contact's id.")],
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a person, and everything that is kept of them, for good."""

    async def find(store: Store, _: Settings) -> Contact | None:
        found = await store.contacts.known_as([f"phone:{person}", f"bsuid:{person}"])
        return found[0] if found else await store.contacts.get(person)

    contact = with_store(find)
    if contact is None:
        fail(f"Nobody is known as {person}.")
    if not yes:
        typer.confirm(f"Erase {display_name(contact)} for good?", abort=True)

    async def work(store: Store, _: Settings) -> Erasure:
        desk = Desk(store, Bus(), now)
        return await erase_person(desk, OPERATOR, contact.id, reason, forget=_later, held=_nothing)

    erasure = with_store(work)
    for collection, number in sorted(erasure.erased.items()):
        out.print(f"  {number:>6} {collection}", markup=False)
    out.print(
        f"Erased, as {erasure.id}. Parley, while it runs, lets the bot forget too and makes the certificate: "
        "see Settings, or /api/v1/erasures.",
        markup=False,
    )


async def _nothing(person: Person) -> list[str]:
    """What the bot was taught is looked through by the running Parley, which ends the erasure."""
    return []


async def _later(conversation_id: str) -> bool:
    """The bot is asked by the running Parley."""
    return False
