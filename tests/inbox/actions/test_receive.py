"""What arrives, made into a commit: pure, so any order and any repetition can be tried."""

from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.content import Choice, Option, Options, Reaction, System, Text
from connectors.events import DeliveryStatus, Fault, Unreadable
from connectors.payloads import payloads_within
from inbox.actions.receive import Arrival, Known, Received, receive
from inbox.actions.reports import reported
from inbox.model.conversation import Speaker, SpeakerKind, Status
from inbox.model.ids import external_key
from inbox.model.message import AuthorKind
from inbox.model.thread import Thread
from tests.inbox.factories import (
    NOON,
    a_contact,
    a_conversation,
    a_message,
    bsuid,
    heard,
    moved,
    phone,
    told,
)

DAY = timedelta(hours=24)


class Shelf:
    """What a store would know, in memory."""

    def __init__(self, *values: Any) -> None:
        self.known = Known(
            messages=[v for v in values if hasattr(v, "external_key")],
            contacts=[v for v in values if hasattr(v, "identity_keys")],
            conversations=[v for v in values if hasattr(v, "speaker")],
        )
        self.quarantined: dict[str, Any] = {}

    def take(self, *arrivals: Arrival, now: Any = NOON) -> Received:
        """Receive in one batch and keep what comes of it."""
        commit, received = receive(list(arrivals), self.known, now=now, reopen=DAY)
        kept = {
            "contacts": [c.after for c in commit.contacts],
            "conversations": [c.after for c in commit.conversations],
            "messages": [m for c in commit.conversations for m in (*c.added, *c.changed)],
            "early": commit.early,
        }
        for name, values in kept.items():
            old = {v.id: v for v in getattr(self.known, name)}
            setattr(self.known, name, list((old | {v.id: v for v in values}).values()))
        self.quarantined |= {q.id: q for q in commit.quarantined}
        return received

    @property
    def thread(self) -> list[str]:
        """What the messages say, conversation by conversation, in their order."""
        ordered = sorted(self.known.messages, key=lambda m: (m.conversation_id, m.seq))
        return [m.content.text if isinstance(m.content, Text) else m.content.event for m in ordered]


BATCHES = st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=6), min_size=1, max_size=8)


@given(BATCHES)
def test_however_often_and_in_whatever_batches_it_comes_each_message_is_kept_once(batches) -> None:
    shelf = Shelf()
    for batch in batches:
        shelf.take(*(heard(f"text {n}", id=f"wamid.{n}") for n in batch))
    first_seen = list(dict.fromkeys(f"text {n}" for batch in batches for n in batch))
    assert shelf.thread == first_seen
    assert len(shelf.known.conversations) == len(shelf.known.contacts) == 1


@settings(max_examples=200)
@given(st.permutations(["sent", "delivered", "read", "delivered", "sent", "read"]), st.data())
def test_reports_in_any_order_and_any_batches_end_the_same(reports, data) -> None:
    conversation = a_conversation()
    message = a_message(conversation, external_key="whatsapp|wamid.1", external_id="wamid.1", status="sent")
    shelf = Shelf(conversation, message)
    while reports:
        size = data.draw(st.integers(1, len(reports)))
        shelf.take(*(told("wamid.1", status) for status in reports[:size]))
        reports = reports[size:]
    assert shelf.known.messages[0].status == "read"


def test_twenty_messages_of_one_webhook_are_twenty() -> None:
    shelf = Shelf()
    shelf.take(*(heard(f"text {n}") for n in range(20)))
    assert shelf.thread == [f"text {n}" for n in range(20)]
    assert shelf.known.conversations[0].unread_count == 20


def test_an_odd_part_harms_no_neighbour() -> None:
    shelf = Shelf()
    odd = Arrival("whatsapp", "whatsapp", Unreadable(reason="no sender", raw={"id": 1}))
    received = shelf.take(heard("before"), odd, heard("after"))
    assert shelf.thread == ["before", "after"]
    assert [q.reason for q in shelf.quarantined.values()] == ["no sender"]
    assert received.quarantined == list(shelf.quarantined)


def test_a_report_on_an_unknown_message_is_kept_for_later() -> None:
    shelf = Shelf()
    shelf.take(told("wamid.1", "sent"), told("wamid.1", "delivered"))
    shelf.take(told("wamid.1", "delivered"))
    assert [r.status for r in shelf.known.early[0].reports] == ["sent", "delivered"]


