"""`/api/v1/studio/edits`: changes of the data, their history, and undoing them."""

import msgspec
from aiohttp import web

from inbox.actions import audit
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import body_of, number
from inbox.http.editions import edition_of
from inbox.http.studio_data import folder_of
from inbox.model.people import STUDIO, Principal
from inbox.model.teaching import Edit
from inbox.parts import PARTS
from inbox.studio import edits, patches
from inbox.studio.healing import Rewrite
from inbox.studio.operations import AnyOperation
from inbox.studio.workspace import Differs
from inbox.wire import Json, moment

routes = web.RouteTableDef()
_ALL = "/api/v1/studio/edits"


class NewEdit(msgspec.Struct, forbid_unknown_fields=True):
    """`POST`. `based_on`: the hashes of the files as the designer saw them."""

    operation: AnyOperation
    based_on: dict[str, str] | None = None


async def studio_of(request: web.Request) -> edits.Studio:
    """What the verbs of designers need, for the edition that the request is about."""
    parts, edition = request.app[PARTS], await edition_of(request)
    return edits.Studio(folder_of(parts, edition), parts.store, parts.clock, edition)


@routes.post(_ALL)
async def make(request: web.Request) -> web.Response:
    """Do it. 409 with `theirs` and `mine` if what it is to change is another by now."""
    principal = await allowed(request, STUDIO)
    body = await body_of(request, NewEdit)
    try:
        edit, merged = await edits.make(
            await studio_of(request), principal, body.operation, based_on=body.based_on
        )
    except Differs as error:
        return differing(error)
    await note_edit(request, principal, edit)
    return answer({**edit_json(edit), "merged": merged}, 201)


def differing(error: Differs) -> web.Response:
    """Both versions, as problem details."""
    body = {
        "type": "about:blank",
        "title": "Conflict",
        "status": error.status,
        "detail": str(error),
        "code": error.code,
        "theirs": error.theirs,
        "mine": error.mine,
    }
    raw = msgspec.json.encode(body)
    return web.Response(body=raw, status=error.status, content_type="application/problem+json")


@routes.get(_ALL)
async def history(request: web.Request) -> web.Response:
    """The newest edits with their diffs; those before the id `before` if it is given."""
    await allowed(request, STUDIO)
    limit = number(request, "limit", 30, least=1, most=100) or 30
    before = request.query.get("before")
    query = {"edition": await edition_of(request)} | ({"_id": {"$lt": before}} if before else {})
    found = await request.app[PARTS].store.edits.list(query, sort="-_id", limit=limit)
    cursor = found[-1].id if len(found) == limit else None
    return answer({"items": [edit_json(edit) for edit in found], "next_cursor": cursor})


@routes.post(_ALL + "/{id}/undo")
async def undo(request: web.Request) -> web.Response:
    """Take it back. 409 with the reason if its lines are not there any more."""
    principal = await allowed(request, STUDIO)
    edit = await edits.undo(await studio_of(request), principal, request.match_info["id"])
    await note_edit(request, principal, edit)
    return answer(edit_json(edit), 201)


async def note_edit(request: web.Request, who: Principal, edit: Edit) -> None:
    """Write down that somebody changed what the bot is taught. What of it is in the edit itself."""
    parts, files = request.app[PARTS], [each.name for each in edit.files]
    at = f"studio_edit:{edit.id}"
    await audit.note(
        who, "studio_data.changed", at, store=parts.store, clock=parts.clock, after={"files": files}
    )


def edit_json(edit: Edit) -> Json:
    """An edit with its diff, for people."""
    return {
        "id": edit.id,
        "at": moment(edit.at),
        "by": {"id": edit.by_id, "name": edit.by},
        "words": edit.words,
        "operation": edit.operation,
        "is_done": edit.done,
        "undone_by": edit.undone_by,
        "files": [
            {
                "name": each.name,
                "before": each.before,
                "after": each.after,
                "hunks": [{"line": h.line + 1, "lines": patches.shown(h)} for h in each.hunks],
            }
            for each in edit.files
        ],
    }


def rewrite_json(each: Rewrite) -> Json:
    """A file as it is to be, by its difference from what it is."""
    old, new = ((c or b"").decode("utf-8", "replace") for c in (each.before, each.after))
    hunks = patches.hunks(old, new)
    lines = [line for hunk in hunks for line in patches.shown(hunk)]
    return {
        "name": each.name,
        "is_new": each.before is None,
        "added": sum(line.startswith("+") for line in lines),
        "removed": sum(line.startswith("-") for line in lines),
        "hunks": [{"line": h.line + 1, "lines": patches.shown(h)} for h in hunks[:50]],
    }
