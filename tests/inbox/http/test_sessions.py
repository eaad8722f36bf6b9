"""Where people are signed in: seen, ended by themselves and by admins."""

import pytest

from inbox.actions.people import open_session
from inbox.app import now
from inbox.model.devices import device_of
from inbox.model.people import Role
from inbox.model.secrets import digest
from tests.parley import ADMIN_PASSWORD, Client, Parley

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
EDGE = f"{CHROME} Edg/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Safari/604.1"


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (FIREFOX, "Firefox on Linux"),
        (CHROME, "Chrome on Windows"),
        (EDGE, "Edge on Windows"),
        (SAFARI, "Safari on iPhone"),
        ("curl/8.5.0", "curl"),
        ("", "An unknown device"),
        ("x" * 500, "x" * 60),
    ],
)
def test_a_device_is_called_as_its_owner_knows_it(agent: str, device: str) -> None:
    assert device_of(agent) == device


async def elsewhere(parley: Parley, client: Client) -> Client:
    """The same user in another browser."""
    cookie = await open_session(client.user, store=parley.store, clock=now, device="Firefox on Linux")
    session = await parley.store.sessions.get(digest(cookie))
    return Client(parley, client.user, cookie, session.csrf)


async def is_in(client: Client) -> bool:
    return (await client.call("GET", "/me"))[0] == 200


async def test_ones_sessions_are_listed_and_this_one_is_marked(parley: Parley) -> None:
    here = await parley.an_agent("Listing Agent")
    there = await elsewhere(parley, here)
    listed = (await here.get("/me/sessions"))["items"]
    assert sorted((one["device"], one["is_this"]) for one in listed) == [
        ("An unknown device", True),
        ("Firefox on Linux", False),
    ]
    assert next(one for one in listed if one["is_this"])["address"] == "127.0.0.1"
    (that,) = [one["id"] for one in listed if not one["is_this"]]
    assert (await here.call("DELETE", f"/me/sessions/{that}"))[0] == 204
    assert (await here.call("DELETE", f"/me/sessions/{that}"))[0] == 404
    assert (await is_in(here), await is_in(there)) == (True, False)


async def test_nobody_ends_the_session_of_somebody_else(parley: Parley) -> None:
    mine, theirs = await parley.an_agent("Mine Agent"), await parley.an_agent("Theirs Agent")
    (session,) = (await theirs.get("/me/sessions"))["items"]
    assert (await mine.call("DELETE", f"/me/sessions/{session['id']}"))[0] == 404
    assert await is_in(theirs)


async def test_one_signs_out_everywhere_else(parley: Parley) -> None:
    here = await parley.an_agent("Ending Agent")
    others = [await elsewhere(parley, here) for _ in range(2)]
    assert await here.post("/me/sessions/end_others") == {"ended": 2}
    assert [await is_in(one) for one in (here, *others)] == [True, False, False]


async def test_a_new_password_ends_the_other_sessions(parley: Parley) -> None:
    here = await parley.an_agent("Changing Agent")
    there = await elsewhere(parley, here)
    wrong = {"present": "wrong", "chosen": "another fine long password"}
    assert (await here.call("POST", "/me/password", wrong))[0] == 422
    assert await is_in(there)
    right = {**wrong, "present": ADMIN_PASSWORD}
    assert await here.post("/me/password", right) == {"ended": 1}
    assert (await is_in(here), await is_in(there)) == (True, False)
    assert (await here.call("POST", "/me/password", right))[0] == 422


async def test_the_present_password_cannot_be_guessed_by_whoever_holds_a_cookie(parley: Parley) -> None:
    client = await parley.an_agent("Guessed Agent")
    wrong = {"present": "wrong", "chosen": "another fine long password"}
    answers = [(await client.call("POST", "/me/password", wrong))[0] for _ in range(7)]
    assert answers == [422] * 5 + [429] * 2


async def test_an_admin_signs_a_colleague_out_everywhere(parley: Parley) -> None:
    admin = await parley.an_agent("Ending Admin", Role.ADMIN)
    lost = await parley.an_agent("Lost Agent")
    await elsewhere(parley, lost)
    assert (await lost.call("POST", f"/people/{admin.user.id}/end_sessions"))[0] == 403
    listed = {one["id"]: one for one in (await admin.get("/people"))["items"]}
    assert listed[lost.user.id]["sessions"] == 2
    assert await admin.post(f"/people/{lost.user.id}/end_sessions") == {"ended": 2}
    assert (await is_in(lost), await is_in(admin)) == (False, True)
    assert (await admin.call("POST", "/people/nobody/end_sessions"))[0] == 404