def test_only_names_that_are_news_are_followed() -> None:
    both = (bsuid("US.1"), phone())
    for to, is_news in (((phone(),), True), (both, False), (both[::-1], False), ((phone("+1"),), False)):
        conversation = a_conversation(to=to)
        message = a_message(conversation, external_key="whatsapp|w", external_id="w", status="sent")
        for identities in (both, ()):
            received = Shelf(conversation, message).take(told("w", "read", identities=identities))
            followed = [(conversation.id, both)] if is_news and identities else []
            assert received.acquaintances == followed


def test_a_report_that_carries_our_id_needs_no_receipt() -> None:
    conversation = a_conversation()
    message = a_message(conversation, status="sending", direction="out")
    shelf = Shelf(conversation, message)
    shelf.take(told("wamid.9", "sent", message_id=message.id))
    proven = shelf.known.messages[0]
    assert (proven.status, proven.external_id, proven.external_key) == ("sent", "wamid.9", "whatsapp|wamid.9")


def test_another_channels_report_does_not_touch_our_message() -> None:
    conversation = a_conversation(channel_id="other")
    message = a_message(conversation, status="sending")
    shelf = Shelf(conversation, message)
    shelf.take(told("wamid.9", "failed", message_id=message.id))
    assert shelf.known.messages[0].status == "sending"


def test_a_failure_says_why() -> None:
    conversation = a_conversation()
    message = a_message(conversation, status="sent", external_id="w", external_key="whatsapp|w")
    shelf = Shelf(conversation, message)
    shelf.take(told("w", "failed", fault=Fault("131026", "The customer cannot receive this.")))
    assert shelf.known.messages[0].error == Fault("131026", "The customer cannot receive this.")


def a_report(message, report) -> Any:
    thread = Thread(a_conversation(id=message.conversation_id), NOON)
    return reported(thread, message, report.event, external_key("whatsapp", report.event.external_id))


def test_the_failure_of_an_attempt_does_not_fail_the_next_one() -> None:
    queued_again = a_message(status="queued", external_id="first", external_key="whatsapp|first")
    assert a_report(queued_again, told("first", "failed")) is None
    under_way = a_message(status="sending", external_id="first", external_key="whatsapp|first")
    assert a_report(under_way, told("first", "failed")) is None
    sent_again = a_message(status="sent", external_id="second", external_key="whatsapp|second")
    assert a_report(sent_again, told("first", "failed", message_id=sent_again.id)) is None
    assert a_report(sent_again, told("second", "failed")).status == "failed"
    assert a_report(sent_again, told("first", "delivered", message_id=sent_again.id)).status == "delivered"


def test_a_message_reopens_what_was_resolved_a_moment_ago() -> None:
    contact = a_contact()
    resolved = a_conversation(
        contact_id=contact.id, status=Status.RESOLVED, resolved_at=NOON, speaker=Speaker(SpeakerKind.BOT)
    )
    shelf = Shelf(contact, resolved)
    shelf.take(heard("One more thing"), now=NOON + DAY - timedelta(seconds=1))
    assert [c.status for c in shelf.known.conversations] == ["open"]
    assert shelf.thread == ["reopened", "One more thing"]
    assert shelf.known.conversations[0].turn is not None


def test_a_message_a_day_later_begins_anew() -> None:
    contact = a_contact()
    resolved = a_conversation(contact_id=contact.id, status=Status.RESOLVED, resolved_at=NOON)
    shelf = Shelf(contact, resolved)
    shelf.take(heard("Hello again"), heard("Anybody?"), now=NOON + DAY)
    old, new = sorted(shelf.known.conversations, key=lambda c: c.id != resolved.id)
    assert (old.current, old.status) == (False, Status.RESOLVED)
    assert (new.current, new.status, new.seq) == (True, Status.OPEN, 2)


def test_a_redelivery_after_that_still_changes_nothing() -> None:
    contact = a_contact()
    resolved = a_conversation(contact_id=contact.id, status=Status.RESOLVED, resolved_at=NOON)
    before = a_message(resolved, external_id="w", external_key="whatsapp|w")
    shelf = Shelf(contact, resolved, before)
    received = shelf.take(heard("Hello", id="w"), now=NOON + 2 * DAY)
    assert (received.duplicates, len(shelf.known.conversations)) == (1, 1)
    assert received.messages["whatsapp|w"] == before


def test_a_customer_is_known_by_number_and_by_user_id() -> None:
    shelf = Shelf()
    shelf.take(heard("one", phone()))
    shelf.take(heard("two", bsuid("US.1"), phone()))
    shelf.take(heard("three", bsuid("US.1")))
    assert len(shelf.known.contacts) == len(shelf.known.conversations) == 1
    assert shelf.known.contacts[0].identity_keys == ("phone:+15550001111", "bsuid:US.1")
    assert shelf.known.conversations[0].to == (bsuid("US.1"),)


