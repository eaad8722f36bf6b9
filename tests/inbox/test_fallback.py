"""By another way: what did not arrive goes once, and no customer gets a message twice."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from connectors.content import Choice, Option, Options, Text
from connectors.contract import Capabilities
from connectors.errors import OptedOut, ProviderDown, RecipientRefused, SendFailed
from connectors.events import Fault
from inbox.fallback import SETTLES, SETTLES_LATE, Fallback, policy_of
from inbox.lines import Line, Pace
from inbox.model.channel import Channel
from inbox.model.commit import Commit, change_of
from inbox.model.message import BOT
from inbox.model.thread import Thread
from tests.inbox.factories import NOON, heard, told
from tests.inbox.office import Office, Provider

EXPIRED = Fault("TTL_EXPIRATION_REVOKED", "Not delivered in time; taken back.", elsewhere=True)
RICH = Capabilities(contents=frozenset({"text", "options"}), text_length=3072, options=11)
SMS = Capabilities(contents=frozenset({"text"}), text_length=1600, short_messages=True)


class Rich(Provider):
    """A provider that can take messages back, or says why not."""

    def __init__(self) -> None:
        super().__init__()
        self.capabilities = RICH
        self.taken_back: list[str] = []
        self.refuses: Exception | None = None

    async def take_back(self, external_id, *, to, account) -> None:
        self.taken_back.append(external_id)
        if self.refuses:
            raise self.refuses


class TwoLines:
    """The office's channel, and one for short messages."""

    def __init__(self, rich: Rich, sms: Provider) -> None:
        settings = {"fallback_channel": "sms", "fallback_minutes": "5"}
        first = Channel(id="whatsapp", kind="rcs", name="RCS", settings=settings, created_at=NOON)
        second = Channel(id="sms", kind="twilio", name="SMS", created_at=NOON)
        self.lines = {"whatsapp": Line(first, rich, Pace(None)), "sms": Line(second, sms, Pace(None))}

    async def get(self, channel_id: str):
        return self.lines.get(channel_id)


@pytest.fixture
async def desk(office: Office) -> Office:
    office.provider, office.sms = Rich(), Provider()
    office.sms.capabilities = SMS
    office.lines = TwoLines(office.provider, office.sms)
    office.outbox._lines = office.lines
    office.fallback = Fallback(office.store, office.bus, office.lines, office.clock)
    await office.hears("Hi")
    return office


def late(minutes: str):
    settings = {"fallback_channel": "b", "fallback_minutes": minutes}
    return policy_of(Channel(id="a", kind="rcs", name="A", settings=settings, created_at=NOON))


async def looks(office: Office) -> None:
    """The fallback and the outbox look at the conversation once."""
    conversation = await office.conversation()
    await office.fallback.run(conversation.id)
    await office.deliver()


async def sent(office: Office, text: str = "one"):
    (message,) = await office.says(text, author=BOT)
    await office.deliver()
    return message


async def the_message(office: Office):
    return next(m for m in await office.thread() if m.direction == "out" and not m.is_internal)


async def test_who_is_not_reached_gets_it_the_other_way_at_once(desk: Office) -> None:
    refused = RecipientRefused("Not reached by RCS.", code="404")
    refused.elsewhere = True
    desk.provider.answers = [refused]
    await sent(desk)
    await looks(desk)
    assert (desk.provider.taken, desk.sms.taken) == ([], ["one"])
    message = await the_message(desk)
    assert (message.via, message.status, message.external_key) == ("sms", "sent", "sms|wamid.1")
    (tried,) = message.attempts_elsewhere
    assert (tried.channel_id, tried.status, tried.error.code) == ("whatsapp", "failed", "404")
    await desk.take(replace(told("wamid.1", "delivered"), channel_id="sms"))
    assert (await the_message(desk)).status == "delivered"
    assert (await desk.conversation()).fallback is None


async def test_a_refusal_that_says_nothing_of_the_kind_stays_one(desk: Office) -> None:
    desk.provider.answers = [RecipientRefused("They blocked us.", code="403")]
    await sent(desk)
    await looks(desk)
    assert desk.sms.taken == [] and (await the_message(desk)).status == "failed"


