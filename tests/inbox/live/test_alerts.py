"""Admins hear of a broken channel while they look at something else; agents have other things to do."""

from inbox.app import now
from inbox.model.channel import Health
from inbox.model.ids import new_id
from inbox.model.people import Role
from tests.parley import Parley


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