def test_two_contacts_that_turn_out_to_be_one_are_to_be_merged() -> None:
    shelf = Shelf()
    shelf.take(heard("one", phone()), heard("two", bsuid("US.1")))
    by_phone, by_user = shelf.known.contacts
    received = shelf.take(heard("three", bsuid("US.1"), phone()))
    assert received.merges == [(by_user.id, by_phone.id)]
    for contact in shelf.known.contacts:
        assert len(contact.identity_keys) == 1


def test_a_customer_who_moves_keeps_the_conversation_and_leaves_the_old_number() -> None:
    shelf = Shelf()
    shelf.take(heard("from the old one", phone("+1555")))
    shelf.take(moved((phone("+1555"),), (phone("+1666"),), System("user_changed_number", "moved")))
    shelf.take(heard("from the new one", phone("+1666")))
    shelf.take(heard("somebody else", phone("+1555")))
    mover, stranger = shelf.known.contacts
    assert mover.identity_keys == ("phone:+1666",)
    assert stranger.identity_keys == ("phone:+1555",)
    assert [c.seq for c in shelf.known.conversations] == [3, 1]


def test_when_staff_answers_on_the_phone_the_bot_falls_silent() -> None:
    shelf = Shelf()
    shelf.take(heard("Hello?"))
    shelf.take(heard("I am here", echo=True))
    conversation = shelf.known.conversations[0]
    assert conversation.speaker.kind is SpeakerKind.NOBODY
    assert conversation.turn is None
    assert conversation.waiting_since is None
    echo = next(m for m in shelf.known.messages if m.content == Text("I am here"))
    assert (echo.direction, echo.author.kind, echo.status) == ("out", AuthorKind.AGENT, DeliveryStatus.SENT)


def test_a_reaction_starts_no_turn() -> None:
    shelf = Shelf()
    commit, _ = receive([heard(Reaction("wamid.1", "👍"))], shelf.known, now=NOON, reopen=DAY)
    assert commit.conversations[0].after.turn is None


def test_a_payload_too_long_to_travel_is_put_back_in() -> None:
    offered = [
        Option(title="Return it", payload="/return" + "x" * 300),
        Option(title="Keep it", payload="/keep"),
    ]
    asked = a_message(content=Options("What now?", offered), external_key=external_key("whatsapp", "asked"))
    travelled = payloads_within(offered, 256)[0]
    shelf = Shelf(a_contact(), a_conversation(), asked)
    tap = heard(Choice("Return it", travelled), id="tap", reply_to="asked")
    forged = heard(Choice("Return it", travelled), id="forged", reply_to="something else")
    received = shelf.take(tap, forged)
    said = {m.external_id: m.content for m in received.messages.values()}
    assert said["tap"] == Choice("Return it", offered[0].payload)
    assert said["forged"] == Choice("Return it", "Return it")


def a_shelf_with(*arrivals: Arrival, now: Any = NOON) -> Any:
    """The conversation that comes of these, by a channel with a window of a day."""
    shelf = Shelf()
    for arrival in arrivals:
        shelf.take(msgspec.structs.replace(arrival, window=DAY), now=now)
    return shelf.known.conversations[-1]


def test_the_window_is_open_for_a_day_from_when_the_customer_wrote() -> None:
    late = NOON + timedelta(hours=5)
    assert a_shelf_with(heard("Hello"), now=late).window_closes_at == NOON + DAY
    assert a_shelf_with(heard("Hello"), now=NOON - timedelta(hours=1)).window_closes_at == NOON + timedelta(
        hours=23
    )
    shelf = Shelf()
    shelf.take(heard("Hello"))
    assert shelf.known.conversations[0].window_closes_at is None


def test_what_is_no_message_opens_no_window_and_an_old_one_closes_none() -> None:
    old = msgspec.structs.replace(heard("Earlier").event, sent_at=NOON - timedelta(hours=9))
    earlier = msgspec.structs.replace(heard("Earlier"), event=old)
    assert a_shelf_with(heard("Hello"), earlier).window_closes_at == NOON + DAY
    assert a_shelf_with(heard(System("user_changed_number"))).window_closes_at is None


async def test_what_is_kept_of_an_early_report_does_not_tell_whom_it_was_about() -> None:
    """It may stay for days, also of somebody who is erased meanwhile."""
    early = told("wamid.1", "delivered", identities=(phone(), bsuid("US.1")))
    commit, _ = receive([early], Known(), now=NOON, reopen=timedelta(hours=24))
    (kept,) = commit.early
    assert kept.reports[0].identities == ()
