"""Who may do what: every route says no to everybody but those it is for."""

import asyncio
import re
from typing import Any

import pytest

from inbox.actions.tokens import create_token, holder_of
from inbox.app import now
from inbox.http import (
    admin_api,
    api,
    audit_api,
    channels_api,
    contact_export,
    contact_import,
    contacts_api,
    desk_api,
    later_api,
    outgoing_api,
    people,
    privacy_api,
    replies_api,
    seats_api,
    studio,
    teach_api,
    teams_api,
    thread_api,
    triage_api,
    views_api,
    work,
)
from inbox.model.people import (
    ADMIN,
    AUDIT,
    CAMPAIGNS,
    ORDERS,
    PERMISSIONS,
    READ,
    SCOPES,
    STUDIO,
    WRITE,
    KeptRole,
    Role,
)
from inbox.model.secrets import digest
from tests.parley import Client, Parley

ANYBODY = "signed in"
PERSON = "signed in, and no program"
WHO: dict[str, str] = {
    "GET /api/v1/me": ANYBODY,
    "PUT /api/v1/me/language": ANYBODY,
    "GET /api/v1/me/push": PERSON,
    "POST /api/v1/me/push": PERSON,
    "DELETE /api/v1/me/push/{id}": PERSON,
    "PUT /api/v1/me/push/wishes": PERSON,
    "PUT /api/v1/conversations/{id}/muted": PERSON,
    "GET /api/v1/me/sessions": PERSON,
    "DELETE /api/v1/me/sessions/{id}": PERSON,
    "POST /api/v1/me/sessions/end_others": PERSON,
    "POST /api/v1/me/password": PERSON,
    "GET /api/v1/me/factors": PERSON,
    "POST /api/v1/me/totp": PERSON,
    "POST /api/v1/me/totp/confirm": PERSON,
    "DELETE /api/v1/me/totp": PERSON,
    "POST /api/v1/me/recovery_codes": PERSON,
    "POST /api/v1/me/passkeys/options": PERSON,
    "POST /api/v1/me/passkeys": PERSON,
    "PUT /api/v1/me/passkeys/{id}": PERSON,
    "DELETE /api/v1/me/passkeys/{id}": PERSON,
    "POST /api/v1/me/prove": PERSON,
    "GET /api/v1/single_sign_on": ADMIN,
    "PUT /api/v1/single_sign_on": ADMIN,
    "GET /api/v1/saml": ADMIN,
    "PUT /api/v1/saml": ADMIN,
    "GET /api/v1/sign_in": ADMIN,
    "PUT /api/v1/sign_in": ADMIN,
    "GET /api/v1/people": ADMIN,
    "GET /api/v1/invitations": ADMIN,
    "POST /api/v1/invitations": ADMIN,
    "DELETE /api/v1/invitations/{id}": ADMIN,
    "POST /api/v1/people/{id}/reset_factors": ADMIN,
    "POST /api/v1/people/{id}/end_sessions": ADMIN,
    "GET /api/v1/conversations": READ,
    "GET /api/v1/conversations/changes": READ,
    "GET /api/v1/counts": READ,
    "GET /api/v1/conversations/{id}": READ,
    "GET /api/v1/conversations/{id}/messages": READ,
    "POST /api/v1/conversations/{id}/messages": WRITE,
    "POST /api/v1/conversations/{id}/take_over": WRITE,
    "POST /api/v1/conversations/{id}/hand_back": WRITE,
    "POST /api/v1/conversations/{id}/resolve": WRITE,
    "POST /api/v1/conversations/{id}/reopen": WRITE,
    "POST /api/v1/conversations/{id}/assign": WRITE,
    "POST /api/v1/conversations/{id}/read": WRITE,
    "POST /api/v1/conversations/{id}/snooze": WRITE,
    "POST /api/v1/conversations/{id}/unread": WRITE,
    "POST /api/v1/conversations/{id}/priority": WRITE,
    "POST /api/v1/conversations/{id}/labels": WRITE,
    "POST /api/v1/conversations/{id}/language": WRITE,
    "GET /api/v1/labels": READ,
    "PUT /api/v1/labels/{name}": ADMIN,
    "DELETE /api/v1/labels/{name}": ADMIN,
    "POST /api/v1/conversations/{id}/team": WRITE,
    "GET /api/v1/teams": READ,
    "POST /api/v1/teams": ADMIN,
    "PUT /api/v1/teams/{id}": ADMIN,
    "DELETE /api/v1/teams/{id}": ADMIN,
    "GET /api/v1/sla_policies": READ,
    "POST /api/v1/sla_policies": ADMIN,
    "PUT /api/v1/sla_policies/{id}": ADMIN,
    "DELETE /api/v1/sla_policies/{id}": ADMIN,
    "GET /api/v1/reports/sla": READ,
    "GET /api/v1/reports/overview": READ,
    "GET /api/v1/report_export": READ,
    "GET /api/v1/survey": READ,
    "PUT /api/v1/survey": ADMIN,
    "GET /api/v1/campaigns": CAMPAIGNS,
    "POST /api/v1/campaigns": CAMPAIGNS,
    "GET /api/v1/campaigns/{id}": CAMPAIGNS,
    "PUT /api/v1/campaigns/{id}": CAMPAIGNS,
    "DELETE /api/v1/campaigns/{id}": CAMPAIGNS,
    "GET /api/v1/campaigns/{id}/count": CAMPAIGNS,
    "POST /api/v1/campaigns/{id}/try": CAMPAIGNS,
    "POST /api/v1/campaigns/{id}/start": CAMPAIGNS,
    "POST /api/v1/campaigns/{id}/pause": CAMPAIGNS,
    "POST /api/v1/campaigns/{id}/resume": CAMPAIGNS,
    "POST /api/v1/campaigns/{id}/cancel": CAMPAIGNS,
    "GET /api/v1/campaigns/{id}/export": CAMPAIGNS,
    "GET /api/v1/silence": READ,
    "PUT /api/v1/silence": ADMIN,
    "GET /api/v1/reports/csat": READ,
    "GET /api/v1/contacts/{id}/ways": READ,
    "POST /api/v1/contacts/{id}/conversations": WRITE,
    "POST /api/v1/contacts/{id}/block": WRITE,
    "GET /api/v1/rules": READ,
    "POST /api/v1/rules": ADMIN,
    "PUT /api/v1/rules/{id}": ADMIN,
    "DELETE /api/v1/rules/{id}": ADMIN,
    "POST /api/v1/rule_trials": ADMIN,
    "GET /api/v1/macros": READ,
    "POST /api/v1/macros": WRITE,
    "PUT /api/v1/macros/{id}": WRITE,
    "DELETE /api/v1/macros/{id}": WRITE,
    "POST /api/v1/conversations/{id}/macros/{macro}": WRITE,
    "GET /api/v1/saved_replies": READ,
    "POST /api/v1/saved_replies": WRITE,
    "PUT /api/v1/saved_replies/{id}": WRITE,
    "DELETE /api/v1/saved_replies/{id}": WRITE,
    "POST /api/v1/saved_replies/{id}/fill_in": READ,
    "POST /api/v1/messages/{id}/retry": WRITE,
    "POST /api/v1/messages/{id}/take_back": WRITE,
    "POST /api/v1/messages/{id}/send_now": WRITE,
    "GET /api/v1/conversations/{id}/search": READ,
    "GET /api/v1/conversations/{id}/place": READ,
    "GET /api/v1/me/drafts": READ,
    "PUT /api/v1/conversations/{id}/draft": WRITE,
    "GET /api/v1/me/mentions": READ,
    "POST /api/v1/me/mentions/seen": READ,
    "GET /api/v1/tokens": ADMIN,
    "POST /api/v1/tokens": ADMIN,
    "DELETE /api/v1/tokens/{id}": ADMIN,
    "GET /api/v1/webhooks": ADMIN,
    "POST /api/v1/webhooks": ADMIN,
    "PUT /api/v1/webhooks/{id}": ADMIN,
    "DELETE /api/v1/webhooks/{id}": ADMIN,
    "POST /api/v1/webhooks/{id}/rotate": ADMIN,
    "POST /api/v1/webhooks/{id}/test": ADMIN,
    "POST /api/v1/webhooks/{id}/replay": ADMIN,
    "GET /api/v1/webhooks/{id}/deliveries": ADMIN,
    "POST /api/v1/webhooks/{id}/deliveries/{delivery}/replay": ADMIN,
    "GET /api/v1/views": READ,
    "POST /api/v1/views": READ,
    "PUT /api/v1/views/{id}": READ,
    "DELETE /api/v1/views/{id}": READ,
    "GET /api/v1/conversations/{id}/scheduled": READ,
    "POST /api/v1/conversations/{id}/scheduled": WRITE,
    "DELETE /api/v1/scheduled/{id}": WRITE,
    "POST /api/v1/scheduled/{id}/send_now": WRITE,
    "GET /api/v1/agents": READ,
    "PUT /api/v1/agents/{id}/seat": ADMIN,
    "POST /api/v1/me/presence": WRITE,
    "GET /api/v1/contacts/{id}": READ,
    "GET /api/v1/contacts": READ,
    "POST /api/v1/contacts": WRITE,
    "GET /api/v1/messages/{id}": READ,
    "GET /api/v1/conversations/{id}/export": READ,
    "GET /api/v1/teams/{id}": READ,
    "GET /api/v1/saved_replies/{id}": READ,
    "GET /api/v1/agents/{id}": READ,
    "PATCH /api/v1/contacts/{id}": WRITE,
    "GET /api/v1/contacts/{id}/notes": READ,
    "POST /api/v1/contacts/{id}/notes": WRITE,
    "DELETE /api/v1/contacts/{id}/notes/{note}": WRITE,
    "POST /api/v1/contacts/{id}/merge": WRITE,
    "GET /api/v1/contacts/{id}/merges": READ,
    "POST /api/v1/contacts/{id}/merges/{merge}/undo": WRITE,
    "GET /api/v1/contact_export": ADMIN,
    "GET /api/v1/contacts/{id}/data": ADMIN,
    "POST /api/v1/contacts/{id}/erase": ADMIN,
    "GET /api/v1/erasures": ADMIN,
    "GET /api/v1/audit": AUDIT,
    "GET /api/v1/audit/verification": AUDIT,
    "GET /api/v1/audit/export": AUDIT,
    "POST /api/v1/contact_import": ADMIN,
    "GET /api/v1/contact_attributes": READ,
    "PUT /api/v1/contact_attributes/{id}": ADMIN,
    "DELETE /api/v1/contact_attributes/{id}": ADMIN,
    "GET /api/v1/quiet_hours": ADMIN,
    "GET /api/v1/channels/{id}/quiet_hours": ADMIN,
    "PUT /api/v1/channels/{id}/quiet_hours": ADMIN,
    "GET /api/v1/retention": ADMIN,
    "POST /api/v1/retention": ADMIN,
    "PUT /api/v1/retention/{id}": ADMIN,
    "DELETE /api/v1/retention/{id}": ADMIN,
    "POST /api/v1/retention_trials": ADMIN,
    "GET /api/v1/roles": ADMIN,
    "POST /api/v1/roles": ADMIN,
    "PUT /api/v1/roles/{id}": ADMIN,
    "DELETE /api/v1/roles/{id}": ADMIN,
    "PATCH /api/v1/people/{id}": ADMIN,
    "GET /api/v1/orders/{number}": ORDERS,
    "GET /api/v1/channels": READ,
    "POST /api/v1/channels": ADMIN,
    "POST /api/v1/channels/check": ADMIN,
    "GET /api/v1/channels/{id}": ADMIN,
    "PATCH /api/v1/channels/{id}": ADMIN,
    "DELETE /api/v1/channels/{id}": ADMIN,
    "POST /api/v1/channels/{id}/check": ADMIN,
    "POST /api/v1/channels/{id}/test": ADMIN,
    "GET /api/v1/channels/{id}/health": ADMIN,
    "GET /api/v1/channels/{id}/templates": READ,
    "POST /api/v1/channels/{id}/templates/sync": ADMIN,
    "GET /api/v1/channel_kinds": ADMIN,
    "GET /api/v1/quarantine": ADMIN,
    "POST /api/v1/quarantine/{id}/replay": ADMIN,
    "DELETE /api/v1/quarantine/{id}": ADMIN,
    "POST /api/v1/conversations/{id}/merge_in": WRITE,
    "POST /api/v1/conversations/{id}/part": WRITE,
    "GET /api/v1/contacts/{id}/timeline": READ,
    "GET /api/v1/contact_segments": READ,
    "POST /api/v1/contact_segments": WRITE,
    "PUT /api/v1/contact_segments/{id}": WRITE,
    "DELETE /api/v1/contact_segments/{id}": WRITE,
    "GET /api/v1/setbacks": ADMIN,
    "POST /api/v1/setbacks/{id}/retry": ADMIN,
    "DELETE /api/v1/setbacks/{id}": ADMIN,
    "GET /api/v1/dead_letters": ADMIN,
    "GET /api/v1/studio/files": STUDIO,
    "GET /api/v1/studio/assistants": STUDIO,
    "POST /api/v1/studio/assistants": STUDIO,
    "PUT /api/v1/studio/assistants/{id}": STUDIO,
    "DELETE /api/v1/studio/assistants/{id}": STUDIO,
    "GET /api/v1/studio/assistants/{id}/beside": STUDIO,
    "POST /api/v1/studio/assistants/{id}/languages": STUDIO,
    "DELETE /api/v1/studio/assistants/{id}/languages/{language}": STUDIO,
    "PUT /api/v1/studio/channels/{channel}/assistant": STUDIO,
    "GET /api/v1/studio/data": STUDIO,
    "GET /api/v1/studio/advice": STUDIO,
    "GET /api/v1/studio/search": STUDIO,
    "GET /api/v1/studio/uses": STUDIO,
    "GET /api/v1/studio/export": STUDIO,
    "POST /api/v1/studio/import": STUDIO,
    "POST /api/v1/studio/preview": STUDIO,
    "GET /api/v1/studio/examples": STUDIO,
    "GET /api/v1/studio/edits": STUDIO,
    "POST /api/v1/studio/edits": STUDIO,
    "POST /api/v1/studio/edits/{id}/undo": STUDIO,
    "GET /api/v1/intents": READ,
    "GET /api/v1/messages/{id}/intents": READ,
    "POST /api/v1/messages/{id}/intent": WRITE,
    "GET /api/v1/studio/try": STUDIO,
    "POST /api/v1/studio/try": STUDIO,
    "POST /api/v1/studio/try/story": STUDIO,
    "GET /api/v1/studio/shares": STUDIO,
    "POST /api/v1/studio/shares": STUDIO,
    "DELETE /api/v1/studio/shares/{id}": STUDIO,
    "GET /api/v1/studio/evaluations": STUDIO,
    "GET /api/v1/studio/evaluations/{id}/against/{other}": STUDIO,
    "GET /api/v1/studio/review": STUDIO,
    "POST /api/v1/studio/review/teach": STUDIO,
    "POST /api/v1/studio/review/dismiss": STUDIO,
    "GET /api/v1/studio/review/history": STUDIO,
    "POST /api/v1/studio/review/{id}/undo": STUDIO,
    "GET /api/v1/studio/review/messages/{id}": STUDIO,
    "GET /api/v1/studio/jobs": STUDIO,
    "POST /api/v1/studio/jobs": STUDIO,
    "GET /api/v1/studio/jobs/{id}": STUDIO,
    "POST /api/v1/studio/jobs/{id}/cancel": STUDIO,
    "GET /api/v1/studio/models": STUDIO,
    "DELETE /api/v1/studio/models/{id}": STUDIO,
    "GET /api/v1/studio/publication": STUDIO,
    "POST /api/v1/studio/publication/activate": STUDIO,
    "POST /api/v1/studio/publication/canary": STUDIO,
    "POST /api/v1/studio/publication/end_canary": STUDIO,
    "POST /api/v1/studio/publication/roll_back": STUDIO,
}
BODIES: dict[str, dict[str, Any]] = {
    "invitations": {"email": "somebody", "role": "agent"},
    "messages": {"text": "Hello"},
    "scheduled": {"text": "Hello", "at": "2026-12-24T09:00:00Z", "client_id": "1"},
    "consent": {"granted": True, "words": "on the phone"},
    "take_over": {"epoch": 1},
    "assign": {"agent_id": None},
    "intent": {"intent": "greet"},
    "teach": {"items": [{"keys": ["k"], "examples": ["x"], "intent": ""}]},
    "dismiss": {"items": [{"keys": [], "examples": []}]},
    "jobs": {"kind": "replay", "model_id": "nothing"},
    "activate": {"model_id": "nothing", "rev": 0},
    "canary": {"model_id": "nothing", "share": 10, "rev": 0},
    "end_canary": {"rev": 0},
    "roll_back": {"rev": 0},
    "read": {"seq": 1},
    "merge_in": {"conversation_id": "nothing"},
    "presence": {"busy": True},
    "language": {"language": "it"},
    "team": {"team_id": None},
    "teams": {"name": "Support"},
    "campaigns": {"name": "Spring", "channel_id": "whatsapp", "text": "Hello"},
    "try": {"contact_id": "nothing"},
    "assistants": {"id": "Nothing", "name": "Nothing", "language": "en"},
    "languages": {"language": "it", "rev": 0},
    "sla_policies": {"name": "Gold", "first_response": 60},
    "priority": {"priority": "high"},
    "saved_replies": {"shortcut": "hi", "title": "Hi", "text": "Hello"},
    "fill_in": {"conversation_id": "nothing"},
    "edits": {"operation": {"type": "rename", "kind": "intent", "old": "nothing", "new": "something"}},
}


