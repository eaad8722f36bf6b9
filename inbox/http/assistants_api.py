"""`/api/v1/studio/assistants`: who answers where and in which languages, and the languages side by side."""

import asyncio
from typing import Any

import msgspec
from aiohttp import web

from inbox.actions.errors import NotFound
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import body_of, number
from inbox.http.studio_data import project_of
from inbox.model.assistant import DEFAULT, Assistant
from inbox.model.people import STUDIO
from inbox.model.training import Publication
from inbox.parts import PARTS
from inbox.studio.languages import beside
from inbox.teaching import assistants

routes = web.RouteTableDef()
_ALL = "/api/v1/studio/assistants"


class NewAssistant(msgspec.Struct, forbid_unknown_fields=True):
    """`POST`. `like`: the edition whose data are copied, "" for the first one; null for a few words."""

    id: str
    name: str
    language: str
    like: str | None = None


class Changed(msgspec.Struct, forbid_unknown_fields=True):
    """`PUT`. `rev` is that of the assistant that was looked at."""

    name: str
    rev: int


class NewLanguage(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/languages`. `like` as for a new assistant."""

    language: str
    rev: int
    like: str | None = None


class Choice(msgspec.Struct, forbid_unknown_fields=True):
    """`PUT …/channels/{channel}`."""

    assistant: str


@routes.get(_ALL)
async def list_assistants(request: web.Request) -> web.Response:
    """Every assistant with its editions, the default one first, and the channels with whom they chose."""
    await allowed(request, STUDIO)
    store = request.app[PARTS].store
    published = await store.publications.all()
    every = [assistant_json(each, published) for each in await store.assistants.all()]
    channels = [
        {"id": c.id, "kind": c.kind, "name": c.name, "assistant": c.assistant or DEFAULT}
        for c in await store.channels.list(limit=200)
    ]
    return answer({"items": every, "channels": channels})


@routes.post(_ALL)
async def add(request: web.Request) -> web.Response:
    """A new assistant with one language."""
    principal, body = await allowed(request, STUDIO), await body_of(request, NewAssistant)
    made = await assistants.create(
        request.app[PARTS].teaching,
        principal,
        assistant_id=body.id,
        name=body.name,
        language=body.language,
        like=body.like,
    )
    return answer(assistant_json(made, {}), 201)


@routes.put(_ALL + "/{id}")
async def change(request: web.Request) -> web.Response:
    """Give an assistant another name."""
    principal, body = await allowed(request, STUDIO), await body_of(request, Changed)
    teaching, at = request.app[PARTS].teaching, request.match_info["id"]
    made = await assistants.change(teaching, principal, at, body.rev, name=body.name)
    return answer(assistant_json(made, await teaching.store.publications.all()))


@routes.delete(_ALL + "/{id}")
async def drop(request: web.Request) -> web.Response:
    """Take an assistant away. Its data and models stay."""
    principal = await allowed(request, STUDIO)
    await assistants.drop(request.app[PARTS].teaching, principal, request.match_info["id"])
    return web.Response(status=204)


@routes.post(_ALL + "/{id}/languages")
async def add_language(request: web.Request) -> web.Response:
    """An edition in another language."""
    principal, body = await allowed(request, STUDIO), await body_of(request, NewLanguage)
    teaching, at = request.app[PARTS].teaching, request.match_info["id"]
    made = await assistants.add_language(
        teaching, principal, at, body.rev, language=body.language, like=body.like
    )
    return answer(assistant_json(made, await teaching.store.publications.all()), 201)


@routes.delete(_ALL + "/{id}/languages/{language}")
async def drop_language(request: web.Request) -> web.Response:
    """Let the first language's edition answer in this one too; `rev` is the assistant's that was seen."""
    principal = await allowed(request, STUDIO)
    teaching, at = request.app[PARTS].teaching, request.match_info["id"]
    rev = number(request, "rev", 0, least=0, most=10**9) or 0
    made = await assistants.drop_language(teaching, principal, at, rev, request.match_info["language"])
    return answer(assistant_json(made, await teaching.store.publications.all()))


@routes.put("/api/v1/studio/channels/{channel}/assistant")
async def choose(request: web.Request) -> web.Response:
    """Let an assistant answer new conversations on a channel."""
    principal, body = await allowed(request, STUDIO), await body_of(request, Choice)
    at = request.match_info["channel"]
    await assistants.choose(request.app[PARTS].teaching, principal, at, body.assistant)
    return answer({"id": at, "assistant": body.assistant})


@routes.get(_ALL + "/{id}/beside")
async def side_by_side(request: web.Request) -> web.Response:
    """Its languages side by side: how much each has of every intent, response, slot, form, rule and story;
    null for none."""
    await allowed(request, STUDIO)
    parts = request.app[PARTS]
    assistant = await parts.store.assistants.the(request.match_info["id"])
    if assistant is None:
        raise NotFound("There is no such assistant.")
    projects = {each.language: await project_of(parts, each.key) for each in assistant.editions}
    return answer(await asyncio.to_thread(beside, projects))


def assistant_json(assistant: Assistant, published: dict[str | None, Publication]) -> dict[str, Any]:
    """An assistant as pages see it. An edition's `key` is what `?edition=` takes; "" for the first one."""
    editions = [
        {
            "key": each.key or "",
            "language": each.language,
            "is_base": each.is_base,
            "is_live": each.key is None or bool(published.get(each.key, Publication()).model_id),
        }
        for each in assistant.editions
    ]
    return {"id": assistant.id, "name": assistant.name, "rev": assistant.rev, "editions": editions}
