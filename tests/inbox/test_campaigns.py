"""Campaigns: who gets one, once, whoever is killed; and what an answer to it becomes."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.content import Activity, Template, Text
from connectors.contract import Capabilities
from connectors.events import Purpose
from inbox.actions import blocking, campaigns, converse, note_consent
from inbox.actions.campaigns import Wanted
from inbox.actions.desk import Desk
from inbox.actions.errors import Forbidden, Invalid
from inbox.actions.merge import merge_contacts
from inbox.campaigns import Campaigning
from inbox.model.campaign import (
    Campaign,
    Facts,
    Problem,
    Reason,
    Recipient,
    State,
    comes_back,
    recipient_id,
    why_not,
    with_hint,
)
from inbox.model.channel import Channel
from inbox.model.consent import Refusal, Source
from inbox.model.conversation import Conversation, Speaker, SpeakerKind, Status
from inbox.model.people import Role
from tests.inbox.dying import differences, lives, picture
from tests.inbox.factories import NOON, a_contact, a_conversation, an_agent, heard, phone
from tests.inbox.office import Office
from tests.stores import emptied

SUE, MARCO = an_agent("Sue", Role.SUPERVISOR), an_agent()
TEXTS = Capabilities(contents=frozenset({"text"}), text_length=4096)
replace = msgspec.structs.replace


def ready(office: Office) -> Office:
    """With a channel that carries texts at any time."""

    async def carries(channel_id: str) -> Capabilities:
        return TEXTS

    office.desk = Desk(office.store, office.bus, office.clock, carries)
    return office


async def a_channel(office: Office) -> None:
    channel = Channel(id="whatsapp", kind="whatsapp", name="WhatsApp", created_at=NOON)
    await office.store.channels.put(channel)


@pytest.fixture
async def it(office: Office) -> Office:
    await a_channel(office)
    return ready(office)


async def customers(office: Office, number: int, *, agree: bool = True) -> list[str]:
    """So many who wrote once, were answered by the bot, and agreed to advertisements."""
    ids = []
    for n in range(number):
        who = phone(f"+1555000{1000 + n}")
        await office.take(heard("Hello", who, id=f"hello-{n}"))
        (contact,) = await office.store.contacts.known_as([who.key])
        ids.append(contact.id)
        (conversation,) = await office.store.conversations.of_contact(contact.id)
        await office.turns.run(conversation.id)
        await office.outbox.run(conversation.id)
        await converse.resolve(office.desk, conversation.id, MARCO)
        if agree:
            await agrees(office, conversation.id)
    return ids


async def agrees(office: Office, conversation_id: str, *, granted: bool = True) -> None:
    await note_consent.note_consent(
        office.desk, conversation_id, MARCO, granted=granted, purpose=Purpose.MARKETING, words="by phone"
    )


async def written(office: Office, ids: list[str], **fields: Any) -> Campaign:
    wanted = {"name": "Spring", "channel_id": "whatsapp", "content": Text("Hi {{ contact.first_name }}!")}
    wanted |= {"purpose": Purpose.MARKETING, "segment_id": None, "contact_ids": tuple(ids)}
    return await campaigns.save(
        office.desk, SUE, Wanted(**{**wanted, "per_minute": 600, "weekly_cap": 2, **fields})
    )


async def run(office: Office, *, rounds: int = 30) -> None:
    """Let processes look until it is over, and the outbox deliver."""
    campaigning = Campaigning(office.desk)
    for _ in range(rounds):
        await campaigning.step()
        office.clock.forward(seconds=31)
    for conversation_id in await office.store.conversations.due("delivery", office.clock(), 100):
        await office.outbox.run(conversation_id)


def got(office: Office, text: str = "Hi Ada!") -> int:
    return office.provider.taken.count(text)


async def test_everybody_who_agreed_gets_it_once_and_no_list_of_open_ones_grows(it: Office) -> None:
    ids = await customers(it, 5)
    campaign = await written(it, ids)
    assert (await campaigns.count(it.desk, SUE, campaign.id))["reached"] == 5
    await campaigns.start(it.desk, SUE, campaign.id)
    await run(it)
    assert got(it) == 5
    after = await campaigns.get(it.desk, SUE, campaign.id)
    assert after.state is State.FINISHED and after.ended_at is not None
    assert await it.store.conversations.count({"status": "open"}) == 0
    assert (await it.store.recipients.became(campaign.id))["statuses"] == {"sent": 5}


async def test_an_answer_comes_to_the_same_conversation_however_late_and_is_counted(it: Office) -> None:
    (someone,) = await customers(it, 1)
    campaign = await written(it, [someone])
    await campaigns.start(it.desk, SUE, campaign.id)
    await run(it)
    (before,) = await it.store.conversations.of_contact(someone)
    it.clock.forward(days=9)
    await it.take(heard("Tell me more", phone("+15550001000"), id="answer"))
    (after,) = await it.store.conversations.of_contact(someone)
    assert (after.id, after.status, after.campaign_id) == (before.id, Status.OPEN, None)
    shown = [m.content for m in await it.thread() if isinstance(m.content, Activity)]
    assert any(c.event == "campaign" and c.details["name"] == "Spring" for c in shown)
    await it.take(heard("STOP", phone("+15550001000"), id="stop"))
    became = await it.store.recipients.became(campaign.id)
    assert (became["replied"], became["opted_out"]) == (1, 1)


async def test_who_did_not_agree_or_refused_gets_none_and_it_is_said_why(it: Office) -> None:
    silent, taken_back, refused, blocked, good = await customers(it, 5, agree=False)
    for contact_id in (taken_back, refused, blocked, good):
        (conversation,) = await it.store.conversations.of_contact(contact_id)
        await agrees(it, conversation.id)
    (conversation,) = await it.store.conversations.of_contact(taken_back)
    await agrees(it, conversation.id, granted=False)
    await it.take(heard("STOP", phone("+15550001002"), id="stop"))
    await blocking.block(it.desk, MARCO, blocked, is_blocked=True)
    every = [silent, taken_back, refused, blocked, good, "gone"]
    campaign = await written(it, every)
    wanted = {"no_consent": 1, "opted_out": 2, "blocked": 1}
    assert (await campaigns.count(it.desk, SUE, campaign.id))["skipped"] == wanted
    await campaigns.start(it.desk, SUE, campaign.id)
    await run(it)
    counts = await it.store.recipients.counts(campaign.id)
    assert counts == {"states": {"skipped": 5, "said": 1}, "skipped": {**wanted, "gone": 1}}
    assert got(it) == 1


async def test_at_night_it_waits_for_the_morning_of_each(it: Office) -> None:
    ids = await customers(it, 2)
    at_home = {"$set": {"attributes.timezone": "Asia/Tokyo"}}  # where it is nine in the evening
    await it.store._database.contacts.update_one({"_id": ids[0]}, at_home)
    campaign = await written(it, ids)
    await campaigns.start(it.desk, SUE, campaign.id)
    await run(it)
    assert got(it) == 1
    it.clock.forward(hours=11)
    await run(it)
    assert got(it) == 2


async def test_no_more_than_so_many_a_week(it: Office) -> None:
    (someone,) = await customers(it, 1)
    for name in ("One", "Two", "Three"):
        campaign = await written(it, [someone], name=name)
        await campaigns.start(it.desk, SUE, campaign.id)
        await run(it, rounds=4)
    assert got(it) == 2
    assert (await it.store.recipients.counts(campaign.id))["skipped"] == {"capped": 1}


async def test_the_pace_is_kept_and_it_can_be_paused_resumed_and_ended(it: Office) -> None:
    ids = await customers(it, 4)
    campaign = await written(it, ids, per_minute=1)
    it_goes = Campaigning(it.desk)
    await campaigns.start(it.desk, SUE, campaign.id)
    for _ in range(5):
        await it_goes.step()
    assert (await it.store.recipients.counts(campaign.id))["states"] == {"said": 1, "waiting": 3}
    await campaigns.pause(it.desk, SUE, campaign.id)
    it.clock.forward(minutes=5)
    assert not await it_goes.step()
    await campaigns.resume(it.desk, SUE, campaign.id)
    assert await it_goes.step()
    await campaigns.cancel(it.desk, SUE, campaign.id)
    it.clock.forward(minutes=5)
    assert not await it_goes.step()
    assert (await it.store.recipients.counts(campaign.id))["states"] == {"said": 2, "waiting": 2}
    with pytest.raises(Invalid, match="cannot be changed"):
        await campaigns.start(it.desk, SUE, campaign.id)


async def test_who_is_in_a_conversation_gets_it_once_that_is_over(it: Office) -> None:
    (someone,) = await customers(it, 1)
    (conversation,) = await it.store.conversations.of_contact(someone)
    await it.take(heard("Where is my parcel?", phone("+15550001000"), id="question"))
    campaign = await written(it, [someone])
    assert (await campaigns.count(it.desk, SUE, campaign.id))["skipped"] == {"busy": 1}
    await campaigns.start(it.desk, SUE, campaign.id)
    await run(it, rounds=4)
    assert (await it.store.recipients.counts(campaign.id))["states"] == {"waiting": 1}
    await it.turns.run(conversation.id)
    await converse.resolve(it.desk, conversation.id, MARCO)
    assert got(it) == 0
    it.clock.forward(minutes=30)
    await run(it, rounds=4)
    assert got(it) == 1
    assert (await campaigns.get(it.desk, SUE, campaign.id)).state is State.FINISHED


async def test_who_is_in_a_conversation_for_a_whole_day_is_left_out(it: Office) -> None:
    (someone,) = await customers(it, 1)
    await it.take(heard("Where is my parcel?", phone("+15550001000"), id="question"))
    campaign = await written(it, [someone])
    await campaigns.start(it.desk, SUE, campaign.id)
    for _ in range(49):
        await run(it, rounds=3)
        it.clock.forward(minutes=29)
    assert (await it.store.recipients.counts(campaign.id))["skipped"] == {"busy": 1}
    assert (await campaigns.get(it.desk, SUE, campaign.id)).state is State.FINISHED


@given(asked=st.lists(st.integers(0, 3_000), min_size=1, max_size=60))
def test_a_busy_customer_is_asked_about_again_for_a_day_and_no_longer(asked: list[int]) -> None:
    recipient = Recipient(id="c|1", campaign_id="c", contact_id="1")
    first = NOON + timedelta(minutes=min(asked))
    for minutes in sorted(asked):
        now = NOON + timedelta(minutes=minutes)
        again = comes_back(recipient, now)
        assert (again is None) is (now + timedelta(minutes=30) > first + timedelta(days=1))
        assert again is None or again > now
        recipient = replace(recipient, busy_since=recipient.busy_since or now)


async def test_a_merged_contact_is_followed_and_who_they_became_gets_it_once(it: Office) -> None:
    one, other, third = await customers(it, 3)
    campaign = await written(it, [other, one, third])
    await merge_contacts(one, other, store=it.store, bus=it.bus, now=it.clock())
    assert (await campaigns.count(it.desk, SUE, campaign.id))["reached"] == 2
    await campaigns.start(it.desk, SUE, campaign.id)
    await Campaigning(it.desk).step()
    await merge_contacts("nobody", third, store=it.store, bus=it.bus, now=it.clock())
    await run(it)
    assert got(it) == 2
    assert await it.store.recipients.counts(campaign.id) == {"states": {"said": 2}, "skipped": {}}


async def test_a_contact_outside_the_list_takes_the_place_of_one_that_became_it(it: Office) -> None:
    listed, outside = await customers(it, 2)
    campaign = await written(it, [listed])
    await campaigns.start(it.desk, SUE, campaign.id)
    await Campaigning(it.desk).step()
    await merge_contacts(outside, listed, store=it.store, bus=it.bus, now=it.clock())
    await run(it)
    assert got(it) == 1
    said = await it.store.recipients.get(recipient_id(campaign.id, outside))
    assert said is not None and said.state == "said"
    assert await it.store.recipients.get(recipient_id(campaign.id, listed)) is None


async def test_two_campaigns_on_two_channels_at_the_same_moment_keep_the_cap(
    it: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    (someone,) = await customers(it, 1)
    await it.store.channels.put(Channel(id="sms", kind="twilio", name="SMS", created_at=NOON))
    notice = {"purpose": Purpose.CONVERSATION, "weekly_cap": 2}
    first = await written(it, [someone], channel_id="sms", **notice)
    await campaigns.start(it.desk, SUE, first.id)
    await run(it, rounds=4)
    both = [await written(it, [someone], channel_id=at, **notice) for at in ("sms", "whatsapp")]
    for campaign in both:
        await campaigns.start(it.desk, SUE, campaign.id)
        await Campaigning(it.desk)._gather(campaign)
    counted, reads = asyncio.Barrier(2), 0
    lately = type(it.store.recipients).lately

    async def in_step(*given: Any, **more: Any) -> dict[str, int]:
        nonlocal reads
        reads += 1
        found = await lately(*given, **more)
        if reads <= 2:
            await counted.wait()
        return found

    monkeypatch.setattr(type(it.store.recipients), "lately", in_step)
    others = [Campaigning(ready(it.another()).desk) for _ in both]
    await asyncio.gather(*(o._say_some(c) for o, c in zip(others, both, strict=True)))
    assert reads == 3  # the second one counted again
    decided = [(await it.store.recipients.counts(campaign.id))["states"] for campaign in both]
    assert sorted(map(str, decided)) == ["{'said': 1}", "{'skipped': 1}"]


async def test_one_that_cannot_go_on_is_paused_and_says_why(it: Office) -> None:
    heard_of: list[str] = []
    it.bus.listen_to_campaigns(heard_of.append)
    campaign = await written(it, await customers(it, 1))
    await campaigns.start(it.desk, SUE, campaign.id)
    channel = await it.store.channels.get("whatsapp")
    assert channel is not None
    await it.store.channels.put(replace(channel, enabled=False))
    await run(it, rounds=3)
    after = await campaigns.get(it.desk, SUE, campaign.id)
    assert (after.state, after.problem) == (State.PAUSED, Problem.CHANNEL_SILENT)
    assert set(heard_of) == {campaign.id}
    await it.store.channels.put(channel)
    await campaigns.resume(it.desk, SUE, campaign.id)
    await run(it)
    assert got(it) == 1 and (await campaigns.get(it.desk, SUE, campaign.id)).problem is None


async def test_it_begins_at_its_time(it: Office) -> None:
    campaign = await written(it, await customers(it, 1))
    await campaigns.start(it.desk, SUE, campaign.id, at=it.clock() + timedelta(hours=1))
    assert not await Campaigning(it.desk).step()
    it.clock.forward(hours=1)
    await run(it, rounds=4)
    assert got(it) == 1


async def test_several_processes_and_a_lease_that_ran_out_say_it_once(it: Office) -> None:
    campaign = await written(it, await customers(it, 6))
    await campaigns.start(it.desk, SUE, campaign.id)
    await Campaigning(it.desk).step()
    stolen = await it.store.campaigns.get(campaign.id)
    assert stolen is not None
    others = [Campaigning(ready(it.another()).desk) for _ in range(3)]
    await asyncio.gather(*(one._say_some(stolen) for one in others))
    await run(it)
    assert got(it) == 6


async def test_who_was_killed_over_it_is_succeeded_and_nobody_gets_it_twice(it: Office) -> None:
    whole = None
    start = it.clock.at
    async for life in lives(it.store):
        it.clock.at = start
        await emptied(it.store)
        await a_channel(it)
        it.provider.taken.clear()
        it.provider.asked.clear()
        campaign = await written(it, await customers(it, 2))
        process = ready(it.another(life.store))

        async def deed(process: Office = process, campaign: Campaign = campaign) -> None:
            await campaigns.start(process.desk, SUE, campaign.id)
            for _ in range(4):
                await Campaigning(process.desk).step()

        await life.does(deed())
        it.clock.at = start
        if (await campaigns.get(it.desk, SUE, campaign.id)).state is State.DRAFT:
            await campaigns.start(it.desk, SUE, campaign.id)
        it.clock.forward(seconds=40)
        await run(it, rounds=6)
        assert got(it) == 2, life
        seen = await picture(it.store, without=("audit_log", "audit_head"))
        whole = whole or seen
        assert not differences(whole, seen), life


async def test_a_trial_needs_no_consent_but_stops_at_a_refusal(it: Office) -> None:
    one, other = await customers(it, 2, agree=False)
    await it.take(heard("STOP", phone("+15550001001"), id="stop"))
    campaign = await written(it, [one])
    assert await campaigns.try_on(it.desk, SUE, campaign.id, one) is None
    assert await campaigns.try_on(it.desk, SUE, campaign.id, other) is Reason.OPTED_OUT
    await run(it, rounds=1)
    assert got(it) == 1


async def test_numbers_are_matched_counted_and_never_doubled(it: Office) -> None:
    ids = await customers(it, 2)
    given = ["+15550001000", "+1 555 000 1000", "+15550001001", "+15550009999", "no number"]
    found = await campaigns.numbers_of(it.desk, SUE, given)
    assert set(found.contact_ids) == set(ids)
    assert (found.unknown, found.doubles, found.bad) == (1, 1, 1)


async def test_only_who_may_writes_campaigns_and_only_what_makes_sense(it: Office) -> None:
    with pytest.raises(Forbidden):
        await campaigns.newest(it.desk, MARCO)
    for wrong in ({"per_minute": 0}, {"name": " "}, {"content": Text("{{ os.system }}")}, {"weekly_cap": 0}):
        with pytest.raises(Invalid):
            await written(it, [], **wrong)
    with pytest.raises(Invalid, match="whom"):
        await campaigns.start(it.desk, SUE, (await written(it, [])).id)


@given(
    purpose=st.sampled_from([Purpose.MARKETING, Purpose.CONVERSATION]),
    refused=st.sampled_from([None, Purpose.MARKETING, Purpose.CONVERSATION]),
    agreed=st.booleans(),
    closed=st.booleans(),
    template=st.booleans(),
    blocked=st.booleans(),
    reached=st.booleans(),
    lately=st.integers(0, 4),
    busy=st.booleans(),
)
def test_nobody_is_written_to_against_the_rules(
    purpose: Purpose,
    refused: Purpose | None,
    agreed: bool,
    closed: bool,
    template: bool,
    blocked: bool,
    reached: bool,
    lately: int,
    busy: bool,
) -> None:
    speaker = Speaker(SpeakerKind.AGENT, "1") if busy else Speaker(SpeakerKind.BOT)
    present: Conversation = a_conversation(speaker=speaker)
    refusals = (Refusal(purpose=refused, at=NOON, source=Source.WORDS),) if refused else ()
    contact = a_contact(blocked_at=NOON if blocked else None)
    facts = Facts(contact, present, (phone(),) if reached else (), refusals, agreed, closed, lately)
    content = Template("spring", "en") if template else Text("Hi")
    campaign = Campaign(
        id="c",
        name="Spring",
        channel_id="whatsapp",
        content=content,
        purpose=purpose,
        weekly_cap=2,
        author_id="1",
        author_name="Sue",
        created_at=NOON,
        updated_at=NOON,
    )
    is_refused = refused is Purpose.CONVERSATION or refused is purpose
    lacks = purpose is Purpose.MARKETING and not agreed
    may = not (blocked or not reached or is_refused or lacks or lately >= 2 or busy)
    assert (why_not(campaign, facts) is None) is (may and (template or not closed))


@pytest.mark.parametrize("text", ["Sale! Reply STOP to end.", "Sale! Stop: STOP"])
def test_an_advertisement_by_sms_says_how_to_end_them(text: str) -> None:
    assert with_hint(Text(text), None) == Text(text)
    assert with_hint(Text("Saldi!"), "it") == Text("Saldi! Rispondi STOP per non riceverne più.")
    assert recipient_id("a", "b") == "a|b"


@pytest.mark.parametrize("text", ["Our non-stop sale goes on!", "NON-STOP sale", "Don’t stop the music"])
def test_a_word_that_only_sounds_like_it_tells_nobody_how_to_end_them(text: str) -> None:
    assert with_hint(Text(text), "en") == Text(f"{text} Reply STOP to opt out.")