def every_route() -> list[str]:
    rooms = (
        api,
        triage_api,
        outgoing_api,
        later_api,
        desk_api,
        thread_api,
        views_api,
        replies_api,
        contacts_api,
        contact_export,
        contact_import,
        privacy_api,
        audit_api,
        seats_api,
        teach_api,
        teams_api,
        *work.ROOMS,
        *people.ROOMS,
        admin_api,
        channels_api,
        *studio.ROOMS,
    )
    return [f"{r.method} {r.path}" for room in rooms for r in room.routes]


KEYS: dict[tuple[str, ...], str] = {}


def test_every_route_is_in_this_table() -> None:
    assert sorted(WHO) == sorted(every_route())


async def asked(
    parley: Parley, route: str, headers: dict[str, str], at: str = "nothing"
) -> tuple[int, dict[str, Any]]:
    method, path = route.split(" ")
    named = path.replace("{id}", at).replace("{number}", "48213")
    url = parley.url + re.sub(r"\{(\w)\w*\}", r"\1", named)
    body = BODIES.get(path.rpartition("/")[2], {}) if method == "POST" else None
    while True:  # so many routes are asked that the limit of our one address is met on the way
        async with parley.http.request(method, url, json=body, headers=headers) as answer:
            if answer.status != 429:
                return answer.status, await answer.json() if answer.status >= 400 else {}
        await asyncio.sleep(0.2)


