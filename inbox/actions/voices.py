"""As whom what waits is said when its time comes: who wrote it must still be free to."""

from inbox.actions.desk import Desk
from inbox.actions.errors import Forbidden
from inbox.actions.roles import asking
from inbox.actions.tokens import SHOWN, token_shown_as
from inbox.model.people import WRITE, Principal
from inbox.model.rules import Rule
from inbox.model.scheduled import Scheduled, Voice

_TOKEN, _RULE = "token:", "rule:"


def as_rule(rule: Rule) -> Principal:
    """A rule as who asks."""
    return Principal(id=f"{_RULE}{rule.id}", name=rule.name, permissions=frozenset({WRITE}), is_user=False)


def voice_of(who: Principal) -> Voice:
    """What kind of author they are."""
    if who.is_user:
        return Voice.USER
    return Voice.RULE if who.id.startswith(_RULE) else Voice.PROGRAM


async def speaking(desk: Desk, due: Scheduled) -> Principal:
    """Its author, as they are now. Raises `Forbidden` if there is none any more."""
    if due.voice is Voice.USER:
        user = await desk.store.users.get(due.author_id)
        if user is None or user.disabled:
            raise Forbidden(f"{due.author_name} does not work here any more.")
        return await asking(user, store=desk.store)
    if due.voice is Voice.RULE:
        rule = await desk.store.rules.get(due.author_id.removeprefix(_RULE))
        if rule is None or not rule.is_on:
            raise Forbidden(f"The rule {due.author_name} is off or gone.")
        return as_rule(rule)
    shown = due.author_id.removeprefix(_TOKEN)
    program = await token_shown_as(shown[:SHOWN], store=desk.store, clock=desk.clock)
    if program is None:
        raise Forbidden(f"The token {due.author_name} is void.")
    return program
