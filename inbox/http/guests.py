"""`/try/{secret}`: where a guest tries a model. The link opens that and nothing else.

Guests see what the bot says, as its customers would, and not why. Each link may ask only so often, whoever
has it; each address too, as everywhere.
"""

from datetime import timedelta
from typing import Annotated

import msgspec
from aiohttp import web

from inbox.actions.errors import NotFound, TooMany
from inbox.http.api import answer
from inbox.http.bodies import body_of
from inbox.http.bubbles import shown_on
from inbox.http.pages import page
from inbox.model.trial import Share
from inbox.parts import PARTS
from inbox.teaching.sharing import opened
from inbox.teaching.trying import Question, Said, is_cut, replies_of

routes = web.RouteTableDef()
_AT_ONCE, _EVERY = 20, timedelta(seconds=2)


class Turn(msgspec.Struct, forbid_unknown_fields=True):
    """`POST`: the conversation, told whole each time."""

    conversation: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    said: list[Said]


@routes.get("/try/{secret}")
async def guest_page(request: web.Request) -> web.Response:
    """The page; one that says so, with 404, when the link does not work any more."""
    try:
        await _share(request)
        answered = page(request, "guest.html")
    except NotFound as error:
        answered = page(request, "guest_closed.html", status=error.status, detail=str(error))
    answered.headers["Referrer-Policy"] = "no-referrer"
    answered.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answered


@routes.post("/try/{secret}")
async def turn(request: web.Request) -> web.Response:
    """What the bot says to each message. Nothing is stored."""
    share = await _share(request)
    parts = request.app[PARTS]
    if not await parts.store.shares.use(share.id, parts.clock(), at_once=_AT_ONCE, every=_EVERY):
        raise TooMany("Slow down a little.")
    body = await body_of(request, Turn)
    shown = await shown_on(parts, share.channel_id, None)
    question = Question(
        model_id=share.model_id,
        edition=share.edition,
        conversation=f"guest {share.id} {body.conversation}",
        said=body.said,
        kind=shown.kind,
    )
    found = await parts.teaching.trials.turns(question)
    turns = [
        {"bubbles": shown.of(replies_of(t))[0], "handoff": t.get("handoff"), "is_cut": is_cut(t)}
        for t in found["turns"]
    ]
    return answer({"turns": turns})


async def _share(request: web.Request) -> Share:
    return await opened(request.app[PARTS].teaching, request.match_info["secret"])