async def bearer(parley: Parley, *scopes: str) -> dict[str, str]:
    """The key of a program that may this; made once for all routes, since there is a bound on keys."""
    if scopes not in KEYS:
        KEYS[scopes] = await create_token("a program", scopes, store=parley.store, clock=now)
    return {"Authorization": f"Bearer {KEYS[scopes]}"}


@pytest.mark.parametrize("route", every_route())
async def test_nobody_gets_in_without_a_sign(parley: Parley, route: str) -> None:
    for headers in (
        {},
        {"Cookie": "parley=wrong"},
        {"Cookie": "parley="},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer parley_wrong"},
        {"Authorization": "Basic YTpi"},
    ):
        status, problem = await asked(parley, route, headers)
        assert status == 401, headers
        assert problem["status"] == 401


@pytest.mark.parametrize("route", every_route())
async def test_a_program_may_what_its_scopes_say(parley: Parley, route: str) -> None:
    conversation = (await parley.conversations() or [None])[0]
    at = conversation.id if conversation else "nothing"
    for scope in SCOPES:
        status, _ = await asked(parley, route, await bearer(parley, scope), at)
        assert (status == 403) is (WHO[route] not in (ANYBODY, scope)), (scope, status)


@pytest.fixture(scope="session")
async def everybody(parley: Parley) -> dict[str, Client]:
    """Somebody of every role, and of one that an admin made."""
    made = KeptRole(id="till", name="Till", permissions=(ORDERS,), updated_at=now())
    await parley.store.roles.put(made)
    roles = [*PERMISSIONS, made.id]
    return {role: await parley.an_agent(f"Walker {role}", role) for role in roles}


