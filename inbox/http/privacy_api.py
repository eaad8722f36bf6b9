"""`/api/v1/contacts/{id}/data` and `…/erase`, `/api/v1/erasures`: what a person may ask of us."""

import tempfile
import zipfile
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import IO, Any, Literal

import msgspec
from aiohttp import web

from inbox import wire
from inbox.actions.privacy import Forget, Holdings, Recall, erase_person, holdings_of, readable
from inbox.dialogue import BotError
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import body_of
from inbox.http.pages import rendered
from inbox.model.contact import Contact, display_name
from inbox.model.erasure import Erasure
from inbox.model.filetypes import safe_name
from inbox.model.people import ADMIN
from inbox.parts import PARTS, Parts
from inbox.teaching.traces import held

TELL_ERASED: web.AppKey[Callable[[Sequence[str]], Awaitable[None]]] = web.AppKey("tell_erased")
"""Called with the ids of erased conversations, so that pages forget them."""

routes = web.RouteTableDef()

_IN_MEMORY = 8 * 1024 * 1024
_PIECE = 1 << 20


class Erase(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/erase`: there is no way back, so it says so."""

    confirm: Literal["erase for good"]
    reason: str = ""


@routes.get("/api/v1/contacts/{id}/data")
async def data_of(request: web.Request) -> web.StreamResponse:
    """Everything that is kept of a contact: a ZIP with `person.json`, `person.html` and their files."""
    principal = await allowed(request, ADMIN)
    parts = request.app[PARTS]
    contact, holdings = await holdings_of(
        parts.desk, principal, request.match_info["id"], recall=recalling(parts)
    )
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        await _pack(file, contact, holdings, parts)
        size = file.tell()
        file.seek(0)
        response = web.StreamResponse(
            headers={
                "Content-Type": "application/zip",
                "Content-Disposition": f'attachment; filename="person-{contact.id}.zip"',
                "Content-Length": str(size),
                "Cache-Control": "no-store",
            }
        )
        await response.prepare(request)
        while piece := file.read(_PIECE):
            await response.write(piece)
    await response.write_eof()
    return response


@routes.post("/api/v1/contacts/{id}/erase")
async def erase(request: web.Request) -> web.Response:
    """Erase a contact for good. The certificate follows at `/api/v1/erasures`, after a second look."""
    principal = await allowed(request, ADMIN)
    body = await body_of(request, Erase)
    parts = request.app[PARTS]
    erasure = await erase_person(
        parts.desk,
        principal,
        request.match_info["id"],
        body.reason,
        forget=forgetting(parts),
        held=partial(held, parts.teaching),
    )
    if erasure.person:
        await request.app[TELL_ERASED](erasure.person.conversation_ids)
    return answer(erasure_json(erasure), 202)


@routes.get("/api/v1/erasures")
async def list_erasures(request: web.Request) -> web.Response:
    """The erasures and their certificates, the newest first."""
    await allowed(request, ADMIN)
    found = await request.app[PARTS].store.persons.erasures()
    return answer({"items": [erasure_json(erasure) for erasure in found]})


def forgetting(parts: Parts) -> Forget:
    """How the bot is made to forget. Where there is no bot, there is nothing to forget."""

    async def forget(conversation_id: str) -> bool:
        if not parts.settings.bot_start:
            return True
        try:
            await parts.dialogue.forget(conversation_id)
        except BotError:
            return False
        return True

    return forget


def recalling(parts: Parts) -> Recall:
    """How the bot is asked what it remembers. That it could not be asked is said in the file."""

    async def recall(conversation_id: str) -> list[dict[str, Any]]:
        if not parts.settings.bot_start:
            return []
        try:
            return await parts.dialogue.recall(conversation_id)
        except BotError:
            return [{"problem": "The bot could not be asked. Ask for this file again when it runs."}]

    return recall


def erasure_json(erasure: Erasure) -> dict[str, Any]:
    """An erasure without what is still to be erased."""
    return {
        "id": erasure.id,
        "asked_at": wire.moment(erasure.asked_at),
        "done_at": wire.moment(erasure.done_at),
        "by": erasure.by,
        "reason": erasure.reason,
        "erased": erasure.erased,
        "held": list(erasure.held),
        "fingerprints": list(erasure.fingerprints),
        "certificate": erasure.certificate,
    }


async def _pack(out: IO[bytes], contact: Contact, holdings: Holdings, parts: Parts) -> None:
    """Write the ZIP; bytes of files as they come out of the store, one piece at a time."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("person.json", readable(holdings))
        packed.writestr("person.html", _page(contact, holdings, parts))
        for file in holdings.get("files", []):
            if not file.get("blob"):
                continue
            name = f"files/{file['_id']}-{safe_name(file.get('name'), file.get('mime_type', ''))}"
            with packed.open(zipfile.ZipInfo(name), "w") as into:
                async for piece in parts.store.files.read(file["blob"], 0, file["size"]):
                    into.write(piece)


def _page(contact: Contact, holdings: Holdings, parts: Parts) -> str:
    by_conversation: dict[str, list[dict[str, Any]]] = {}
    for message in holdings.get("messages", []):
        by_conversation.setdefault(message["conversation_id"], []).append(message)
    for messages in by_conversation.values():
        messages.sort(key=lambda message: message["seq"])
    return rendered(
        "person.html",
        name=display_name(contact),
        contact=contact,
        holdings=holdings,
        messages=by_conversation,
        made_at=parts.clock(),
    )
