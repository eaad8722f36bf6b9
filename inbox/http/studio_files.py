"""`/api/v1/studio/files`: the files of the training data."""

import asyncio

from aiohttp import web

from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.studio_data import folder_of
from inbox.model.people import STUDIO
from inbox.parts import PARTS

routes = web.RouteTableDef()
_ALL = "/api/v1/studio/files"


@routes.get(_ALL)
async def list_files(request: web.Request) -> web.Response:
    """Every file of the data with its size and the hash of what is in it."""
    await allowed(request, STUDIO)
    files = await asyncio.to_thread(folder_of(request.app[PARTS]).files)
    return answer({"items": [{"name": f.name, "size": len(f.content), "hash": f.hash} for f in files]})