@pytest.mark.parametrize("route", every_route())
async def test_a_role_may_what_its_permissions_say(
    parley: Parley, everybody: dict[str, Client], route: str
) -> None:
    for role, client in everybody.items():
        may = PERMISSIONS.get(role, frozenset({ORDERS}))
        status, problem = await asked(parley, route, {**client.cookie, **client.csrf})
        is_refused = status == 403 and problem.get("code") == "forbidden"
        is_for_all = WHO[route] in (ANYBODY, PERSON)
        assert is_refused is not (is_for_all or WHO[route] in may), (role, status, problem)


@pytest.mark.parametrize("route", [r for r in every_route() if not r.startswith("GET")])
async def test_a_browser_must_show_that_its_page_is_ours(parley: Parley, agent: Client, route: str) -> None:
    for token in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "wrong"}):
        status, problem = await asked(parley, route, {**agent.cookie, **token})
        assert status == 403
        assert problem["detail"] == "The page is out of date. Load it again."


async def test_bytes_that_are_no_text_open_nothing(parley: Parley, agent: Client) -> None:
    odd = "\udcff\udcfe"
    for headers in (
        {"Authorization": f"Bearer parley_{odd}"},
        {"Cookie": f"parley={odd}"},
        {**agent.cookie, "X-CSRF-Token": odd},
    ):
        status = await raw(parley, "POST", "/api/v1/conversations/x/resolve", headers)
        assert status in (400, 401, 403), headers


