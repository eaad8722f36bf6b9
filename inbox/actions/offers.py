"""By which providers of their organisation people may sign in."""

from typing import NamedTuple

from inbox.actions import saml, single_sign_on
from inbox.store import Store


class Offer(NamedTuple):
    """One way to sign in."""

    name: str
    path: str
    is_only: bool
    """Whether nobody but admins may sign in without a provider."""


async def offered(store: Store) -> tuple[Offer, ...]:
    """The ways that are offered on the page to sign in."""
    found = []
    if openid := await single_sign_on.settings_of(store):
        found.append(Offer(openid.name, "/login/sso", openid.is_only))
    if by_saml := await saml.settings_of(store):
        found.append(Offer(by_saml.name, "/login/saml", by_saml.is_only))
    return tuple(found)
