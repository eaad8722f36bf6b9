"""`/api/v1/invitations`: links by which colleagues come to their accounts, for admins."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from aiohttp import web

from inbox import wire
from inbox.actions import invitations
from inbox.http.api import answer
from inbox.http.auth import allowed, allowed_surely
from inbox.http.bodies import body_of
from inbox.http.join import link_of
from inbox.model.invitation import Invitation
from inbox.model.people import ADMIN
from inbox.parts import PARTS

routes = web.RouteTableDef()
_ALL = "/api/v1/invitations"


class NewInvitation(msgspec.Struct, forbid_unknown_fields=True):
    """`POST`."""

    email: Annotated[str, msgspec.Meta(max_length=254)]
    role: str = "agent"
    team_ids: list[str] = []
    days: Annotated[int, msgspec.Meta(ge=1, le=invitations.LONGEST)] = invitations.DAYS


@routes.get(_ALL)
async def list_invitations(request: web.Request) -> web.Response:
    """Every invitation of the last months and what became of it, the newest first, without the links."""
    principal, parts = await allowed(request, ADMIN), request.app[PARTS]
    found = await invitations.all_invitations(principal, store=parts.store)
    now = parts.clock()
    return answer({"items": [invitation_json(each, now) for each in found]})


@routes.post(_ALL)
async def invite(request: web.Request) -> web.Response:
    """Invite somebody. The answer has the link, this once; one that the address had before is void."""
    principal, parts = await allowed_surely(request, ADMIN), request.app[PARTS]
    body = await body_of(request, NewInvitation)
    secret, invitation = await invitations.invite(
        principal,
        email=body.email,
        role=body.role,
        team_ids=body.team_ids,
        days=body.days,
        store=parts.store,
        clock=parts.clock,
    )
    kept = invitation_json(invitation, parts.clock())
    return answer(kept | {"link": link_of(parts.settings, secret)}, 201)


@routes.delete(_ALL + "/{id}")
async def revoke(request: web.Request) -> web.Response:
    """Make a link void, at once."""
    principal, parts = await allowed_surely(request, ADMIN), request.app[PARTS]
    await invitations.take_back(principal, request.match_info["id"], store=parts.store, clock=parts.clock)
    return web.Response(status=204)


def invitation_json(invitation: Invitation, now: datetime) -> dict[str, Any]:
    """An invitation as a list shows it. Its `id` opens nothing."""
    return {
        "id": invitations.shown(invitation),
        "email": invitation.email,
        "role": invitation.role,
        "team_ids": list(invitation.team_ids),
        "invited_by": invitation.inviter_name,
        "state": invitation.state(now),
        "created_at": wire.moment(invitation.created_at),
        "expires_at": wire.moment(invitation.expires_at),
        "used_at": wire.moment(invitation.used_at),
    }
