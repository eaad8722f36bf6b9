"""`/api/v1/studio/try` and `…/shares`: trying a model, test stories made of it, and links for guests."""

import asyncio
from typing import Annotated, Any

import msgspec
from aiohttp import web

from inbox import wire
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import body_of
from inbox.http.bubbles import Shown, shown_on
from inbox.http.editions import edition_of
from inbox.http.studio_edits import edit_json, note_edit, rewrite_json, studio_of
from inbox.model.people import STUDIO, Principal
from inbox.model.trial import Share
from inbox.parts import PARTS
from inbox.studio import edits
from inbox.studio.shaping import PutDialogue
from inbox.teaching import sharing
from inbox.teaching.trying import Question, Said, is_cut, replies_of

routes = web.RouteTableDef()
_TRY = "/api/v1/studio/try"
_SHARES = "/api/v1/studio/shares"


class Trial(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`POST …/try`. `model_id` null is the live model; the conversation is told whole each time."""

    conversation: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    said: list[Said]
    model_id: str | None = None
    channel_id: str | None = None
    language: Annotated[str, msgspec.Meta(max_length=20)] | None = None


class NewStory(Trial, kw_only=True, forbid_unknown_fields=True):
    """`POST …/try/story`. With `preview` nothing is written."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    preview: bool = False


class NewShare(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/shares`."""

    model_id: str | None = None
    channel_id: str | None = None
    days: int = 7


@routes.post(_TRY)
async def turns(request: web.Request) -> web.Response:
    """What each message led to, as the channel shows it, and why. Nothing is stored."""
    principal = await allowed(request, STUDIO)
    parts, body = request.app[PARTS], await body_of(request, Trial)
    shown = await shown_on(parts, body.channel_id, body.language)
    found = await parts.teaching.trials.turns(await _question(request, principal, body, shown))
    return answer({"model": found["model"], "turns": [turn_json(turn, shown) for turn in found["turns"]]})


@routes.post(_TRY + "/story")
async def story(request: web.Request) -> web.Response:
    """Keep the conversation as a test story; with `preview`, show what that would write."""
    principal = await allowed(request, STUDIO)
    parts, body = request.app[PARTS], await body_of(request, NewStory)
    shown = await shown_on(parts, body.channel_id, body.language)
    steps = await parts.teaching.trials.steps(await _question(request, principal, body, shown))
    value = {"story": body.name, "steps": steps}
    operation = PutDialogue(kind="test", name=body.name, old=None, new=value)
    if body.preview:
        planned = await asyncio.to_thread(edits.planned, (await studio_of(request)).folder, [operation])
        return answer({"files": [rewrite_json(each) for each in planned]})
    edit, _ = await edits.make(await studio_of(request), principal, operation)
    await note_edit(request, principal, edit)
    return answer(edit_json(edit), 201)


@routes.get(_TRY)
async def about(request: web.Request) -> web.Response:
    """Whether models can be tried here, and the channels whose look the answers can have."""
    await allowed(request, STUDIO)
    parts = request.app[PARTS]
    channels = await parts.store.channels.list({"enabled": True}, limit=50)
    return answer(
        {
            "can_run": parts.teaching.trials.can_run,
            "channels": [{"id": c.id, "kind": c.kind, "name": c.name} for c in channels],
        }
    )


@routes.get(_SHARES)
async def list_shares(request: web.Request) -> web.Response:
    """The links that are open."""
    principal = await allowed(request, STUDIO)
    found = await sharing.shares(request.app[PARTS].teaching, principal)
    return answer({"items": [share_json(each) for each in found]})


@routes.post(_SHARES)
async def add_share(request: web.Request) -> web.Response:
    """A new link. Its address is told this once."""
    principal = await allowed(request, STUDIO)
    parts, body = request.app[PARTS], await body_of(request, NewShare)
    made, secret = await sharing.share(
        parts.teaching,
        principal,
        model_id=body.model_id,
        channel_id=body.channel_id,
        days=body.days,
        edition=await edition_of(request),
    )
    return answer(share_json(made) | {"url": f"{parts.settings.public_url}/try/{secret}"}, 201)


@routes.delete(_SHARES + "/{id}")
async def take_back(request: web.Request) -> web.Response:
    """Take a link back."""
    principal = await allowed(request, STUDIO)
    await sharing.take_back(request.app[PARTS].teaching, principal, request.match_info["id"])
    return web.Response(status=204)


def turn_json(turn: dict[str, Any], shown: Shown) -> dict[str, Any]:
    """A turn with its answers as the channel shows them."""
    bubbles, changes = shown.of(replies_of(turn))
    told = {k: v for k, v in turn.items() if k != "replies"}
    return told | {"bubbles": bubbles, "changes": changes, "is_cut": is_cut(turn)}


def share_json(share: Share) -> dict[str, Any]:
    """A link as designers see it: not by what it opens with."""
    plain: dict[str, Any] = msgspec.to_builtins(share)
    return plain | {"at": wire.moment(share.at), "expires_at": wire.moment(share.expires_at)}


async def _question(request: web.Request, principal: Principal, body: Trial, shown: Shown) -> Question:
    return Question(
        edition=await edition_of(request),
        model_id=body.model_id,
        conversation=f"{principal.id} {body.conversation}",
        said=body.said,
        kind=shown.kind,
        language=body.language,
    )