async def test_what_the_provider_took_back_in_time_goes_the_other_way(desk: Office) -> None:
    message = await sent(desk)
    await desk.take(told("wamid.1", "failed", message_id=message.id, fault=EXPIRED))
    await looks(desk)
    assert desk.sms.taken == ["one"] and desk.provider.taken_back == []


async def test_what_may_still_arrive_does_not(desk: Office) -> None:
    message = await sent(desk)
    warning = Fault("TTL_EXPIRATION_REVOKE_FAILED", "It may still arrive.")
    await desk.take(told("wamid.1", "sent", message_id=message.id, fault=warning))
    desk.clock.forward(hours=1)
    await looks(desk)
    assert desk.sms.taken == [] and desk.provider.taken_back == []
    assert (await the_message(desk)).error == warning, "an agent is told"


async def test_what_is_late_is_taken_back_first_and_goes_after_a_pause(desk: Office) -> None:
    await sent(desk)
    desk.clock.forward(minutes=4)
    await looks(desk)
    assert desk.provider.taken_back == [], "too early"
    desk.clock.forward(minutes=1)
    await looks(desk)
    assert desk.provider.taken_back == ["wamid.1"] and desk.sms.taken == []
    desk.clock.at += SETTLES
    await looks(desk)
    await looks(desk)
    assert desk.sms.taken == ["one"] and desk.provider.taken_back == ["wamid.1"]


async def test_what_arrived_in_the_same_moment_does_not_go_again(desk: Office) -> None:
    message = await sent(desk)
    desk.clock.forward(minutes=5)
    await looks(desk)
    await desk.take(told("wamid.1", "delivered", message_id=message.id))
    desk.clock.forward(minutes=5)
    await looks(desk)
    assert desk.sms.taken == [] and (await the_message(desk)).status == "delivered"


async def test_what_arrived_before_the_other_way_was_gone_stays_where_it_is(desk: Office) -> None:
    message = await sent(desk)
    await desk.take(told("wamid.1", "failed", message_id=message.id, fault=EXPIRED))
    await desk.fallback.run((await desk.conversation()).id)
    await desk.take(told("wamid.1", "delivered", message_id=message.id))
    await desk.deliver()
    assert desk.sms.taken == []
    now = await the_message(desk)
    assert (now.status, now.via, now.content) == ("delivered", None, Text("one"))


async def test_a_late_report_of_the_first_way_is_shown_on_that_attempt(desk: Office) -> None:
    message = await sent(desk)
    await desk.take(told("wamid.1", "failed", message_id=message.id, fault=EXPIRED))
    await looks(desk)
    await desk.take(told("wamid.1", "read", message_id=message.id))
    now = await the_message(desk)
    assert (now.status, now.attempts_elsewhere[0].status) == ("sent", "read")


@pytest.mark.parametrize(
    ("error", "again"), [(SendFailed("No such message.", code="404"), False), (ProviderDown("Down."), True)]
)
async def test_without_the_providers_agreement_it_stays(desk: Office, error: Exception, again: bool) -> None:
    await sent(desk)
    desk.provider.refuses = error
    desk.clock.forward(minutes=5)
    await looks(desk)
    for _ in range(3):
        desk.clock.forward(minutes=5)
        await looks(desk)
    assert desk.sms.taken == []
    assert (len(desk.provider.taken_back) > 1) is again
    code = (await the_message(desk)).error
    assert code is None if again else code.code == "not_taken_back"


async def test_who_comes_late_waits_for_reports_that_had_to_wait_too(desk: Office) -> None:
    message = await sent(desk)
    desk.clock.forward(hours=1)  # nobody was there
    await looks(desk)
    desk.clock.at += SETTLES
    await looks(desk)
    assert desk.provider.taken_back == ["wamid.1"] and desk.sms.taken == []
    await desk.take(told("wamid.1", "delivered", message_id=message.id))
    desk.clock.at += SETTLES_LATE
    await looks(desk)
    assert desk.sms.taken == [] and (await the_message(desk)).status == "delivered"


@pytest.mark.parametrize("fault", [EXPIRED, None])
async def test_who_came_late_sends_it_once_google_says_so_or_says_nothing(
    desk: Office, fault: Fault | None
) -> None:
    message = await sent(desk)
    desk.clock.forward(hours=1)
    await looks(desk)
    if fault:
        await desk.take(told("wamid.1", "failed", message_id=message.id, fault=fault))
    else:
        desk.clock.at += SETTLES_LATE
    await looks(desk)
    await desk.take(told("wamid.1", "failed", message_id=message.id, fault=EXPIRED))
    await looks(desk)
    assert desk.sms.taken == ["one"]


