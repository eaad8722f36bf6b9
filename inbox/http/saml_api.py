"""`/api/v1/saml`: how people sign in by their organisation's SAML 2.0 provider, for admins."""

from typing import Any

import msgspec
from aiohttp import web

from inbox.actions import saml
from inbox.actions.saml_metadata import certificate_json
from inbox.http.api import answer
from inbox.http.auth import allowed, allowed_surely
from inbox.http.bodies import body_of
from inbox.http.saml_login import us_of
from inbox.http.sso_api import MembershipBody, fields_of
from inbox.http.sso_login import office_of
from inbox.model.entry import SamlSignOn
from inbox.model.people import ADMIN
from inbox.parts import PARTS, Parts

routes = web.RouteTableDef()


class SamlBody(MembershipBody, forbid_unknown_fields=True, kw_only=True):
    """`PUT /api/v1/saml`; without metadata, given or to be fetched, those of before stay."""

    metadata: str | None = None
    metadata_url: str | None = None
    name: str = ""
    domains: list[str] = msgspec.field(default_factory=list)
    role: str = "agent"
    is_on: bool = True
    is_only: bool = False
    takes_unasked: bool = False


@routes.get("/api/v1/saml")
async def read(request: web.Request) -> web.Response:
    """The settings, and what the provider's admin is to know of us."""
    await allowed(request, ADMIN)
    parts = request.app[PARTS]
    return answer(_answer_of(await parts.store.saml_sign_on.get("settings"), parts))


@routes.put("/api/v1/saml")
async def save(request: web.Request) -> web.Response:
    """Keep the settings."""
    principal = await allowed_surely(request, ADMIN)
    parts, body = request.app[PARTS], await body_of(request, SamlBody)
    kept = await saml.save(office_of(parts), principal, **fields_of(body))
    return answer(_answer_of(kept, parts))


def _answer_of(kept: SamlSignOn | None, parts: Parts) -> dict[str, Any]:
    us = us_of(parts)
    ours = {"entity_id": us.entity_id, "metadata_url": us.entity_id, "back": us.back}
    return {"settings": saml_json(kept) if kept else None, "ours": ours}


def saml_json(kept: SamlSignOn) -> dict[str, Any]:
    """The settings as an admin sees them."""
    shown = msgspec.structs.asdict(kept) | {"certificates": [certificate_json(c) for c in kept.certificates]}
    return {name: value for name, value in shown.items() if name != "id"}
