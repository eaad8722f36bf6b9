"""What is told to a process that is killed: what was before, what it does, and who comes after it."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from inbox.actions import converse, later, triage
from inbox.actions.people import add_user, principal_of
from inbox.model.people import PERMISSIONS, Principal, Role
from inbox.store import Store
from tests.inbox.dying import differences, lives, picture
from tests.inbox.factories import told
from tests.inbox.office import Office
from tests.stores import emptied

ADMIN = Principal(id="0" * 28, name="Admin", permissions=PERMISSIONS[Role.ADMIN])

Deed = Callable[[Office], Awaitable[Any]]


class Story(NamedTuple):
    """What was before, what is done when the process is killed, and what is done after it."""

    before: Deed
    deed: Deed
    after: Deed
    """Who comes after: another process, or whoever had no answer and asks again."""
    leaves: tuple[str, ...] = ()
    """Collections in which a kill may leave more than there would have been."""


async def comes_to_the_same_end(story: Story, store: Store) -> None:
    """Hold a story to it, wherever the process was killed."""
    untroubled = None
    async for life in lives(store):
        office = Office(await emptied(store))
        await story.before(office)
        await life.does(story.deed(office.another(life.store)))
        await story.after(office)
        end = {"taken": office.provider.taken, **await picture(store, without=story.leaves)}
        untroubled = untroubled or end
        assert end == untroubled, f"{life}\n{differences(untroubled, end)}"


async def nothing(office: Office) -> None:
    """As it is."""


async def a_while_later(office: Office) -> None:
    """The provider reports on what it took, and the workers look for what is due, again and again."""
    for number, taken in enumerate(office.provider.asked, 1):
        await office.take(told(f"wamid.{number}", "sent", message_id=taken.message_id))
    for _ in range(4):
        office.clock.forward(seconds=45)
        await triage.wake(office.desk)
        await later.say_due(office.desk)
        await office.outbox.early.sweep()
        for conversation in await office.store.conversations.page({}, after=None, limit=100):
            await office.turns.run(conversation.id)
            await office.outbox.run(conversation.id)


async def marco(office: Office) -> Principal:
    """An agent who is kept."""
    user = await office.store.users.first({"email": "marco@example.com"})
    return principal_of(user)


async def a_case_of_marco(office: Office) -> None:
    """A customer has asked, and Marco has taken over."""
    given = ("marco@example.com", "Marco", Role.AGENT, "correct horse battery")
    await add_user(*given, store=office.store, clock=office.clock)
    conversation = await office.hears("Where is it?")
    who = await marco(office)
    await converse.take_over(office.desk, conversation.id, who, epoch=conversation.speaker.epoch)
