"""`/api/v1/studio/files`: the files of the training data."""

import asyncio

from aiohttp import web

from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.model.people import STUDIO
from inbox.parts import PARTS, Parts
from inbox.studio.folder import Folder

routes = web.RouteTableDef()
_ALL = "/api/v1/studio/files"


def folder_of(parts: Parts) -> Folder:
    """Where the bot's training data lies."""
    return Folder(parts.settings.nlu_data)


@routes.get(_ALL)
async def list_files(request: web.Request) -> web.Response:
    """Every file of the data with its size and the hash of what is in it."""
    await allowed(request, STUDIO)
    files = await asyncio.to_thread(folder_of(request.app[PARTS]).files)
    return answer({"items": [{"name": f.name, "size": len(f.content), "hash": f.hash} for f in files]})