async def test_a_warning_that_comes_while_it_is_taken_back_counts(desk: Office) -> None:
    message = await sent(desk)
    warning = Fault("TTL_EXPIRATION_REVOKE_FAILED", "It may still arrive.")

    async def take_back(external_id, *, to, account) -> None:
        await desk.take(told("wamid.1", "sent", message_id=message.id, fault=warning))

    desk.provider.take_back = take_back
    desk.clock.forward(minutes=5)
    for _ in range(2):
        await looks(desk)
        desk.clock.at += SETTLES
    assert desk.sms.taken == [] and (await the_message(desk)).error == warning


async def test_two_processes_send_it_once(desk: Office) -> None:
    await sent(desk)
    desk.clock.forward(minutes=5)
    await looks(desk)
    desk.clock.at += SETTLES
    other = Fallback(desk.store, desk.bus, desk.lines, desk.clock)
    at = (await desk.conversation()).id
    await asyncio.gather(*(f.run(at) for f in (desk.fallback, other) for _ in range(2)))
    await asyncio.gather(desk.deliver(), desk.deliver())
    assert desk.sms.taken == ["one"]


async def test_buttons_become_numbers_and_the_number_is_understood_there(desk: Office) -> None:
    asked = Options("Is that right?", [Option("Yes", "/affirm"), Option("No", "/deny")])

    async def work(session):
        thread = Thread(await desk.conversation(), desk.clock())
        thread.carries = RICH
        said = thread.say(BOT, asked)
        return Commit(conversations=[change_of(thread)]), said

    desk.provider.send = refusing
    commit, _ = await desk.store.change(work)
    desk.bus.publish(commit)
    await desk.deliver()
    await looks(desk)
    assert desk.sms.taken == ["Is that right?\n\nReply 1 for Yes\nReply 2 for No"]
    assert (await the_message(desk)).fitting.original == asked
    await desk.take(replace(heard("2"), channel_id="sms", channel_kind="twilio"))
    (there,) = [
        c
        for c in await desk.store.conversations.page({}, waiting=False, after=None, limit=9)
        if c.channel_id == "sms"
    ]
    page, _ = await desk.store.messages.page(there.id, before_seq=None, limit=9)
    assert page[0].content == Choice("No", "/deny", "text", typed="2")


async def refusing(message):
    error = RecipientRefused("Not reached.", code="404")
    error.elsewhere = True
    raise error


async def test_who_opted_out_of_the_other_channel_does_not_get_it_there(desk: Office) -> None:
    await desk.take(replace(heard("STOP"), channel_id="sms", channel_kind="twilio", carries=SMS))
    desk.provider.send = refusing
    conversations = await desk.store.conversations.page({}, waiting=False, after=None, limit=9)
    at = next(c for c in conversations if c.channel_id == "whatsapp").id

    async def work(session):
        thread = Thread(await desk.store.conversations.get(at, session), desk.clock())
        said = thread.say(BOT, Text("An offer"))
        return Commit(conversations=[change_of(thread)]), said

    await desk.store.change(work)
    await desk.outbox.run(at)
    await desk.fallback.run(at)
    await desk.outbox.run(at)
    assert "An offer" not in desk.sms.taken
    page, _ = await desk.store.messages.page(at, before_seq=None, limit=9)
    assert (page[-1].status, page[-1].error.code) == ("cancelled", "opted_out")


async def test_an_opt_out_told_by_the_other_channel_counts_there(desk: Office) -> None:
    desk.provider.send = refusing
    desk.sms.answers = [OptedOut("21610")]
    await sent(desk)
    await looks(desk)
    conversation = await desk.conversation()
    assert conversation.refusals == (), "the first channel has heard nothing"
    stands = await desk.store.consents.refusals(
        "sms", [i.key for i in conversation.to], conversation.contact_id
    )
    assert [r.source for r in stands] == ["refusal"]


def test_a_channel_without_another_way_has_none() -> None:
    assert policy_of(Channel(id="a", kind="rcs", name="A", created_at=NOON)) is None
    assert late("").after is None and late("0").after is None
    assert late("10").after == timedelta(minutes=10)
