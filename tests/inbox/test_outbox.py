"""The only way out: in order, once, by the present speaker alone, and honest about what failed."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from connectors.contract import Outbound, Receipt
from connectors.errors import (
    ContentRefused,
    CredentialsRefused,
    OutcomeUnknown,
    ProviderDown,
    RecipientRefused,
    Throttled,
    Unreachable,
)
from inbox.actions import converse, outgoing
from inbox.model.message import BOT
from inbox.model.people import Principal
from inbox.model.retries import GIVE_UP
from inbox.pace import Pace
from inbox.store import StoreUnavailable
from tests.inbox.factories import NOON, an_agent, bsuid, heard, phone, told
from tests.inbox.office import Office, Provider, working
from tests.parley import until

MARCO, GIULIA = an_agent("Marco"), an_agent("Giulia")


async def test_what_is_queued_leaves_in_its_order(office: Office) -> None:
    await office.hears("Hi")
    await office.says("one", "two", "three", author=BOT)
    await office.deliver()
    assert office.provider.taken == ["one", "two", "three"]
    assert await office.out() == [("one", "sent"), ("two", "sent"), ("three", "sent")]
    assert (await office.conversation()).delivery is None
    to = (await office.conversation()).to
    assert [m.to for m in office.provider.asked] == [to] * 3


async def test_the_answer_to_a_send_tells_a_name_that_the_contact_lacked(office: Office) -> None:
    both, send = (bsuid("US.1"), phone()), office.provider.send

    async def telling(message: Outbound) -> Receipt:
        return replace(await send(message), identities=both)

    office.provider.send = telling
    await office.hears("Hi")
    await office.says("one", "two", "three", author=BOT)
    await office.deliver()
    assert [m.to for m in office.provider.asked] == [(phone(),), both, both]
    assert await office.out() == [("one", "sent"), ("two", "sent"), ("three", "sent")]
    conversation = await office.conversation()
    assert (conversation.to, conversation.delivery) == (both, None)
    (contact,) = await office.store.contacts.known_as([name.key for name in both])
    assert set(contact.identities) == set(both)


async def test_pages_are_told_of_every_rev(office: Office) -> None:
    await office.hears("Hi")
    await office.turn()
    await office.deliver()
    await office.take(heard("Again"))
    told = [change.after.rev for change in office.changes]
    assert told == list(range(1, (await office.conversation()).rev + 1))


async def test_a_message_is_marked_before_it_is_sent(office: Office) -> None:
    seen: list[str] = []

    async def look(message) -> None:
        seen.extend(m.status for m in await office.thread() if m.id == message.message_id)

    office.provider.answers = [look]
    await office.hears("Hi")
    await office.says("one", author=BOT)
    await office.deliver()
    assert seen == ["sending"]


async def test_a_passing_failure_holds_back_what_follows(office: Office) -> None:
    await office.hears("Hi")
    await office.says("one", "two", author=BOT)
    office.provider.answers = [ProviderDown("Down.")]
    await office.deliver()
    assert await office.out() == [("one", "queued"), ("two", "queued")]
    await office.deliver()
    assert len(office.provider.asked) == 1, "it waits"
    office.clock.forward(seconds=2)
    await office.says("three", author=BOT)
    await office.deliver()
    assert office.provider.taken == ["one", "two", "three"]


async def test_waits_grow_with_every_attempt(office: Office) -> None:
    await office.hears("Hi")
    await office.says("one", author=BOT)
    office.provider.answers = [Unreachable("No way.")] * 6
    waits = []
    for _ in range(6):
        await office.deliver()
        due = (await office.conversation()).delivery.at
        waits.append((due - office.clock()).total_seconds())
        office.clock.at = due
    assert all(2**n / 2 <= wait <= 2**n for n, wait in enumerate(waits))
    await office.deliver()
    assert await office.out() == [("one", "sent")]


async def test_the_providers_wish_is_the_least(office: Office) -> None:
    await office.hears("Hi")
    await office.says("one", author=BOT)
    office.provider.answers = [Throttled("Slow down.", retry_after=90, scope="recipient")]
    await office.deliver()
    assert ((await office.conversation()).delivery.at - office.clock()).total_seconds() >= 90


@pytest.mark.parametrize(
    "error", [RecipientRefused("Not here."), ContentRefused("What?"), ValueError("ours")]
)
async def test_a_refusal_is_a_dead_letter_and_the_rest_goes_on(office: Office, error: Exception) -> None:
    await office.hears("Hi")
    await office.says("one", "two", author=BOT)
    office.provider.answers = [error]
    await office.deliver()
    assert await office.out() == [("one", "failed"), ("two", "sent")]
    (dead,) = await office.store.messages.dead(10)
    assert dead.content.text == "one"
    assert dead.error.message


async def test_what_failed_for_a_day_is_given_up(office: Office) -> None:
    await office.hears("Hi")
    await office.says("one", author=BOT)
    office.clock.at += GIVE_UP
    office.provider.answers = [Unreachable("No way.")]
    await office.deliver()
    assert await office.out() == [("one", "failed")]


async def test_a_dead_letter_can_be_sent_again(office: Office) -> None:
    await office.hears("Hi")
    (message,) = await office.says("one", author=BOT)
    office.provider.answers = [RecipientRefused("Not here.")]
    await office.deliver()
    again = await outgoing.retry(office.desk, message.id, MARCO)
    assert (again.status, again.error, again.attempts) == ("queued", None, 0)
    await office.deliver()
    assert await office.out() == [("one", "sent")]


async def test_a_late_report_on_the_failed_attempt_does_not_fail_the_retry(office: Office) -> None:
    await office.hears("Hi")
    (message,) = await office.says("one", author=BOT)
    await office.deliver()
    failure = told("wamid.1", "failed", message_id=message.id)
    await office.take(failure)
    await outgoing.retry(office.desk, message.id, MARCO)
    await office.take(failure)
    assert await office.out() == [("one", "queued")]
    await office.deliver()
    await office.take(failure)
    assert await office.out() == [("one", "sent")]
    await office.take(told("wamid.2", "delivered"))
    assert await office.out() == [("one", "delivered")]


async def test_only_what_failed_can_be_sent_again(office: Office) -> None:
    await office.hears("Hi")
    (message,) = await office.says("one", author=BOT)
    await office.deliver()
    with pytest.raises(converse.Invalid):
        await outgoing.retry(office.desk, message.id, MARCO)


async def test_void_credentials_are_told_to_the_admin_and_the_message_waits(office: Office) -> None:
    await office.store.channels.add(office.lines.line.channel)
    await office.hears("Hi")
    await office.says("one", author=BOT)
    office.provider.answers = [CredentialsRefused("The token is void.")]
    await office.deliver()
    channel = await office.store.channels.get("whatsapp")
    assert (channel.health.state, channel.health.detail) == ("bad", "The token is void.")
    assert await office.out() == [("one", "queued")]
    office.lines.line = office.lines.line._replace(channel=channel)
    office.clock.forward(minutes=2)
    await office.deliver()
    assert (await office.store.channels.get("whatsapp")).health.state == "good"


async def test_a_channel_that_is_gone_says_so(office: Office) -> None:
    await office.hears("Hi")
    await office.says("one", author=BOT)
    office.lines.line = None
    await office.deliver()
    assert await office.out() == [("one", "failed")]
    assert (await office.thread())[-1].error.code == "no_channel"


async def test_a_held_channel_keeps_no_place_in_the_outbox(office: Office) -> None:
    await office.hears("Hi")
    await office.says("one", author=BOT)
    office.lines.line.slow_down(300)
    async with asyncio.timeout(30):
        await office.deliver()
    wait = ((await office.conversation()).delivery.at - office.clock()).total_seconds()
    assert 299 < wait < 451
    assert office.provider.asked == []


async def test_a_channels_rate_is_kept(office: Office) -> None:
    office.lines.line = office.lines.line._replace(rate=Pace(20))
    await office.hears("Hi")
    await office.says(*"123456", author=BOT)
    began = asyncio.get_running_loop().time()
    await office.deliver()
    assert asyncio.get_running_loop().time() - began >= 5 / 20


# One speaker.


async def test_the_bots_words_are_not_sent_once_a_human_has_taken_over(office: Office) -> None:
    conversation = await office.hears("Hi")
    await office.says("from the bot", author=BOT)
    await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
    await office.deliver()
    assert office.provider.asked == []
    cancelled = next(m for m in await office.thread() if m.author.kind == "bot")
    assert (cancelled.status, cancelled.error.code) == ("cancelled", "stale_speaker")


async def test_a_colleague_who_takes_over_cancels_what_was_queued(office: Office) -> None:
    conversation = await office.hears("Hi")
    taken = await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
    await say(office, conversation.id, MARCO, "from Marco")
    await converse.take_over(office.desk, conversation.id, GIULIA, epoch=taken.speaker.epoch)
    await say(office, conversation.id, GIULIA, "from Giulia")
    await office.deliver()
    assert await office.out() == [("from Marco", "cancelled"), ("from Giulia", "sent")]


@pytest.mark.parametrize("farewell", ["resolve", "hand_back"])
async def test_what_an_agent_said_before_leaving_still_goes_out(office: Office, farewell: str) -> None:
    conversation = await office.hears("Hi")
    await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
    await say(office, conversation.id, MARCO, "Bye!")
    await leave(office, conversation.id, farewell)
    await office.deliver()
    assert await office.out() == [("Bye!", "sent")]


@pytest.mark.parametrize("farewell", ["resolve", "hand_back"])
async def test_it_goes_out_also_if_its_first_attempt_was_under_way(office: Office, farewell: str) -> None:
    conversation = await office.hears("Hi")
    await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
    await say(office, conversation.id, MARCO, "Bye!")

    async def meanwhile(message) -> Exception:
        await leave(office, conversation.id, farewell)
        return Throttled("Slow down.", scope="recipient")

    office.provider.answers = [meanwhile]
    await office.deliver()
    office.clock.forward(minutes=1)
    await office.deliver()
    assert await office.out() == [("Bye!", "sent")]


@pytest.mark.parametrize("who", [MARCO, GIULIA])
async def test_it_goes_out_also_if_a_human_is_back_before_it_left(office: Office, who: Principal) -> None:
    conversation = await office.hears("Hi")
    await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
    await say(office, conversation.id, MARCO, "Bye!")
    given = await converse.hand_back(office.desk, conversation.id, MARCO, outcome="unresolved", note=None)
    await office.says("from the bot", author=BOT)
    await converse.take_over(office.desk, conversation.id, who, epoch=given.speaker.epoch)
    await say(office, conversation.id, who, "Me again")
    await office.deliver()
    expected = [("Bye!", "sent"), ("from the bot", "cancelled"), ("Me again", "sent")]
    assert await office.out() == expected


async def test_a_takeover_in_the_middle_of_an_attempt_ends_the_retries(office: Office) -> None:
    conversation = await office.hears("Hi")
    await office.says("from the bot", author=BOT)

    async def meanwhile(message) -> Exception:
        await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
        return ProviderDown("Down.")

    office.provider.answers = [meanwhile]
    await office.deliver()
    office.clock.forward(minutes=1)
    await office.deliver()
    assert office.provider.taken == []
    assert await office.out() == [("from the bot", "cancelled")]


async def test_the_bots_retries_do_not_hold_back_the_human(office: Office) -> None:
    conversation = await office.hears("Hi")
    await office.says("from the bot", author=BOT)
    office.provider.answers = [Throttled("Slow down.", retry_after=3600, scope="recipient")]
    await office.deliver()
    await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
    await say(office, conversation.id, MARCO, "from Marco")
    await office.deliver()
    assert await office.out() == [("from the bot", "cancelled"), ("from Marco", "sent")]


async def say(office: Office, conversation_id: str, who, text: str) -> None:
    from connectors.content import Text

    await converse.reply(office.desk, conversation_id, who, content=Text(text), client_id=None)


async def leave(office: Office, conversation_id: str, farewell: str) -> None:
    if farewell == "resolve":
        await converse.resolve(office.desk, conversation_id, MARCO)
    else:
        await converse.hand_back(office.desk, conversation_id, MARCO, outcome="resolved", note=None)


# Once, whatever breaks.


async def test_two_processes_send_a_message_once(office: Office) -> None:
    await office.hears("Hi")
    await office.says(*"abcdef", author=BOT)
    other = office.another()
    await asyncio.gather(*(o.deliver() for o in (office, other) for _ in range(3)))
    assert office.provider.taken == list("abcdef")


async def test_a_broken_line_waits_for_the_providers_word(office: Office) -> None:
    await office.hears("Hi")
    (message,) = await office.says("one", author=BOT)
    office.provider.answers = [OutcomeUnknown("The line broke.")]
    await office.deliver()
    assert await office.out() == [("one", "sending")]
    await office.take(told("wamid.9", "sent", message_id=message.id))
    office.clock.forward(seconds=40)
    await office.deliver()
    assert len(office.provider.asked) == 1
    assert await office.out() == [("one", "sent")]


async def test_without_such_a_word_it_is_sent_again(office: Office) -> None:
    await office.hears("Hi")
    await office.says("one", "two", author=BOT)
    office.provider.answers = [OutcomeUnknown("The line broke.")]
    await office.deliver()
    office.clock.forward(seconds=20)
    await office.deliver()
    assert len(office.provider.asked) == 1, "too early"
    office.clock.forward(seconds=20)
    await office.deliver()
    assert office.provider.taken == ["one", "two"]


async def killed_while_sending(office: Office) -> None:
    """A process dies after the provider took the message and before the receipt was written."""
    on_its_way = asyncio.Event()

    async def take_and_hang(message) -> None:
        office.provider.taken.append(message.content.text)
        on_its_way.set()
        await asyncio.sleep(3600)

    async def never(*_) -> bool:
        return False

    office.provider.answers = [take_and_hang]
    process = asyncio.create_task(office.another().deliver())
    await on_its_way.wait()
    office.store.conversations.postpone = never  # killed: it cannot even give the delivery back
    process.cancel()
    await asyncio.gather(process, return_exceptions=True)
    del office.store.conversations.postpone


async def test_who_dies_while_sending_leaves_it_to_the_report(office: Office) -> None:
    await office.hears("Hi")
    (message,) = await office.says("one", author=BOT)
    await killed_while_sending(office)
    await office.deliver()
    assert len(office.provider.asked) == 1, "the lease runs"
    office.clock.forward(minutes=10)
    await office.deliver()
    assert len(office.provider.asked) == 1, "a report may still come, now that somebody is there to hear it"
    await office.take(told("wamid.9", "delivered", message_id=message.id))
    office.clock.forward(seconds=40)
    await office.deliver()
    assert office.provider.taken == ["one"]
    assert await office.out() == [("one", "delivered")]


async def test_who_was_there_all_along_waits_for_the_report_from_the_attempt_on(office: Office) -> None:
    await office.hears("Hi")
    await office.says("one", author=BOT)
    office.outbox.worker.steady_since = office.clock()
    await killed_while_sending(office)
    office.clock.forward(seconds=10)
    await office.deliver()
    assert len(office.provider.asked) == 1
    office.clock.forward(seconds=19)
    await office.deliver()
    assert len(office.provider.asked) == 1, "a report may still come"
    office.clock.forward(seconds=2)
    await office.deliver()
    assert office.provider.taken == ["one", "one"]


async def test_a_report_ends_the_wait_of_what_follows(office: Office) -> None:
    await office.hears("Hi")
    message, _ = await office.says("one", "two", author=BOT)
    office.provider.answers = [OutcomeUnknown("The line broke.")]
    await office.deliver()
    await office.take(told("wamid.9", "sent", message_id=message.id))
    await office.deliver()
    assert await office.out() == [("one", "sent"), ("two", "sent")]
    assert office.provider.taken == ["two"]


async def test_who_stops_while_sending_gives_the_delivery_back_with_its_doubt(office: Office) -> None:
    await office.hears("Hi")
    await office.says("one", author=BOT)
    on_its_way = asyncio.Event()

    async def hangs(message) -> None:
        on_its_way.set()
        await asyncio.sleep(3600)

    office.provider.answers = [hangs]
    stopping = office.another()
    stopping.outbox.worker.start()
    await on_its_way.wait()
    await stopping.outbox.worker.stop(0.01)
    assert (await office.conversation()).delivery.owner is None
    await office.deliver()
    assert len(office.provider.asked) == 1, "the provider may have it"
    office.clock.forward(seconds=31)
    await office.deliver()
    assert office.provider.taken == ["one"]


async def test_who_stops_sends_no_more_than_it_has_begun(office: Office) -> None:
    await office.hears("Hi")
    await office.says("one", "two", "three", author=BOT)
    stopping = office.another()
    begun = asyncio.Event()

    async def slowly(message) -> None:
        begun.set()
        await asyncio.sleep(0.3)

    office.provider.answers = [slowly]
    stopping.outbox.worker.start()
    await begun.wait()
    await stopping.outbox.worker.stop()
    assert office.provider.taken == ["one"]
    await office.deliver()
    assert office.provider.taken == ["one", "two", "three"]


async def test_who_stood_still_for_longer_than_its_lease_does_not_send(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.hears("Hi")
    await office.says("one", author=BOT)
    monkeypatch.setattr("inbox.leases.LEASE", timedelta(seconds=-1))
    await office.deliver()
    assert office.provider.asked == []
    assert await office.out() == [("one", "queued")]
    monkeypatch.undo()
    await office.deliver()
    assert office.provider.taken == ["one"]


async def test_without_a_report_the_successor_sends_it(office: Office) -> None:
    await office.hears("Hi")
    await office.says("one", "two", author=BOT)
    await killed_while_sending(office)
    office.provider.taken.clear()
    for _ in range(2):
        office.clock.forward(minutes=2)
        await office.deliver()
    assert office.provider.taken == ["one", "two"]


async def test_an_idempotent_provider_needs_no_such_wait(office: Office) -> None:
    office.provider = office.lines.line.connector
    office.lines.line = office.lines.line._replace(connector=(provider := Provider(idempotent=True)))
    office.provider = provider
    await office.hears("Hi")
    await office.says("one", author=BOT)
    await killed_while_sending(office)
    office.clock.forward(seconds=61)
    await office.deliver()
    assert [m.attempt for m in provider.asked] == [1, 2]
    assert await office.out() == [("one", "sent")]


async def test_a_doubt_that_a_takeover_ends_is_told_as_a_doubt(office: Office) -> None:
    conversation = await office.hears("Hi")
    await office.says("one", author=BOT)
    office.provider.answers = [OutcomeUnknown("The line broke.")]
    await office.deliver()
    await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
    office.clock.forward(minutes=1)
    await office.deliver()
    (doubtful,) = [m for m in await office.thread() if m.author.kind == "bot"]
    assert doubtful.status == "cancelled"
    assert doubtful.error.message.startswith("Perhaps sent")


async def test_a_receipt_survives_a_store_that_is_gone_for_a_moment(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.outbox._PATIENT_TRIES", (0.01, 0.01))
    await office.hears("Hi")
    await office.says("one", author=BOT)
    failures = [StoreUnavailable("gone"), StoreUnavailable("gone")]

    def failing(change):
        async def fails(*work, **how):
            if failures:
                raise failures.pop()
            return await change(*work, **how)

        return fails

    async def take(message) -> None:
        office.store.change = failing(office.store.change)
        office.store.change_in_one_go = failing(office.store.change_in_one_go)

    office.provider.answers = [take]
    await office.deliver()
    assert failures == []
    assert await office.out() == [("one", "sent")]


async def test_an_id_that_the_provider_gives_twice_blocks_nothing(office: Office) -> None:
    await office.hears("Hi")
    office.provider.answers = ["wamid.same", "wamid.same"]
    await office.says("one", "two", author=BOT)
    await office.deliver()
    assert await office.out() == [("one", "sent"), ("two", "sent")]


async def test_a_report_that_overtakes_the_receipt_counts(office: Office) -> None:
    await office.hears("Hi")
    await office.says("one", author=BOT)

    async def reports_first(message) -> str:
        await office.take(told("wamid.7", "sent"), told("wamid.7", "delivered"))
        return "wamid.7"

    office.provider.answers = [reports_first]
    await office.deliver()
    assert await office.out() == [("one", "delivered")]
    assert await office.store.messages.early(["whatsapp|wamid.7"]) == []


async def test_a_report_that_was_missed_by_a_hair_is_found_by_the_sweep(office: Office) -> None:
    await office.hears("Hi")
    await office.says("one", author=BOT)
    await office.take(*(told(f"wamid.other.{n}", "read") for n in range(600)))
    await office.deliver()
    # Two commits that saw nothing of each other: the receipt is there, and so is the early report.
    early = told("wamid.1", "read").event
    await office.store._database.early_statuses.insert_one(
        {"_id": "whatsapp|wamid.1", "reports": [{"external_id": "wamid.1", "status": "read", "at": early.at}]}
        | {"at": early.at}
    )
    await office.outbox.early.sweep()
    assert await office.out() == [("one", "read")]
    await office.outbox.early.sweep()


async def test_workers_find_what_nobody_told_them_of(office: Office) -> None:
    await office.hears("Hi")
    await office.says("one", author=BOT)
    async with working(office.another()):
        await until(lambda: office.provider.taken == ["one", "You said: Hi"])


async def test_a_reaction_to_a_commit_is_at_once(office: Office) -> None:
    async with working(office):
        await office.take(heard("Hi"))
        await until(lambda: office.provider.taken == ["You said: Hi"])


async def test_what_was_queued_goes_out_without_reading_it_again(office: Office) -> None:
    conversation = await office.hears("Hello")
    await office.says("One", "Two", "Three", author=BOT)
    database = office.store._database
    await database.command("profile", 2)
    await office.outbox.run(conversation.id)
    await database.command("profile", 0)
    asked = {"op": {"$in": ["query", "command", "insert", "update"]}, "ns": {"$not": {"$regex": "profile"}}}
    told = await database["system.profile"].find(asked).to_list(None)
    await database["system.profile"].drop()
    read = [each["ns"].rpartition(".")[2] for each in told if each["op"] == "query"]
    assert office.provider.taken == ["One", "Two", "Three"]
    assert (await office.conversation()).delivery is None
    assert read.count("conversations") == 0
    assert read.count("messages") == 1  # what is queued, once


async def test_another_who_has_claimed_it_meanwhile_keeps_the_claim(office: Office) -> None:
    conversation = await office.hears("Hello")
    await office.says("One", author=BOT)

    async def stolen(outbound: Outbound) -> None:
        """The lease ran out while the provider was slow."""
        theirs = {"delivery.owner": "another", "delivery.at": NOON + timedelta(hours=1)}
        await office.store._database.conversations.update_one({"_id": conversation.id}, {"$set": theirs})

    office.provider.answers = [stolen]
    await office.outbox.run(conversation.id)
    assert (await office.conversation()).delivery.owner == "another"
    assert await office.out() == [("One", "sent")]