async def raw(parley: Parley, method: str, path: str, headers: dict[str, str]) -> int:
    """A request with bytes in its headers that no proper client would send."""
    host, port = parley.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}:{port}", "Content-Length: 2", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n{}")
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return int(answer.split(b" ")[1])


async def test_a_void_token_and_an_ended_session_open_nothing(parley: Parley, agent: Client) -> None:
    headers = await bearer(parley, READ)
    secret = headers["Authorization"].removeprefix("Bearer ")
    assert await holder_of(secret, store=parley.store, clock=now)
    await parley.store.tokens.remove(digest(secret))
    assert (await asked(parley, "GET /api/v1/me", headers))[0] == 401
    await parley.store.sessions.remove_all({"user_id": agent.user.id})
    assert (await asked(parley, "GET /api/v1/me", agent.cookie))[0] == 401


async def test_a_disabled_user_is_out_at_once(parley: Parley, agent: Client) -> None:
    from msgspec.structs import replace

    assert (await asked(parley, "GET /api/v1/me", agent.cookie))[0] == 200
    await parley.store.users.put(replace(agent.user, disabled=True))
    assert (await asked(parley, "GET /api/v1/me", agent.cookie))[0] == 401


async def test_an_admins_page_is_for_admins(parley: Parley, agent: Client) -> None:
    async with parley.http.get(f"{parley.url}/settings", headers=agent.cookie) as answer:
        assert answer.status == 403
    admin = await parley.an_agent("Settling Admin", Role.ADMIN)
    designer = await parley.an_agent("Dora Designer", Role.DESIGNER)
    async with parley.http.get(f"{parley.url}/settings", headers=designer.cookie) as answer:
        assert answer.status == 403
    async with parley.http.get(f"{parley.url}/settings", headers=admin.cookie) as answer:
        assert answer.status == 200


async def test_the_studio_is_for_designers_and_admins(parley: Parley, agent: Client) -> None:
    designer = await parley.an_agent("Delia Designer", Role.DESIGNER)
    admin = await parley.an_agent("Teaching Admin", Role.ADMIN)
    for client, status in ((agent, 403), (designer, 200), (admin, 200)):
        async with parley.http.get(f"{parley.url}/studio/intents/greet", headers=client.cookie) as answer:
            assert answer.status == status


async def test_a_designer_reads_no_conversation_and_is_shown_to_the_studio(parley: Parley) -> None:
    designer = await parley.an_agent("Dino Designer", Role.DESIGNER)
    assert (await designer.call("GET", "/conversations"))[0] == 403
    async with parley.http.get(f"{parley.url}/", headers=designer.cookie) as answer:
        assert answer.url.path == "/studio"
