"""What a draft becomes on its channel, and whether anything may leave, as the composer asks it."""

from connectors.registry import KINDS
from inbox.actions.channels import sealed
from inbox.app import now
from inbox.model.channel import Channel
from tests.parley import Client, Parley


async def one(parley: Parley, number: str):
    await parley.customer_says("Hi", phone=number)
    conversation = next(c for c in await parley.conversations() if c.contact.address == f"+{number}")
    return conversation, f"/conversations/{conversation.id}"


async def test_a_draft_is_shown_as_the_customer_will_see_it(
    parley: Parley, agent: Client, number: str
) -> None:
    _, at = await one(parley, number)
    shown = await agent.post(f"{at}/preview", {"text": "Hello"})
    assert shown == {
        "contents": [{"type": "text", "text": "Hello"}],
        "changes": [],
        "sms": None,
        "plain": None,
        "barred": None,
    }
    many = [{"title": f"Option {n}", "payload": f"/o{n}"} for n in range(11)]
    shown = await agent.post(
        f"{at}/preview", {"content": {"type": "options", "text": "Which?", "options": many}}
    )
    assert shown["contents"][0]["text"].startswith("Which?\n\nReply 1 for Option 0\n")
    assert [change["code"] for change in shown["changes"]] == ["numbered"]
    shown = await agent.post(f"{at}/preview", {"text": "word " * 1000})
    assert len(shown["contents"]) == 2 and shown["changes"][0]["code"] == "cut"


async def test_what_is_sent_is_what_was_shown_and_says_what_was_changed(
    parley: Parley, agent: Client, number: str
) -> None:
    _, at = await one(parley, number)
    await agent.post(f"{at}/take_over", {"epoch": 1})
    content = {"type": "text", "text": "One sentence here. " * 300}
    shown = await agent.post(f"{at}/preview", {"content": content})
    said = await agent.post(f"{at}/messages", {"content": content, "client_id": "c1"})
    assert await agent.post(f"{at}/messages", {"content": content, "client_id": "c1"}) == said
    thread = [m for m in (await agent.get(f"{at}/messages"))["items"] if m["author"]["kind"] == "agent"]
    assert [m["content"] for m in thread] == shown["contents"]
    assert thread[0]["fitting"]["original"] == content and thread[0]["fitting"]["parts"] == 2
    assert thread[1]["part_of"] == said["id"] == thread[0]["id"]


async def test_a_draft_for_sms_says_what_it_costs(parley: Parley, agent: Client, number: str) -> None:
    conversation, at = await one(parley, number)
    kind = KINDS["infobip"]
    given = {s.name: "a-" + s.name.replace("_", "-") for s in kind.settings if s.default is None}
    settings = sealed(kind.name, given | {"api_base": "https://api.invalid"}, parley.parts.vault)
    await parley.store.channels.add(
        Channel(id="drafts-sms", kind=kind.name, name="SMS", settings=settings, created_at=now())
    )
    conversations = parley.store._database.conversations
    await conversations.update_one({"_id": conversation.id}, {"$set": {"channel_id": "drafts-sms"}})
    shown = await agent.post(f"{at}/preview", {"text": "It’s fine"})
    assert shown["sms"] == {
        "encoding": "UCS-2",
        "segments": 1,
        "units": 9,
        "per_segment": 70,
        "costly_characters": ["’"],
    }
    assert shown["plain"] is None, "one SMS is one SMS"
    shown = await agent.post(f"{at}/preview", {"text": "It’s fine. " * 8})
    assert shown["sms"]["segments"] == 2 and shown["plain"] == "It's fine. " * 8


async def test_who_opted_out_bars_the_composer_and_a_noted_consent_frees_it(
    parley: Parley, agent: Client, number: str
) -> None:
    conversation, at = await one(parley, number)
    refusal = {"granted": False, "words": "“Leave me alone”, on the phone"}
    changed = await agent.post(f"{at}/consent", refusal)
    assert changed["consent"]["purpose"] == "conversation" and changed["consent"]["source"] == "colleague"
    assert (await agent.post(f"{at}/preview", {"text": "Hi"}))["barred"]["code"] == "opted_out"
    again = await agent.post(f"{at}/consent", {"granted": True, "words": "Called us: wants them again"})
    assert again["consent"] is None
    assert (await agent.post(f"{at}/preview", {"text": "Hi"}))["barred"] is None
    contact = await agent.get(f"/contacts/{conversation.contact_id}")
    assert [line["granted"] for line in contact["consents"]] == [True, False]
    assert (
        contact["consents"][1]["words"] == refusal["words"]
        and contact["consents"][1]["by"] == agent.user.name
    )


async def test_only_those_who_may_write_ask_and_nonsense_is_refused(
    parley: Parley, agent: Client, number: str
) -> None:
    _, at = await one(parley, number)
    for path, body in (
        ("preview", {"content": {"type": "note", "text": "Hush"}}),
        ("preview", {"text": "x" * 100_001}),
        ("consent", {"granted": False, "words": ""}),
        ("consent", {"granted": False}),
    ):
        status, _ = await agent.call("POST", f"{at}/{path}", body)
        assert status == 422, path
    assert (await agent.call("POST", "/conversations/none/preview", {"text": "Hi"}))[0] == 404
    assert (await agent.call("POST", "/conversations/none/consent", {"granted": True, "words": "x"}))[
        0
    ] == 404
