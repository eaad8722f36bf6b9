"""Invitations: a link makes one account, once, and says plainly when it does not."""

import asyncio
import re
from datetime import timedelta

import pytest
from aiohttp import ClientSession, CookieJar
from msgspec.structs import replace

from inbox.actions.invitations import accept_known, invite
from inbox.actions.tokens import create_token
from inbox.app import now
from inbox.model.audit import Entry
from inbox.model.ids import new_id
from inbox.model.people import ADMIN, OPERATOR, PERMISSIONS, READ, Principal, Role
from tests.parley import Client, Json, Parley

GOOD = "wobbly giraffes hum at dusk"


@pytest.fixture
async def admin(parley: Parley) -> Client:
    return await parley.an_agent(f"Admin {new_id()}", Role.ADMIN)


def an_address() -> str:
    return f"{new_id().lower()}@example.com"


async def invited(admin: Client, **more: object) -> Json:
    made: Json = await admin.post("/invitations", {"email": an_address(), **more})
    return made


class Stranger:
    """A browser in which nobody is signed in."""

    def __init__(self, parley: Parley, http: ClientSession) -> None:
        self._parley, self._http = parley, http

    async def open(self, link: str) -> tuple[int, str]:
        async with self._http.get(link) as answer:
            return answer.status, await answer.text()

    async def join(self, link: str, name: str = "Nina Neri", password: str = GOOD) -> tuple[int, str]:
        """Fill the form in and post it. Where that leads, or the page."""
        _, page = await self.open(link)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        form = {"csrf_token": token[1] if token else "", "name": name, "password": password}
        async with self._http.post(link, data=form, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location") or await answer.text()

    async def me(self) -> tuple[int, Json]:
        async with self._http.get(f"{self._parley.url}/api/v1/me") as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def browsers(parley: Parley):
    """Two of them."""
    jars = CookieJar(unsafe=True), CookieJar(unsafe=True)
    async with ClientSession(cookie_jar=jars[0]) as one, ClientSession(cookie_jar=jars[1]) as other:
        yield Stranger(parley, one), Stranger(parley, other)


async def audited(parley: Parley, target: str) -> list[Entry]:
    return await parley.store.audit.page({"target": target}, limit=9)


async def test_who_is_invited_makes_their_account_and_is_in(
    parley: Parley, admin: Client, browsers: tuple[Stranger, Stranger]
) -> None:
    team = await admin.post("/teams", {"name": f"Team {new_id()}", "is_private": True})
    made = await invited(admin, role="supervisor", team_ids=[team["id"]])
    assert made["link"].startswith(f"{parley.url}/join/") and made["state"] == "open"
    secret = made["link"].rpartition("/")[2]
    kept = await parley.store.invitations.first({"email": made["email"]})
    assert kept and secret not in repr(kept)

    status, page = await browsers[0].open(made["link"])
    assert status == 200 and made["email"] in page and admin.user.name in page and "Supervisor" in page
    assert await browsers[0].join(made["link"]) == (303, "/")
    status, me = await browsers[0].me()
    assert status == 200 and (me["email"], me["name"], me["role"]) == (
        made["email"],
        "Nina Neri",
        "supervisor",
    )
    assert me["id"] in (await parley.store.teams.get(team["id"])).members

    (shown,) = [one for one in (await admin.get("/invitations"))["items"] if one["id"] == made["id"]]
    assert shown["state"] == "used" and "link" not in shown
    assert [one.what for one in await audited(parley, f"invitation:{made['id']}")] == ["invitation.added"]
    signed_in, added = await audited(parley, f"user:{me['id']}")
    assert (added.what, added.after["invited_by"]) == ("user.added", admin.user.name)
    assert signed_in.after == {"by": "invitation"}
    assert secret not in repr(await parley.store.audit.page({}, limit=100))


async def test_a_link_that_is_used_taken_back_late_or_wrong_says_so(
    parley: Parley, admin: Client, browsers: tuple[Stranger, Stranger]
) -> None:
    used, revoked, late, cut = [await invited(admin) for _ in range(4)]
    await browsers[0].join(used["link"])
    assert (await admin.call("DELETE", f"/invitations/{revoked['id']}"))[0] == 204
    assert (await admin.call("DELETE", f"/invitations/{revoked['id']}"))[0] == 404
    kept = await parley.store.invitations.first({"email": late["email"]})
    await parley.store.invitations.put(replace(kept, expires_at=now() - timedelta(seconds=1)))
    for link, status, words in (
        (used["link"], 410, "was used already"),
        (revoked["link"], 410, "was taken back"),
        (late["link"], 410, "time of this invitation is over"),
        (cut["link"][:-3], 404, "no such invitation"),
        (cut["link"] + "x" * 500, 404, "no such invitation"),
    ):
        for found, page in (await browsers[1].open(link), await browsers[1].join(link)):
            assert found == status and words in page, (link, page)
    assert [one.what for one in await audited(parley, f"invitation:{revoked['id']}")] == [
        "invitation.removed",
        "invitation.added",
    ]


async def test_of_two_who_use_a_link_at_once_one_gets_in(
    parley: Parley, admin: Client, browsers: tuple[Stranger, Stranger]
) -> None:
    made = await invited(admin)
    answers = await asyncio.gather(*(one.join(made["link"], f"Nina {n}") for n, one in enumerate(browsers)))
    assert sorted(status for status, _ in answers) in ([303, 409], [303, 410])
    assert len(await parley.store.users.list({"email": made["email"]})) == 1


async def test_a_bad_password_or_name_loses_nothing(
    parley: Parley, admin: Client, browsers: tuple[Stranger, Stranger]
) -> None:
    made = await invited(admin)
    for name, password, words in (
        ("Nina", "password1234", "guess"),
        ("Nina", "short", "12 characters"),
        (" ", GOOD, "A name has 1 to 100"),
    ):
        status, page = await browsers[0].join(made["link"], name, password)
        assert status == 422 and words in page and password not in page
    async with parley.http.post(made["link"], data={"name": "Nina", "password": GOOD}) as answer:
        assert answer.status == 403
    assert (await browsers[0].join(made["link"]))[0] == 303


async def test_nobody_invites_to_more_than_they_may(parley: Parley, admin: Client) -> None:
    role = await admin.post("/roles", {"name": f"Role {new_id()}", "permissions": [ADMIN, READ]})
    clerk = await parley.an_agent(f"Clerk {new_id()}")
    await admin.call("PATCH", f"/people/{clerk.user.id}", {"role": role["id"]})
    for wanted in ("admin", "designer", "supervisor"):
        status, problem = await clerk.call("POST", "/invitations", {"email": an_address(), "role": wanted})
        assert status == 403 and "yourself" in problem["detail"]
    assert (await clerk.call("POST", "/invitations", {"email": an_address(), "role": role["id"]}))[0] == 201


async def test_an_invitation_is_worth_no_more_than_its_inviter_is(
    parley: Parley, admin: Client, browsers: tuple[Stranger, Stranger]
) -> None:
    rogue = await parley.an_agent(f"Rogue {new_id()}", Role.ADMIN)
    made = await invited(rogue, role="admin")
    await admin.call("PATCH", f"/people/{rogue.user.id}", {"disabled": True})
    status, page = await browsers[0].join(made["link"])
    assert status == 410 and "may not do so any more" in page
    secret = await create_token("inviting", tuple(PERMISSIONS[Role.ADMIN]), store=parley.store, clock=now)
    headers = {"Authorization": f"Bearer {secret}"}
    body = {"email": an_address(), "role": "agent"}
    async with parley.http.post(f"{parley.url}/api/v1/invitations", json=body, headers=headers) as answer:
        link = (await answer.json())["link"]
    assert (await browsers[0].open(link))[0] == 200
    await parley.store.tokens.remove_all({"name": "inviting"})
    assert (await browsers[0].open(link))[0] == 410


async def test_bad_invitations_are_refused_and_a_new_one_voids_the_former(
    parley: Parley, admin: Client, browsers: tuple[Stranger, Stranger]
) -> None:
    for body in (
        {"email": "nobody"},
        {"email": an_address(), "role": "king"},
        {"email": an_address(), "team_ids": ["nothing"]},
        {"email": an_address(), "days": 31},
    ):
        assert (await admin.call("POST", "/invitations", body))[0] == 422, body
    assert (await admin.call("POST", "/invitations", {"email": admin.user.email}))[0] == 409
    first = await invited(admin)
    second = await invited(admin, email=first["email"].upper())
    assert (await browsers[0].open(first["link"]))[0] == 410
    assert (await browsers[0].join(second["link"]))[0] == 303


async def test_who_comes_by_the_organisations_provider_takes_their_invitation_up(parley: Parley) -> None:
    email = an_address()
    await invite(OPERATOR, email=email, role="designer", store=parley.store, clock=now)
    visitor = Principal(id="", name="", permissions=frozenset(), is_user=False)

    async def comes() -> object:
        return await accept_known(email, "Nina", visitor, by="single sign-on", store=parley.store, clock=now)

    user = await comes()
    assert user and (user.role, user.password_hash) == ("designer", "")
    assert await comes() is None
