"""Consent: what customers say about it, where it is kept, and that nothing leaves against it."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from connectors.content import Choice, System, Template, Text
from connectors.contract import Capabilities, StopWords
from connectors.errors import OptedOut, OptedOutOfMarketing
from connectors.events import ConsentGiven, Fault, Purpose
from inbox.actions import converse, triage
from inbox.actions.errors import Invalid
from inbox.actions.merge import merge_contacts
from inbox.actions.morning import say_or_keep
from inbox.actions.note_consent import note_consent
from inbox.actions.queueing import may_write
from inbox.model.message import BOT, SYSTEM
from inbox.model.people import WRITE, Principal
from tests.inbox.factories import an_agent, bsuid, heard, moved, phone, told
from tests.inbox.office import Office, says

MARCO = an_agent("Marco")
SMS = Capabilities(contents=frozenset({"text"}), text_length=1600, short_messages=True)
CLEAR = Capabilities(contents=frozenset({"text"}), text_length=1600, stop_words=StopWords.CLEAR)
OUT = "You are unsubscribed and will get no more messages from us here. Reply START to get them again."
INTO = "You will get messages from us again. Reply STOP to end them."


def written(text: str, carries: Capabilities = SMS, **fields):
    window = timedelta(hours=carries.window_hours) if carries.window_hours else None
    return replace(heard(text, **fields), carries=carries, window=window)


async def ledger(office: Office):
    return await office.store.consents.ledger((await office.conversation()).contact_id)


async def test_who_writes_stop_gets_one_confirmation_and_then_nothing(office: Office) -> None:
    await office.hears("Hi")
    await office.take(written("Stop!"))
    await office.says("An offer", author=BOT)
    await office.take(written("STOP"))
    await office.deliver()
    assert office.provider.taken == [OUT]
    assert (OUT, "sent") in await office.out() and ("An offer", "cancelled") in await office.out()
    (offer,) = [m for m in await office.thread() if m.content == Text("An offer")]
    assert offer.error.code == "opted_out" and "22 November 2026" in offer.error.message
    assert office.provider.asked[0].purpose is Purpose.CONSENT
    assert [(e.granted, e.words, e.source) for e in await ledger(office)] == [
        (False, "STOP", "words"),
        (False, "Stop!", "words"),
    ]


@pytest.mark.parametrize("author", [BOT, SYSTEM, converse.author_of(MARCO)])
async def test_it_is_enforced_whoever_writes(office: Office, author) -> None:
    await office.take(written("stop"))
    await office.deliver()
    await office.says("Hello?", author=author)
    await office.deliver()
    assert office.provider.taken == [OUT]


async def test_an_opt_out_opens_nothing_and_is_no_turn_of_the_bot(office: Office) -> None:
    conversation = await office.hears("Hi")
    await converse.resolve(office.desk, conversation.id, MARCO)
    office.clock.forward(days=3)
    await office.take(written("UNSUBSCRIBE"))
    now = await office.conversation()
    assert (now.id, now.status, now.turn, now.unread_count) == (conversation.id, "resolved", None, 0)
    assert now.refusals[0].words == "UNSUBSCRIBE" and now.waiting_since is None


async def test_an_opt_out_as_the_first_word_ever_makes_no_open_conversation(office: Office) -> None:
    await office.take(written("stop"))
    now = await office.conversation()
    assert (now.status, now.turn) == ("resolved", None)
    await office.deliver()
    assert office.provider.taken == [OUT]


async def test_a_turn_that_was_due_or_under_way_is_dropped(office: Office) -> None:
    await office.take(written("Hi"), written("stop"))
    await office.turn()
    assert office.bot.turns == []

    async def meanwhile(turn):
        await office.take(written("stop"))
        return says("Hello!")

    await office.take(written("start"), written("Hi again"))
    office.bot.script = meanwhile
    await office.turn()
    assert "Hello!" not in [text for text, _ in await office.out()]


async def test_start_lets_messages_through_again_and_says_so_once(office: Office) -> None:
    for word in ("stop", "START", "start"):
        await office.take(written(word))
    await office.says("Welcome back", author=BOT)
    await office.deliver()
    assert office.provider.taken == [OUT, INTO, "Welcome back"]
    assert (await office.conversation()).refusals == ()
    assert [e.granted for e in await ledger(office)] == [True, True, False]


async def test_start_from_somebody_who_never_stopped_is_for_the_bot_and_in_the_ledger(office: Office) -> None:
    await office.take(written("Start"))
    await office.turn()
    assert office.bot.turns[0].text == "Start"
    assert [e.granted for e in await ledger(office)] == [True]


async def test_the_bots_answer_is_not_awaited_by_whom_nothing_may_be_sent(office: Office) -> None:
    await office.take(written("stop"), written("Where is my order?"))
    now = await office.conversation()
    assert (now.speaker.kind, now.turn, now.status) == ("nobody", None, "open")
    assert now.waiting_since is not None


async def test_help_is_answered_on_sms_and_left_to_the_bot_elsewhere(office: Office) -> None:
    await office.take(written("HELP"))
    await office.turn()
    await office.deliver()
    assert office.bot.turns == [] and "Reply STOP" in office.provider.taken[0]
    await office.take(written("help", CLEAR))
    await office.turn()
    assert [turn.text for turn in office.bot.turns] == ["help"]


async def test_an_everyday_word_is_an_opt_out_only_where_it_means_nothing_else(office: Office) -> None:
    await office.take(written("cancel", CLEAR))
    assert (await office.conversation()).refusals == ()
    await office.take(written("stop", replace(CLEAR, stop_words=StopWords.NONE)))
    assert (await office.conversation()).refusals == ()
    await office.take(written("cancel"))
    assert (await office.conversation()).refusals


@pytest.mark.parametrize(
    ("number", "word", "confirmed"),
    [
        ("+393331234567", "basta", "Iscrizione annullata"),
        ("+4915112345678", "Abmelden", "Sie sind abgemeldet"),
        ("+919812345678", "बंद करो", "अब आपको"),
    ],
)
async def test_the_words_of_the_country_count_and_are_answered(
    office: Office, number: str, word: str, confirmed: str
) -> None:
    await office.take(replace(heard(word, phone(number)), carries=SMS))
    await office.deliver()
    assert office.provider.taken[0].startswith(confirmed)


async def test_a_word_of_another_country_is_a_message(office: Office) -> None:
    await office.take(replace(heard("basta", phone("+4915112345678")), carries=SMS))
    assert (await office.conversation()).refusals == ()


async def test_what_the_provider_confirmed_is_not_confirmed_again(office: Office) -> None:
    await office.take(written("STOP", consent=ConsentGiven(granted=False, is_confirmed=True)))
    await office.says("An offer", author=BOT)
    await office.deliver()
    assert office.provider.taken == []
    await office.take(written("START", consent=ConsentGiven(granted=True, is_confirmed=True)))
    await office.says("Hello", author=BOT)
    await office.deliver()
    assert office.provider.taken == ["Hello"]


async def test_a_switch_of_the_customers_is_a_wish_like_any_other(office: Office) -> None:
    conversation = await office.hears("Hi")
    await converse.resolve(office.desk, conversation.id, MARCO)
    off = ConsentGiven(granted=False, is_confirmed=True)
    await office.take(heard(System("unsubscribed"), consent=off, id="event:1"))
    now = await office.conversation()
    assert now.status == "resolved" and now.refusals[0].source == "provider"


async def test_who_refuses_marketing_still_gets_answers(office: Office) -> None:
    no = ConsentGiven(granted=False, purpose=Purpose.MARKETING, is_confirmed=True)
    await office.hears("Hi")
    await office.take(heard(System("marketing_stopped"), consent=no))
    await office.turn()
    conversation = await office.conversation()
    await converse.take_over(office.desk, conversation.id, MARCO, epoch=conversation.speaker.epoch)
    await office.deliver()
    for purpose in (Purpose.MARKETING, Purpose.CONVERSATION):
        await converse.reply(
            office.desk, conversation.id, MARCO, content=Text(purpose), client_id=None, purpose=purpose
        )
    await office.deliver()
    assert [text for text, status in await office.out() if status == "sent"] == ["conversation"]


@pytest.mark.parametrize(
    ("error", "purpose"), [(OptedOut("Blocked."), "conversation"), (OptedOutOfMarketing("No."), "marketing")]
)
async def test_a_refusal_of_the_providers_is_remembered(office: Office, error, purpose: str) -> None:
    await office.hears("Hi")
    await office.says("one", author=BOT)
    office.provider.answers = [error]
    await office.deliver()
    (refusal,) = (await office.conversation()).refusals
    assert (refusal.purpose, refusal.source, refusal.words) == (purpose, "refusal", str(error))
    await office.says("two", author=BOT)
    await office.deliver()
    assert ("two", "cancelled" if purpose == "conversation" else "sent") in await office.out()


async def test_a_report_that_the_customer_opted_out_is_remembered(office: Office) -> None:
    await office.hears("Hi")
    (message,) = await office.says("one", author=BOT)
    await office.deliver()
    fault = Fault("21610", "Opted out.", refused=Purpose.CONVERSATION)
    await office.take(told("wamid.1", "failed", message_id=message.id, fault=fault))
    await office.says("two", author=BOT)
    await office.deliver()
    assert office.provider.taken == ["one"]
    assert [e.source for e in await ledger(office)] == ["refusal"]


async def test_who_dies_after_the_opt_out_was_stored_still_confirms_it(office: Office) -> None:
    await office.take(written("stop"))
    other = office.another()
    await asyncio.gather(office.deliver(), other.deliver())
    assert office.provider.taken == [OUT]


async def test_a_confirmation_leaves_though_an_agent_takes_over(office: Office) -> None:
    await office.hears("Hi")
    await office.take(written("stop"))
    conversation = await office.conversation()
    await converse.take_over(office.desk, conversation.id, MARCO, epoch=conversation.speaker.epoch)
    await office.deliver()
    assert office.provider.taken == [OUT]


async def test_it_survives_a_merge_of_contacts(office: Office) -> None:
    await office.take(replace(heard("stop", phone()), carries=SMS))
    await office.take(replace(heard("Hi", bsuid("US.1")), carries=SMS))
    people = [c.contact_id for c in await all_of(office)]
    await merge_contacts(people[0], people[1], store=office.store, bus=office.bus, now=office.clock())
    for conversation in await all_of(office):
        kept = conversation.contact_id
        stands = await office.store.consents.refusals("whatsapp", ["bsuid:US.1"], kept)
        assert [r.purpose for r in stands] == ["conversation"]
        assert conversation.refusals or not conversation.current
    assert len(await office.store.consents.ledger(kept)) == 1
    await office.take(replace(heard("start", bsuid("US.1")), carries=SMS))
    assert await office.store.consents.refusals("whatsapp", ["phone:+15550001111"], kept) == ()


async def test_it_moves_with_the_person_and_stays_with_the_number(office: Office) -> None:
    old, new = phone("+15550001111"), phone("+15550002222")
    await office.take(replace(heard("stop", old), carries=SMS))
    await office.take(moved((old,), (new,), System("user_changed_number")))
    await office.says("To the new number", author=BOT)
    await office.deliver()
    assert office.provider.taken == [OUT], "the person moved, not their mind"
    await office.take(replace(heard("Hi", old, name="Somebody else"), carries=SMS))
    now = next(c for c in await all_of(office) if c.contact.name == "Somebody else")
    assert now.refusals, "and the number takes nothing until its new owner says so"
    await office.take(replace(heard("START", old), carries=SMS))
    assert next(c for c in await all_of(office) if c.contact.name == "Somebody else").refusals == ()


async def test_a_later_conversation_knows_of_it(office: Office) -> None:
    conversation = await office.hears("Hi")
    await office.take(written("stop"))
    await converse.resolve(office.desk, conversation.id, MARCO)
    office.clock.at += timedelta(days=9)
    await office.hears("Me again")
    now = await office.conversation()
    assert now.id != conversation.id and now.refusals[0].words == "stop"


async def test_another_channel_is_not_concerned(office: Office) -> None:
    await office.take(written("stop"))
    await office.take(replace(heard("Hi"), channel_id="sms2"))
    now = next(c for c in await all_of(office) if c.channel_id == "sms2")
    assert now.refusals == ()


async def test_a_colleague_writes_down_what_the_customer_said_on_the_phone(office: Office) -> None:
    conversation = await office.hears("Hi")
    with pytest.raises(Invalid):
        await note_consent(
            office.desk, conversation.id, MARCO, granted=False, purpose=Purpose.CONVERSATION, words=" "
        )
    for granted in (False, True):
        await note_consent(
            office.desk,
            conversation.id,
            MARCO,
            granted=granted,
            purpose=Purpose.CONVERSATION,
            words="Said so on the phone",
        )
    await office.deliver()
    assert office.provider.taken == [OUT, INTO]
    assert [(e.source, e.by) for e in await ledger(office)] == [("colleague", "Marco")] * 2


async def test_a_wish_in_own_words_goes_to_a_human(office: Office) -> None:
    office.bot.script = lambda turn: says("I did not get that.")
    office.turns._carries = lambda channel_id: asyncio.sleep(0, SMS)
    await office.take(written("please stop texting me"))
    await office.turn()
    now = await office.conversation()
    assert (now.speaker.kind, now.summary.reason, now.labels) == ("nobody", "consent", ("consent",))
    assert office.bot.turns == [] and now.refusals == ()
    assert not may_write(now, office.clock()), "no rule, no survey, no notice"
    shop = Principal(id="token:1", name="Shop", permissions=frozenset({WRITE}), is_user=False)
    with pytest.raises(Invalid, match="a colleague decides"):
        await say_or_keep(office.desk, now.id, shop, content=Text("Sale"), client_id="1")
    await triage.label(office.desk, now.id, MARCO, remove=["consent"])
    assert may_write(await office.conversation(), office.clock())


async def test_a_tapped_stop_of_the_bots_own_menu_is_no_opt_out(office: Office) -> None:
    await office.take(replace(heard(Choice("Stop", "/stop_order")), carries=SMS))
    assert (await office.conversation()).refusals == ()


async def test_after_the_window_only_a_template_leaves(office: Office) -> None:
    windowed = Capabilities(contents=frozenset({"text", "template"}), text_length=4096, window_hours=24)
    office.provider.capabilities = windowed
    await office.take(written("Hi", windowed))
    assert (await office.conversation()).window_closes_at == office.clock() + timedelta(hours=24)
    office.clock.forward(hours=24)
    await office.says("Too late", author=BOT)
    await office.deliver()
    (late,) = [m for m in await office.thread() if m.direction == "out"]
    assert (late.status, late.error.code, office.provider.asked) == ("failed", "window_closed", [])
    conversation = await office.conversation()
    await converse.take_over(office.desk, conversation.id, MARCO, epoch=conversation.speaker.epoch)
    await converse.reply(office.desk, conversation.id, MARCO, content=Template("hello", "en"), client_id=None)
    await office.deliver()
    assert [type(m.content) for m in office.provider.asked] == [Template]


async def test_an_old_message_that_comes_late_opens_no_window_of_today(office: Office) -> None:
    windowed = Capabilities(contents=frozenset({"text"}), text_length=4096, window_hours=24)
    office.clock.forward(days=2)
    await office.take(written("Sent two days ago", windowed))
    assert (await office.conversation()).window_closes_at < office.clock()


async def all_of(office: Office):
    return await office.store.conversations.page({}, waiting=False, after=None, limit=50)
