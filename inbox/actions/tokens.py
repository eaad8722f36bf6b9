"""Keys for programs."""

from datetime import datetime, timedelta

from connectors.contract import Clock
from inbox.actions import audit
from inbox.actions.errors import Forbidden, Invalid, NotFound
from inbox.model.people import OPERATOR, ORDERS, SCOPES, Principal, Token
from inbox.model.secrets import digest, new_secret
from inbox.store import Store

_PREFIX = "parley_"
_NAME, _MOST = 80, 200

SHOWN = 12
"""How much of a token's id is shown: it tells two apart, and opens nothing."""

_NOTED_EVERY = timedelta(minutes=5)

BOT = "the bot's actions"


async def create_token(
    name: str,
    scopes: tuple[str, ...],
    *,
    store: Store,
    clock: Clock,
    life: timedelta | None = None,
    who: Principal = OPERATOR,
) -> str:
    """A new token, to be shown once. Raises `Invalid` for a scope that there is not."""
    for scope in scopes:
        if scope not in SCOPES:
            raise Invalid(f"There is no scope “{scope}”. The scopes are: {', '.join(SCOPES)}.")
    if not scopes:
        raise Invalid(f"Name at least one scope of: {', '.join(SCOPES)}.")
    secret = _PREFIX + new_secret()
    now = clock()
    token = _token(secret, name, scopes, now, now + life if life else None)
    await store.tokens.add(token)
    if name != BOT:  # which the machine makes for itself at each start
        await audit.note_change(
            who, "api_token", token.id[:12], None, told_of(token), store=store, clock=clock
        )
    return secret


async def revoke_token(token: Token, *, store: Store, clock: Clock, who: Principal = OPERATOR) -> None:
    """Make a token void, at once."""
    await store.tokens.remove(token.id)
    await audit.note_change(who, "api_token", token.id[:12], told_of(token), None, store=store, clock=clock)


def told_of(token: Token) -> dict[str, object]:
    """What the audit log tells of a token."""
    return {"name": token.name, "scopes": token.scopes, "expires_at": token.expires_at}


async def mint_for_bot(*, store: Store, clock: Clock) -> str:
    """A fresh token for the action server of this installation; the one before it is void."""
    await store.tokens.remove_all({"name": BOT})
    return await create_token(BOT, (ORDERS,), store=store, clock=clock)


async def holder_of(secret: str, *, store: Store, clock: Clock) -> Principal | None:
    """Whose token it is, None if it is void."""
    if not secret.startswith(_PREFIX):
        return None
    token, now = await store.tokens.get(digest(secret)), clock()
    holder = _principal(token, now) if token else None
    if token and holder and (token.used_at is None or now - token.used_at >= _NOTED_EVERY):
        await store.tokens.change(token.id, used_at=now)
    return holder


async def token_shown_as(shown_id: str, *, store: Store, clock: Clock) -> Principal | None:
    """Whose token a list shows by this id, None if it is void."""
    found = [each for each in await store.tokens.list() if each.id[:SHOWN] == shown_id]
    return _principal(found[0], clock()) if found else None


def _principal(token: Token, now: datetime) -> Principal | None:
    if token.expires_at and token.expires_at <= now:
        return None
    return Principal(
        id=f"token:{token.id[:SHOWN]}", name=token.name, permissions=frozenset(token.scopes), is_user=False
    )


def _token(
    secret: str, name: str, scopes: tuple[str, ...], now: datetime, expires_at: datetime | None
) -> Token:
    return Token(id=digest(secret), name=name, scopes=scopes, created_at=now, expires_at=expires_at)


async def good_ones(*, store: Store, clock: Clock) -> list[Token]:
    """Every token that is not void, by name."""
    now = clock()
    found = await store.tokens.list(sort="name")
    return [each for each in found if each.name != BOT and (not each.expires_at or each.expires_at > now)]


async def give_token(
    who: Principal,
    name: str,
    scopes: tuple[str, ...],
    *,
    store: Store,
    clock: Clock,
    life: timedelta | None,
) -> tuple[str, Token]:
    """A new token with no more than one may oneself: its secret, to be shown once, and what is kept of it.

    Raises `Forbidden` or `Invalid`.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= _NAME or name == BOT:
        raise Invalid(f"A token has a name of its own, of 1 to {_NAME} characters.")
    if len(await store.tokens.list(limit=_MOST)) >= _MOST:
        raise Invalid(f"There are {_MOST} tokens already. Take one back first.")
    for scope in scopes:
        if scope in SCOPES and not who.may(scope):
            raise Forbidden(f"You have not the permission “{scope}” yourself.")
    secret = await create_token(
        name, tuple(dict.fromkeys(scopes)), store=store, clock=clock, life=life, who=who
    )
    token = await store.tokens.get(digest(secret))
    if token is None:
        raise NotFound("The token was taken back at once.")
    return secret, token


async def take_back(who: Principal, shown_id: str, *, store: Store, clock: Clock) -> None:
    """Make the token void of which a list shows this id. Raises `NotFound`."""
    found = [each for each in await store.tokens.list() if each.id[:SHOWN] == shown_id and each.name != BOT]
    if not found:
        raise NotFound("There is no such token.")
    await revoke_token(found[0], store=store, clock=clock, who=who)
