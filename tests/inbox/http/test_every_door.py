"""Every route of the application is in a table: none is added without a thought of whom it is for."""

import pytest

from inbox.model.ids import new_id
from inbox.model.people import ADMIN, AUDIT, CAMPAIGNS, PERMISSIONS, READ, STUDIO, WRITE
from tests.inbox.http.test_permissions import ANYBODY, WHO, asked
from tests.parley import Client, Parley

PAGES = {
    "GET /account": ANYBODY,
    "GET /campaigns": CAMPAIGNS,
    "GET /contacts": READ,
    "GET /reports": READ,
    "GET /settings": ADMIN,
    "GET /settings/audit": AUDIT,
    "GET /settings/teams": ADMIN,
    "GET /studio": STUDIO,
    "GET /studio/intents": STUDIO,
}
"""Pages for people who are signed in."""

MORE = {
    "GET /api/v1/files/{id}": READ,
    "POST /api/v1/files": WRITE,
    "POST /api/v1/conversations/{id}/consent": WRITE,
    "POST /api/v1/conversations/{id}/preview": WRITE,
}
"""Routes of the API in rooms with other doors beside them."""

BY_OTHER_SIGNS = {
    "* /hooks/{channel_id}": "the provider's signature: tests/connectors/test_every_kind.py",
    "GET /api/v1/bot/models/{lane}": "the bot's token: tests/inbox/teaching/test_publishing.py",
    "GET /api/v1/bot/models/{edition}/{lane}": "the bot's token: tests/inbox/teaching/test_assistants.py",
    "GET /api/v1/bot/editions": "the bot's token: tests/inbox/teaching/test_assistants.py",
    "GET /files/{id}/{ticket}/{name}": "a signed address: tests/inbox/http/test_media.py",
    "GET /visitors/{channel_id}/files/{visitor_id}/{ticket}/{id}": "the visitor's ticket: test_media.py",
    "POST /visitors/{channel_id}/files/{visitor_id}/{ticket}": "the visitor's ticket: test_media.py",
    "GET /socket.io/": "the session, or the visitor's token: tests/inbox/live",
    "OPTIONS /socket.io/": "nothing but what may be asked",
    "POST /socket.io/": "the session, or the visitor's token: tests/inbox/live",
    "GET /try/{secret}": "a guest's link: tests/inbox/teaching",
    "POST /try/{secret}": "a guest's link: tests/inbox/teaching",
    "GET /join/{secret}": "an invitation's link: test_invitations.py",
    "POST /join/{secret}": "an invitation's link: test_invitations.py",
    "POST /logout": "the session's CSRF token",
}
FOR_ALL = {
    "GET /": "leads to signing in, or to where one may go",
    "GET /demo": "a shop",
    "GET /words/{name}": "the interface's own words, in a language",
    "GET /api/v1/openapi.json": "what the API is",
    "GET /api/openapi.json": "the same",
    "GET /docs/api": "what the API is, to read",
    "GET /push-worker.js": "our own file, as a service worker",
    "GET /widget.js": "the embed",
    "GET /widget/{channel_id}": "the chat",
    "GET /static/{path}": "our own files",
    "GET /healthz": "whether the process lives",
    "GET /readyz": "whether it can work",
    "GET /metrics": "figures",
}
SHOWN_AS = {"GET /settings/{part}", "GET /studio/{path}"}
"""Routes that `PAGES` has with a word for what is in braces."""


async def test_every_route_says_whom_it_is_for(parley: Parley) -> None:
    known = {*WHO, *PAGES, *MORE, *BY_OTHER_SIGNS, *FOR_ALL, *SHOWN_AS}
    left_out = (
        "/rehearsal",
        "/login",
    )  # switched on by a setting; ways to sign in, each with tests of its own
    elsewhere = {route for route in parley.routes if route.partition(" ")[2].startswith(left_out)}
    found = {route for route in parley.routes if not route.startswith("HEAD ")} - elsewhere
    assert not found - known, f"Say in these tables whom they are for: {sorted(found - known)}"
    assert not known - found - {"GET /settings/audit", "GET /settings/teams", "GET /studio/intents"}


async def test_a_page_is_for_the_roles_that_may(parley: Parley) -> None:
    for role, may in PERMISSIONS.items():
        client = await parley.an_agent(f"Visitor {new_id()}", role)
        for route, permission in PAGES.items():
            url = parley.url + route.removeprefix("GET ")
            async with parley.http.get(url, headers=client.cookie) as answer:
                allowed = permission == ANYBODY or permission in may
                assert answer.status == (200 if allowed else 403), (role, route)


@pytest.mark.parametrize("route", MORE)
async def test_the_other_routes_ask_for_the_permission_too(parley: Parley, route: str) -> None:
    for role, may in PERMISSIONS.items():
        client: Client = await parley.an_agent(f"Visitor {new_id()}", role)
        status, problem = await asked(parley, route, {**client.cookie, **client.csrf})
        assert (status == 403 and problem.get("code") == "forbidden") is (MORE[route] not in may), role


async def test_a_stranger_is_shown_to_the_form(parley: Parley) -> None:
    for route in PAGES:
        url = parley.url + route.removeprefix("GET ")
        async with parley.http.get(url, allow_redirects=False) as answer:
            assert answer.status == 303 and answer.headers["Location"].startswith("/login?next=/")
