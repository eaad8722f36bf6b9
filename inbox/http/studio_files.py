"""`/api/v1/studio/files`, `…/export` and `…/import`: the files of the data, and the ways out and in."""

import asyncio

import msgspec
from aiohttp import web

from inbox.actions.errors import Invalid
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import choice, raw_body
from inbox.http.editions import edition_of
from inbox.http.studio_data import folder_of, project_of
from inbox.http.studio_edits import edit_json, note_edit, rewrite_json, studio_of
from inbox.model.people import STUDIO
from inbox.parts import PARTS
from inbox.studio import edits, incoming, interchange
from inbox.studio.folder import Changed, Folder, digest
from inbox.studio.healing import Rewrite
from inbox.studio.project import read as project_of_files

routes = web.RouteTableDef()
_AT = "/api/v1/studio"


@routes.get(_AT + "/files")
async def list_files(request: web.Request) -> web.Response:
    """Every file of the data with its size and the hash of what is in it."""
    await allowed(request, STUDIO)
    files = await asyncio.to_thread(folder_of(request.app[PARTS], await edition_of(request)).files)
    return answer({"items": [{"name": f.name, "size": len(f.content), "hash": f.hash} for f in files]})


@routes.get(_AT + "/export")
async def export(request: web.Request) -> web.Response:
    """All of it as a file: `format` is yaml (a ZIP of the files as they are), json or csv."""
    await allowed(request, STUDIO)
    parts, edition = request.app[PARTS], await edition_of(request)
    kind = choice(request, "format", interchange.FORMATS)
    if kind == "yaml":
        body = await asyncio.to_thread(_zipped, folder_of(parts, edition))
        return _download(body, "application/zip", "training-data.zip")
    project = await project_of(parts, edition)
    if kind == "csv":
        return _download(interchange.as_csv(project).encode(), "text/csv", "examples.csv")
    body = msgspec.json.format(msgspec.json.encode(interchange.as_json(project)), indent=2)
    return _download(body, "application/json", "nlu.json")


@routes.post(_AT + "/import")
async def bring(request: web.Request) -> web.Response:
    """What the file in the body would change; with `apply` naming that preview, change it.

    Examples of JSON and CSV are added, none is taken away; files of a ZIP take the place of those of the
    same name. 409 if what would be changed is no longer what the preview showed.
    """
    principal = await allowed(request, STUDIO)
    studio = await studio_of(request)
    kind = choice(request, "format", interchange.FORMATS)
    content = await raw_body(request)
    if not content:
        raise Invalid("The body is the file.")
    rewrites = await _rewrites(studio.folder, kind, content)
    mark = interchange.fingerprint(rewrites)
    wanted = request.query.get("apply")
    if wanted is None:
        shown = await asyncio.to_thread(lambda: [rewrite_json(each) for each in rewrites])
        return answer({"preview": mark, "files": shown})
    if wanted != mark:
        raise Changed("The data has changed since you looked at the preview. Look again.")
    if not rewrites:
        raise Invalid("That changes nothing.")
    deed = {"type": "import", "format": kind, "hash": digest(content)}
    words = f"Imported {kind.upper()}: {len(rewrites)} file{'s' if len(rewrites) > 1 else ''} changed"
    edit = await edits.rewrite(studio, principal, rewrites, words, deed)
    await note_edit(request, principal, edit)
    return answer(edit_json(edit), 201)


def _zipped(folder: Folder) -> bytes:
    """All files. Raises `Invalid` rather than leave one out."""
    for words in folder.left_out().values():
        raise Invalid(words)
    return interchange.zipped(folder.files())


async def _rewrites(folder: Folder, kind: str, content: bytes) -> list[Rewrite]:
    if kind == "yaml":
        return await asyncio.to_thread(interchange.unzipped, content, folder)
    project = await asyncio.to_thread(lambda: project_of_files(folder.files()))
    read = incoming.from_json if kind == "json" else incoming.from_csv
    return await asyncio.to_thread(lambda: edits.planned(folder, read(content, project)))


def _download(body: bytes, kind: str, name: str) -> web.Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return web.Response(body=body, content_type=kind, headers=headers)
