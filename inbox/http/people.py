"""The rooms of the API for how people sign in, and the pages at which a provider lets them in."""

from types import ModuleType

from inbox.http import (
    account_api,
    factors_api,
    invitations_api,
    passkeys_api,
    people_api,
    push_api,
    roles_api,
    saml_api,
    saml_login,
    sso_api,
    sso_login,
)

ROOMS: tuple[ModuleType, ...] = (
    account_api,
    factors_api,
    passkeys_api,
    people_api,
    invitations_api,
    roles_api,
    push_api,
    sso_api,
    saml_api,
)
PROVIDERS: tuple[ModuleType, ...] = (sso_login, saml_login)
