"""Keys for programs."""

from datetime import datetime, timedelta

from connectors.contract import Clock
from inbox.actions import audit
from inbox.actions.errors import Invalid
from inbox.model.people import OPERATOR, ORDERS, SCOPES, Principal, Token
from inbox.model.secrets import digest, new_secret
from inbox.store import Store

_PREFIX = "parley_"
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
    token = await store.tokens.get(digest(secret))
    if token is None or (token.expires_at and token.expires_at <= clock()):
        return None
    return Principal(
        id=f"token:{token.id[:12]}", name=token.name, permissions=frozenset(token.scopes), is_user=False
    )


def _token(
    secret: str, name: str, scopes: tuple[str, ...], now: datetime, expires_at: datetime | None
) -> Token:
    return Token(id=digest(secret), name=name, scopes=scopes, created_at=now, expires_at=expires_at)
