"""Web chat for people who are known: by their site, by what they say of themselves; and how it was."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from typing import Any

import pytest
import socketio

from inbox.actions.channels import add_channel
from inbox.app import now
from tests.inbox.live.test_visitors import sync, talk, texts
from tests.parley import Parley, until

SECRET = "shared with the site"
_NUMBERS = count()


def signed(user_id: str, secret: str = SECRET, **more: str) -> dict[str, str]:
    """A user as the site's server names them."""
    proof = hmac.new(secret.encode(), user_id.encode(), hashlib.sha256).hexdigest()
    return {"id": user_id, "hash": proof, **more}


@pytest.fixture
async def shop(parley: Parley) -> AsyncIterator[Callable[..., Awaitable[str]]]:
    """Adds a web chat with these settings; its id."""

    async def adding(**settings: str) -> str:
        channel_id = f"shop-{next(_NUMBERS)}"
        settings = {"identity_secret": SECRET, **settings}
        kept = {"store": parley.store, "vault": parley.parts.vault, "clock": now}
        await add_channel("webchat", channel_id, settings=settings, **kept)
        return channel_id

    yield adding


@pytest.fixture
def enter(open_page: Any) -> Callable[..., Awaitable[tuple[Any, Any]]]:
    async def entering(channel_id: str, **given: Any) -> tuple[Any, Any]:
        page = await open_page("/visitors", {"channel_id": channel_id, **given})
        return await page.hears("welcome"), page

    return entering


async def contact_of(parley: Parley, conversation_id: str) -> Any:
    conversation = await parley.store.conversations.get(conversation_id)
    return await parley.store.contacts.get(conversation.contact_id)


async def test_a_user_has_one_conversation_on_every_device(parley: Parley, shop, enter) -> None:
    channel, ada = await shop(), signed("ada", name="Ada Lovelace", email="ada@example.com")
    welcome, phone = await enter(channel, identity=ada)
    assert welcome["token"] is None
    at = await talk(phone, "Hello")
    _, laptop = await enter(channel, identity=ada)
    assert texts((await sync(laptop))["items"])[0] == "Hello"
    contact = await contact_of(parley, at)
    assert (contact.name, contact.attributes["email"]) == ("Ada Lovelace", "ada@example.com")


@pytest.mark.parametrize(
    "identity",
    [
        {"id": "ada"},
        {"id": "ada", "hash": ""},
        {"id": "ada", "hash": "0" * 64},
        {"id": 7, "hash": "x"},
        {"id": "", "hash": signed("")["hash"]},
        signed("ada", "another secret"),
        {**signed("ada"), "id": "bob"},
    ],
)
async def test_nobody_is_whom_the_site_has_not_signed(shop, open_page, identity) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError, match="identity_refused"):
        await open_page("/visitors", {"channel_id": await shop(), "identity": identity})


async def test_without_a_secret_nobody_is_a_user(shop, open_page) -> None:
    channel = await shop(identity_secret="")
    with pytest.raises(socketio.exceptions.ConnectionError, match="identity_refused"):
        await open_page("/visitors", {"channel_id": channel, "identity": signed("ada", "")})


async def test_what_was_written_before_the_login_goes_along_and_is_left_to_nobody(shop, enter) -> None:
    channel = await shop()
    welcome, page = await enter(channel)
    await talk(page, "My card number is secret")
    _, page = await enter(channel, token=welcome["token"], identity=signed("ada"))
    assert "My card number is secret" in texts((await sync(page))["items"])
    _, page = await enter(channel, token=welcome["token"])  # logged out, by whoever has the browser now
    assert texts((await sync(page))["items"]) == []
    await talk(page, "Who am I?")
    _, page = await enter(channel, identity=signed("ada"))
    assert "Who am I?" not in texts((await sync(page))["items"])


async def test_a_login_joins_what_the_user_wrote_elsewhere(parley: Parley, shop, enter) -> None:
    channel = await shop()
    _, page = await enter(channel, identity=signed("ada"))
    first = await talk(page, "From my phone")
    welcome, page = await enter(channel)
    await talk(page, "From a new laptop")
    await enter(channel, token=welcome["token"], identity=signed("ada"))

    async def joined() -> Any:
        contact = await contact_of(parley, first)
        found = await parley.store.conversations.of_contact(contact.merged_into or contact.id)
        return found if len(found) == 2 else None

    assert sum(c.current for c in await until(joined)) == 1


async def test_what_is_asked_first_comes_with_the_first_message(parley: Parley, shop, enter) -> None:
    channel = await shop(ask="name, email?")
    welcome, page = await enter(channel)
    assert welcome["ask"] == [{"name": "name", "required": True}, {"name": "email", "required": False}]
    about = {"name": "Ada", "email": "ada@example.com", "phone": "+39 02 1234 5678"}
    sent = await page.ask("send", {"client_id": "1", "text": "Hello", "about": about})
    assert "message" in sent
    contact = await contact_of(parley, (await sync(page))["conversation_id"])
    assert contact.name == "Ada"
    assert contact.attributes == {"email": "ada@example.com", "phone": "+390212345678"}
    again, _ = await enter(channel, token=welcome["token"])
    assert again["ask"] == []


@pytest.mark.parametrize(
    "about",
    [{"email": "no address"}, {"phone": "call me"}, {"name": "x" * 101}, {"name": ["a"]}, {"name": "a\0"}],
)
async def test_odd_answers_are_told_and_nothing_is_sent(shop, enter, about) -> None:
    _, page = await enter(await shop())
    refused = await page.ask("send", {"client_id": "1", "text": "Hello", "about": about})
    assert refused["error"]["code"] == "invalid"
    assert (await sync(page))["items"] == []


async def test_outside_the_hours_it_says_when_people_are_back(shop, enter) -> None:
    welcome, _ = await enter(await shop(hours="off"))
    assert welcome["away"] == {"until": None}
    assert welcome["ask"] == [{"name": "email", "required": False}]
    welcome, _ = await enter(await shop(hours="24/7", zone="Europe/Rome"))
    assert welcome["away"] is None
    welcome, _ = await enter(await shop(hours="whenever I like"))
    assert welcome["away"] is None


async def test_a_rating_is_kept_and_can_be_changed(parley: Parley, shop, enter) -> None:
    _, page = await enter(await shop())
    nothing = await page.ask("rate", {"score": 5})
    assert nothing["error"]["code"] == "invalid"
    at = await talk(page, "Hello")
    for score in (0, 6, None):
        assert "error" in await page.ask("rate", {"score": score})
    assert await page.ask("rate", {"score": 2, "comment": "Slow"}) == {}
    assert await page.ask("rate", {"score": 4}) == {}
    rating = (await parley.store.conversations.get(at)).rating
    assert (rating.score, rating.comment) == (4, None)
    assert (await sync(page))["rating"] == 4
