"""Which edition of which assistant a request of the studio is about: `?edition=club.en`, else the first."""

from aiohttp import web

from inbox.actions.errors import NotFound
from inbox.parts import PARTS


async def edition_of(request: web.Request) -> str | None:
    """The key of the edition that the query names; None for the one that is always there.

    Raises `NotFound` if no assistant has such an edition.
    """
    key = request.query.get("edition")
    if not key:
        return None
    for assistant in await request.app[PARTS].store.assistants.all():
        if any(edition.key == key for edition in assistant.editions):
            return key
    raise NotFound("There is no such edition of an assistant.")
