"""Admins hear of a broken channel while they look at something else; agents have other things to do."""

from inbox.app import now
from inbox.model.channel import Health
from inbox.model.ids import new_id
from inbox.model.people import Role
from tests.parley import Parley, until


async def test_admins_hear_that_a_channel_broke_and_that_it_works_again(
    parley: Parley, open_page, as_agent
) -> None:
    admin = await parley.an_agent(f"Admin {new_id()}", Role.ADMIN)
    page = await open_page("/agents", **admin.cookie)
    _, agents_page = await as_agent("Marco")
    await parley.store.channels.note_health("rcs", Health("good", None, now()))
    await parley.store.channels.note_health("whatsapp", Health("bad", "The token is no longer valid.", now()))
    told = await page.hears("channel", lambda c: c["id"] == "whatsapp" and c["health"]["state"] == "bad")
    assert told["health"]["detail"] == "The token is no longer valid."
    assert "settings" not in told
    await parley.store.channels.note_health("whatsapp", Health("good", None, now()))
    await page.hears("channel", lambda c: c["id"] == "whatsapp" and c["health"]["state"] == "good")
    assert agents_page.heard("channel") == []


async def test_a_page_of_campaigns_hears_that_one_moved_and_makes_nobody_present(
    parley: Parley, open_page, as_agent
) -> None:
    admin = await parley.an_agent(f"Admin {new_id()}", Role.ADMIN)
    agent = await parley.an_agent(f"Marco {new_id()}")
    _, inbox = await as_agent("Sue")
    page = await open_page("/agents", {"shows": "campaigns"}, **admin.cookie)
    others = await open_page("/agents", {"shows": "campaigns"}, **agent.cookie)
    draft = {"name": "Spring", "channel_id": "webchat", "text": "Hi", "contact_ids": ["nobody"]}
    made = await admin.post("/campaigns", draft)
    await page.hears("campaign", lambda c: c == {"id": made["id"]})
    await admin.post(f"/campaigns/{made['id']}/start", {})

    async def is_over() -> bool:
        return (await admin.get(f"/campaigns/{made['id']}"))["state"] == "finished"

    heard = len(page.heard("campaign"))
    await until(is_over)
    await until(lambda: len(page.heard("campaign")) > heard)
    assert others.heard("campaign") == [] and inbox.heard("campaign") == []
    assert {name for name, _ in page.said} <= {"campaign", "counts"}
    present = {one["id"]: one["presence"] for one in (await admin.get("/agents"))["items"]}
    assert present[admin.user.id] == "offline"
