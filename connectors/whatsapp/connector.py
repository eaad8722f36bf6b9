"""The Cloud API as a connector: who may call us, what they say, and how we answer."""

import hmac
from collections.abc import Mapping
from typing import Any

import aiohttp

from connectors.content import Media, Template
from connectors.contract import (
    Checked,
    Clock,
    FileToSend,
    Located,
    Outbound,
    Receipt,
    TemplateForm,
    Uploaded,
    Webhook,
)
from connectors.errors import ChallengeRejected, OutcomeUnknown, SendFailed, WebhookRejected
from connectors.events import Event, Identity
from connectors.http import Answer, call
from connectors.tolerant import Json, Malformed, decode, sections, text
from connectors.whatsapp.faults import refusal
from connectors.whatsapp.media import Shelf
from connectors.whatsapp.outbound import CAPABILITIES, body_of
from connectors.whatsapp.people import both_names
from connectors.whatsapp.templates import MOST_PAGES, misfit, page_query, read_page
from connectors.whatsapp.webhook import read_webhook


class WhatsApp:
    """One WhatsApp business number."""

    capabilities = CAPABILITIES

    def __init__(self, settings: Mapping[str, str], *, http: aiohttp.ClientSession, clock: Clock) -> None:
        """`settings` are complete: see `WhatsAppKind.settings`."""
        self._http = http
        self._clock = clock
        self._app_secret = settings["app_secret"].encode()
        self._verify_token = settings["verify_token"].encode()
        self._access_token = settings["access_token"]
        self._phone_number_id = settings["phone_number_id"]
        self._waba_id = settings["waba_id"]
        self._base = f"{settings['api_base'].rstrip('/')}/{settings['api_version']}"
        self._files = Shelf(
            http, base=self._base, origin=settings["api_base"], token=settings["access_token"]
        )

    def verify(self, webhook: Webhook) -> None:
        """Raise `WebhookRejected` unless Meta signed exactly these bytes with the app secret.

        Meta escapes what is not ASCII and signs what it sends, so the raw body counts, never its meaning.
        """
        expected = b"sha256=" + hmac.digest(self._app_secret, webhook.body, "sha256").hex().encode()
        given = webhook.headers.get("x-hub-signature-256", "").encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(given, expected) or not self._app_secret:
            raise WebhookRejected("Meta's signature is missing or wrong.")

    def challenge(self, webhook: Webhook) -> str | None:
        """Meta's handshake: answer what it asks if it knows our verify token."""
        query = webhook.query
        if webhook.method != "GET" or "hub.mode" not in query:
            return None
        given = query.get("hub.verify_token", "").encode("utf-8", "surrogatepass")
        knows_us = hmac.compare_digest(given, self._verify_token) and bool(self._verify_token)
        if not knows_us or query["hub.mode"] != "subscribe" or "hub.challenge" not in query:
            raise ChallengeRejected("The verify token is not the one set for this channel.")
        return query["hub.challenge"]

    def parse(self, webhook: Webhook) -> list[Event]:
        """What happened, oldest first."""
        return read_webhook(webhook.body, clock=self._clock)

    async def send(self, message: Outbound) -> Receipt:
        """Deliver one message or raise `SendFailed`.

        Meta keeps no idempotency key: after `OutcomeUnknown` the message may arrive twice if it is sent
        again. Its status webhooks carry our id back, so waiting for one settles the doubt.
        """
        answer = await self._call(message.account, body_of(message), attempt=message.attempt)
        return _receipt(answer)

    async def mark_read(self, external_id: str, *, account: str | None, typing: bool) -> None:
        """Show the message and all before it as read; typing dots stay until we answer, 25 s at most."""
        body: Json = {"messaging_product": "whatsapp", "status": "read", "message_id": external_id}
        await self._call(account, body | ({"typing_indicator": {"type": "text"}} if typing else {}))

    async def locate(self, media: Media) -> Located:
        """Where a customer's file is now. Raises `SendFailed`."""
        return await self._files.locate(media)

    async def upload(self, file: FileToSend, *, account: str | None) -> Uploaded:
        """Hand a file over, to be sent by its handle. Raises `SendFailed`."""
        return await self._files.upload(file, account or self._phone_number_id)

    async def check(self) -> Checked:
        """Ask Meta about the number, and about the business account if one is set. Raises `SendFailed`."""
        fields = "display_phone_number,verified_name,quality_rating,platform_type,status,throughput"
        said = await self._get(f"{self._phone_number_id}?fields={fields}")
        shown = text(said, "display_phone_number") or self._phone_number_id
        name = text(said, "verified_name")
        facts = {words: value for key, words in _FACTS.items() if (value := text(said, key))}
        if self._waba_id:
            account = await self._get(f"{self._waba_id}?fields=name")
            facts["Business account"] = text(account, "name") or self._waba_id
        return Checked(summary=f"{shown}, “{name}”" if name else shown, facts=facts)

    async def templates(self) -> list[TemplateForm]:
        """All templates of the business account. Raises `SendFailed`."""
        if not self._waba_id:
            raise SendFailed("The channel's waba_id is not set, so Meta cannot be asked.", code="no_waba_id")
        found: list[TemplateForm] = []
        after: str | None = None
        for _ in range(MOST_PAGES):
            said = await self._get(f"{self._waba_id}/message_templates?{page_query(after)}")
            page, after = read_page(said)
            found += page
            if after is None:
                break
        return found

    def misfit(self, template: Template, form: TemplateForm) -> str | None:
        """What Meta would say against the template with these parameters; None if nothing."""
        return misfit(template, form)

    async def _get(self, place: str) -> Json:
        headers = {"Authorization": f"Bearer {self._access_token}"}
        answer = await call(self._http, "GET", f"{self._base}/{place}", provider="WhatsApp", headers=headers)
        if not answer.is_success:
            raise refusal(answer)
        try:
            said = decode(answer.body)
        except Malformed:
            said = None
        if not isinstance(said, dict):
            raise OutcomeUnknown("WhatsApp's answer cannot be read.", code="unreadable")
        return said

    async def _call(self, account: str | None, body: Json, *, attempt: int = 1) -> Answer:
        answer = await call(
            self._http,
            "POST",
            f"{self._base}/{account or self._phone_number_id}/messages",
            provider="WhatsApp",
            headers={"Authorization": f"Bearer {self._access_token}"},
            json=body,
        )
        if not answer.is_success:
            raise refusal(answer, attempt=attempt)
        return answer


_FACTS = {
    "quality_rating": "Quality",
    "status": "Status",
    "platform_type": "Platform",
}
"""What Meta tells of a number beside its name."""


def _receipt(answer: Answer) -> Receipt:
    try:
        said: Any = decode(answer.body)
    except Malformed:
        said = None
    said = said if isinstance(said, dict) else {}
    external_id = next((text(each, "id") for each in sections(said, "messages")), None)
    if not external_id:
        raise OutcomeUnknown("WhatsApp took the message but did not say by which id.", code="no_id")
    return Receipt(external_id=external_id, identities=_resolved(said))


def _resolved(said: Json) -> tuple[Identity, ...]:
    """Both names of the one whom Meta found behind what we wrote to."""
    contacts = sections(said, "contacts")
    if len(contacts) != 1:
        return ()
    return both_names(text(contacts[0], "user_id"), text(contacts[0], "wa_id"))
