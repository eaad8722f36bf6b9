"""What the SMS providers send becomes events, whole and in order."""

from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from connectors.content import Content, Text, Unsupported
from connectors.contract import Connector
from connectors.events import ConsentGiven, IdentityKind, MessageReceived, Purpose, StatusChanged, Unreadable
from connectors.registry import complete, kind_of
from tests.connectors.conftest import NOW
from tests.connectors.sms import samples
from tests.connectors.sms.providers import (
    HOOK,
    INFOBIP,
    KALEYRA,
    PROVIDERS,
    TWILIO,
    TWILIO_EVENTS,
    TWILIO_WHATSAPP,
    VONAGE,
    Provider,
    a_request,
)


def connected(provider: Provider, http: aiohttp.ClientSession | None = None, **more: str) -> Connector:
    kind = kind_of(provider.kind)
    return kind.connect(complete(kind, provider.settings | more), http=http, clock=lambda: NOW)  # type: ignore[arg-type]


def events_of(provider: Provider, said: Any, **more: str) -> list[Any]:
    connector, webhook = connected(provider, **more), provider.webhook(said)
    connector.verify(webhook)
    return connector.parse(webhook)


@pytest.mark.parametrize(("name", "said", "contents"), samples.MESSAGES)
def test_a_message_is_read(name: str, said: Any, contents: list[Content]) -> None:
    events = events_of(PROVIDERS[name], said)
    assert [event.content for event in events] == contents
    assert len({event.external_id for event in events}) == len(contents)
    for event in events:
        assert [identity.key for identity in event.identities] == ["phone:+16505550101"]
        assert event.sent_at.tzinfo is not None


@pytest.mark.parametrize(("name", "said", "raw_type"), samples.UNKNOWN_TYPES)
def test_what_cannot_be_shown_is_kept_under_its_own_name(name: str, said: Any, raw_type: str) -> None:
    (event,) = events_of(PROVIDERS[name], said)
    assert isinstance(event.content, Unsupported)
    assert event.content.raw_type == raw_type
    assert event.content.raw


@pytest.mark.parametrize(("name", "said", "reports"), samples.REPORTS)
def test_a_report_is_read(name: str, said: Any, reports: list[tuple[str, str, str | None]]) -> None:
    events = events_of(PROVIDERS[name], said)
    assert [(e.external_id, str(e.status), e.fault and e.fault.code) for e in events] == reports
    assert all(event.fault.message for event in events if event.fault)


@pytest.mark.parametrize(
    ("name", "said"),
    [(name, said) for name, said, _ in samples.MESSAGES + samples.REPORTS],  # type: ignore[operator]
)
def test_what_comes_again_has_the_same_id(name: str, said: Any) -> None:
    first, second = (events_of(PROVIDERS[name], said) for _ in range(2))
    assert [each.external_id for each in first] == [each.external_id for each in second]


def test_times_and_accounts_are_the_providers() -> None:
    at = datetime(2026, 11, 20, 12, 34, 56, tzinfo=UTC)
    for name, said, account in (
        ("vonage", samples.vonage(), "+15550100200"),
        ("vonage-messages", samples.vonage_message(), "+15550100200"),
        ("infobip", samples.results(samples.infobip()), "+15550100200"),
        ("sinch", samples.sinch(), "+15550100200"),
        ("kaleyra", samples.kaleyra(), "+15550100200"),
        ("twilio-events", [samples.twilio_event("inbound-message.received", body="Hi")], "+15550100200"),
    ):
        (event,) = events_of(PROVIDERS[name], said)
        assert (event.sent_at, event.account) == (at, account), name
    (event,) = events_of(TWILIO_WHATSAPP, samples.whatsapp())
    assert event.account == "whatsapp:+15550100200" == kind_of("twilio").account(TWILIO_WHATSAPP.settings)
    assert event.profile.name == "Giulia"


@pytest.mark.parametrize("name", ["vonage", "vonage-messages", "infobip", "sinch", "kaleyra"])
def test_a_report_carries_our_own_id_back(name: str) -> None:
    said = {
        "vonage": samples.vonage_receipt("delivered"),
        "vonage-messages": samples.vonage_status("delivered"),
        "infobip": samples.results(samples.infobip_report("DELIVERED", "DELIVERED_TO_HANDSET")),
        "sinch": samples.sinch_report("Delivered"),
        "kaleyra": samples.kaleyra_report("DELIVRD"),
    }[name]
    (event,) = events_of(PROVIDERS[name], said)
    assert event.message_id == "m1"


def test_twilio_carries_our_id_in_the_address_of_the_callback() -> None:
    webhook = TWILIO.webhook(samples.twilio_report("sent"), url=f"{HOOK}?parley_id=m1")
    connector = connected(TWILIO)
    connector.verify(webhook)
    (event,) = connector.parse(webhook)
    assert isinstance(event, StatusChanged)
    assert event.message_id == "m1"


