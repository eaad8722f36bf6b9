"""Contacts are merged and parted while their visitors' pages are open: each page hears its own talk alone."""

from typing import Any

from tests.inbox.live.test_visitors import sync, talk, texts
from tests.parley import Parley, until


async def contact_of(parley: Parley, conversation_id: str) -> str:
    async def quiet() -> Any:
        found = await parley.store.conversations.get(conversation_id)
        return found if found and found.turn is None else None

    contact: str = (await until(quiet)).contact_id
    return contact


async def test_after_an_unmerge_no_open_page_hears_the_others_news(parley: Parley, as_visitor) -> None:
    client = await parley.an_agent("Parting Agent")
    adas, ada_page = await as_visitor()
    bobs, bob_page = await as_visitor()
    at_ada, at_bob = await talk(ada_page, "I am Ada"), await talk(bob_page, "I am Bob")
    ada, bob = await contact_of(parley, at_ada), await contact_of(parley, at_bob)

    await client.post(f"/contacts/{ada}/merge", {"contact_id": bob})
    await until(bob_page.left.is_set)  # it would hear nothing where it was
    assert not ada_page.left.is_set()
    _, bob_page = await as_visitor(bobs["token"])
    await sync(bob_page)
    (merge,) = (await client.get(f"/contacts/{ada}/merges"))["items"]
    await client.post(f"/contacts/{ada}/merges/{merge['id']}/undo")
    await until(lambda: ada_page.left.is_set() and bob_page.left.is_set())

    _, ada_page = await as_visitor(adas["token"])
    _, bob_page = await as_visitor(bobs["token"])
    assert (await sync(ada_page))["conversation_id"] == at_ada
    assert (await sync(bob_page))["conversation_id"] == at_bob
    await talk(ada_page, "For Ada alone")
    await talk(bob_page, "For Bob alone")
    await ada_page.hears("messages", lambda b: "You said: For Ada alone" in texts(b["items"]))
    await bob_page.hears("messages", lambda b: "You said: For Bob alone" in texts(b["items"]))
    assert {b["conversation_id"] for b in ada_page.heard("messages")} == {at_ada}
    assert {b["conversation_id"] for b in bob_page.heard("messages")} == {at_bob}
