"""WhatsApp's own requests and templates, between our connector and the stand-in for Meta."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.actions import FillForm, ShareContact, ShareLocation
from connectors.content import Choice, Contacts, FormAnswer, Location, Option, Options, Template
from connectors.contract import Outbound, TemplateForm
from connectors.errors import ContentRefused, CredentialsRefused
from connectors.events import Identity, IdentityKind, MessageReceived
from connectors.whatsapp import KIND
from tests.rehearsal.conftest import SETTINGS, Rehearsal

WABA = "102290129340398"
VALUES = [{"type": "text", "text": value} for value in ("Giulia", "48213", "Friday")]


def a_message(rehearsal: Rehearsal, content: Any) -> Outbound:
    customer = rehearsal.stand_in.phones.customers[rehearsal.giulia]
    to = (Identity(IdentityKind.BSUID, customer.user_id),)
    return Outbound(message_id="m1", to=to, content=content)


async def heard(rehearsal: Rehearsal, number: int) -> MessageReceived:
    def found() -> list[MessageReceived]:
        return [each for each in rehearsal.events() if isinstance(each, MessageReceived)]

    await rehearsal.until(lambda: len(found()) >= number)
    return found()[number - 1]


async def asked(rehearsal: Rehearsal, action: Any) -> str:
    """Send a question with one answer that does this; the bubble's id."""
    rehearsal.write()
    question = Options("Please", [Option("Go on", "/go", action=action)])
    return (await rehearsal.connector.send(a_message(rehearsal, question))).external_id


async def test_a_customer_shares_where_they_are(rehearsal: Rehearsal) -> None:
    bubble = await asked(rehearsal, ShareLocation())
    rehearsal.write("choice", message=bubble, choice="share:place")
    event = await heard(rehearsal, 2)
    assert isinstance(event.content, Location) and event.reply_to == bubble


async def test_a_customer_who_hides_the_number_shares_it(rehearsal: Rehearsal) -> None:
    hidden = rehearsal.stand_in.phones.add_customer(name="Ada", hidden=True)
    rehearsal.stand_in.write(hidden.id, {"kind": "text", "text": "Hi"})
    question = Options("Your number?", [Option("Share", action=ShareContact())])
    to = (Identity(IdentityKind.BSUID, hidden.user_id),)
    sent = await rehearsal.connector.send(Outbound(message_id="m", to=to, content=question))
    rehearsal.stand_in.write(
        hidden.id, {"kind": "choice", "message": sent.external_id, "choice": "share:number"}
    )
    event = await heard(rehearsal, 2)
    assert isinstance(event.content, Contacts) and event.content.cards[0].origin == "contact_request"
    assert [each.key for each in event.identities] == [f"bsuid:{hidden.user_id}", "phone:+16505550199"]


async def test_a_form_comes_back_with_its_token(rehearsal: Rehearsal) -> None:
    bubble = await asked(rehearsal, FillForm("77", screen="DATES", token="t-9"))
    rehearsal.write("choice", message=bubble, choice="form:t-9", values={"guests": 4})
    event = await heard(rehearsal, 2)
    assert event.content == FormAnswer("flow", {"flow_token": "t-9", "guests": 4}, "Sent")


async def test_a_templates_quick_reply_comes_back_with_its_payload(rehearsal: Rehearsal) -> None:
    rehearsal.write()
    reply = {"type": "button", "sub_type": "quick_reply", "index": "1"}
    link = {
        "type": "button",
        "sub_type": "url",
        "index": "0",
        "parameters": [{"type": "text", "text": "48213"}],
    }
    components = [
        {"type": "body", "parameters": VALUES},
        link,
        reply | {"parameters": [{"type": "payload", "payload": "/help"}]},
    ]
    sent = await rehearsal.connector.send(a_message(rehearsal, Template("order_update", "en_US", components)))
    bubble = rehearsal.stand_in.phones.bubbles[sent.external_id]
    assert "Hi Giulia, your order 48213" in bubble.text
    assert bubble.choices[0].url == "https://alder-finch.example/orders/48213"
    rehearsal.write("choice", message=bubble.id, choice="template:/help")
    event = await heard(rehearsal, 2)
    assert event.content == Choice("I need help", "/help", "template")


@pytest.mark.parametrize(
    ("template", "code"),
    [
        (Template("order_update", "de"), "132001"),
        (Template("order_update", "en_US"), "132000"),
        (Template("autumn_sale", "en_US"), "132015"),
    ],
)
async def test_what_our_own_check_would_stop_meta_refuses_too(
    rehearsal: Rehearsal, template: Template, code: str
) -> None:
    with pytest.raises(ContentRefused) as refused:
        await rehearsal.connector.send(a_message(rehearsal, template))
    assert refused.value.code == code
    known = {(form.name, form.language): form for form in await an_account(rehearsal).templates()}
    form = known.get((template.name, template.language))
    assert form is None or an_account(rehearsal).misfit(template, form)


def an_account(rehearsal: Rehearsal, **more: str) -> Any:
    settings = SETTINGS | {"api_base": f"{rehearsal.url}/whatsapp", "waba_id": WABA} | more
    return KIND.connect(settings, http=rehearsal.http, clock=lambda: datetime.now(UTC))


async def test_every_template_that_is_listed_can_be_told_apart(rehearsal: Rehearsal) -> None:
    forms: list[TemplateForm] = await an_account(rehearsal).templates()
    assert len({(form.name, form.language) for form in forms}) == len(forms) >= 5
    assert {form.status for form in forms} == {"approved", "paused", "pending"}


async def test_the_credentials_can_be_tried(rehearsal: Rehearsal) -> None:
    checked = await an_account(rehearsal).check()
    assert "The shop" in checked.summary and checked.facts["Business account"] == "Alder & Finch"
    for wrong in ({"access_token": "EAA-void"}, {"phone_number_id": "123"}, {"waba_id": "123"}):
        with pytest.raises(CredentialsRefused):
            await an_account(rehearsal, **wrong).check()