@pytest.mark.parametrize(
    ("word", "consent"),
    [
        ("STOP", ConsentGiven(granted=False, is_confirmed=True)),
        ("START", ConsentGiven(granted=True, is_confirmed=True)),
        ("HELP", None),
        ("", None),
    ],
)
def test_what_twilio_has_answered_by_itself_is_told(word: str, consent: ConsentGiven | None) -> None:
    (event,) = events_of(TWILIO, samples.twilio(Body="BASTA", OptOutType=word))
    assert (event.consent, event.content) == (consent, Text("BASTA"))
    assert event.is_answered is bool(word)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("twilio", samples.twilio_report("undelivered", ErrorCode="21610")),
        ("vonage", samples.vonage_receipt("failed", "9")),
        ("infobip", samples.results(samples.infobip_report("REJECTED", "REJECTED_DND"))),
        ("sinch", samples.sinch_report("Aborted", 408)),
        ("kaleyra", samples.kaleyra_report("NOT-SENT", "OPT-OUT")),
    ],
)
def test_a_refusal_of_the_customers_is_told_as_one(name: str, said: Any) -> None:
    (event,) = events_of(PROVIDERS[name], said)
    assert event.fault.refused is Purpose.CONVERSATION
    assert not event.fault.elsewhere


def test_a_customer_without_a_number_is_known_by_the_id() -> None:
    said = samples.whatsapp(From="whatsapp:US.13491208655302741918", WaId="", ExternalUserId="")
    (event,) = events_of(TWILIO_WHATSAPP, said)
    assert [(i.kind, i.value) for i in event.identities] == [(IdentityKind.BSUID, "US.13491208655302741918")]
    said = samples.whatsapp(ExternalUserId="whatsapp:US.13491208655302741918")
    (event,) = events_of(TWILIO_WHATSAPP, said)
    assert [i.kind for i in event.identities] == [IdentityKind.BSUID, IdentityKind.PHONE]


def test_replies_forwards_and_advertisements_are_kept() -> None:
    (event,) = events_of(
        TWILIO_WHATSAPP,
        samples.whatsapp(
            OriginalRepliedMessageSid="SM0",
            FrequentlyForwarded="true",
            ReferralSourceId="ad1",
            ReferralBody="Buy",
        ),
    )
    assert (event.reply_to, event.forwarded) == ("SM0", True)
    assert event.referral == {"ReferralSourceId": "ad1", "ReferralBody": "Buy"}


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("+1 (650) 555-0101", "phone:+16505550101"),
        ("0016505550101", "phone:+16505550101"),
        ("16505550101", "phone:+16505550101"),
        ("12345", "user:sms:12345"),
        ("MyBank", "user:sms:MyBank"),
        ("+999999999999", "phone:+999999999999"),
    ],
)
def test_a_sender_is_known_however_it_is_written(written: str, key: str) -> None:
    (event,) = events_of(VONAGE, samples.vonage(msisdn=written))
    assert [identity.key for identity in event.identities] == [key]


def test_what_cannot_be_read_harms_nothing_beside_it() -> None:
    said = samples.results(
        samples.infobip(messageId="1"),
        {"messageId": None, "from": "1", "text": "lost?"},
        samples.infobip_report("SOMETHING", "NEW"),
        samples.infobip(messageId="2", **{"from": ""}),
    )
    said["results"].insert(1, "no object")
    events = events_of(INFOBIP, said)
    assert [type(event) for event in events].count(MessageReceived) == 1
    unread = [event for event in events if isinstance(event, Unreadable)]
    assert len(unread) == 4
    assert {"messageId": None, "from": "1", "text": "lost?"} in [event.raw for event in unread]
    events = events_of(TWILIO_EVENTS, [samples.twilio_event("inbound-message.received", body="Hi"), 7, {}])
    assert [type(event) for event in events] == [MessageReceived, Unreadable, Unreadable]


class TestKaleyrasNames:
    """Each account of Kaleyra's calls the fields of its callbacks as it likes."""

    MAP = "from=customer_no, to=our_no; body=txt\nid=ref_id, at=when, type=kind"

    def test_fields_are_found_by_the_channels_own_names(self) -> None:
        said = {"customer_no": "16505550101", "our_no": "15550100200", "txt": "Hi", "ref_id": "7", "when": ""}
        (event,) = events_of(KALEYRA, said, fields=self.MAP)
        assert (event.external_id, event.content, event.account) == ("7", Text("Hi"), "+15550100200")

    def test_a_get_is_read_from_its_query(self) -> None:
        address = (
            f"{HOOK}?secret=a-secret-of-thirty-two-characters!&from=16505550101&body=Hi%20there&type=text"
        )
        connector, webhook = connected(KALEYRA), a_request(address, b"", {}, "GET")
        connector.verify(webhook)
        (event,) = connector.parse(webhook)
        assert isinstance(event, MessageReceived)
        assert event.content == Text("Hi there")
        assert "secret" not in repr(event)

    def test_the_address_may_say_what_a_callback_is_about(self) -> None:
        said = {"id": "u1", "status": "DELIVRD", "keyword": "K", "message": "Hello", "source": "16505550101"}
        connector = connected(KALEYRA)
        for about, kind in (("message", MessageReceived), ("status", StatusChanged)):
            webhook = KALEYRA.webhook(said, url=f"{HOOK}?event={about}")
            assert [type(event) for event in connector.parse(webhook)] == [kind]

    def test_messages_without_an_id_differ_by_all_that_they_say(self) -> None:
        one, two = samples.kaleyra_whatsapp(), samples.kaleyra_whatsapp(created_at="1763642097")
        ids = {events_of(PROVIDERS["kaleyra-whatsapp"], each)[0].external_id for each in (one, two, one)}
        assert len(ids) == 2
