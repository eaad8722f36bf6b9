"""Sinch as a connector: who may call us, what they say, and how we answer."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import aiohttp

from connectors.content import Audio, Document, Image, Media, Text, Video
from connectors.contract import Capabilities, Checked, Clock, Located, Outbound, Receipt, Webhook
from connectors.errors import OutcomeUnknown, SendFailed, WebhookRejected
from connectors.events import Event
from connectors.http import Answer, call
from connectors.sms.fields import object_in
from connectors.sms.files import located
from connectors.sms.filling import rate_of, spelt
from connectors.sms.meanings import refusal
from connectors.sms.outgoing import not_carried, public_address, words_within
from connectors.sms.passwords import demand
from connectors.sms.people import address
from connectors.sms.sinch.faults import BY_REQUEST
from connectors.sms.sinch.signature import is_signature_good, is_signed
from connectors.sms.sinch.webhook import read_webhook
from connectors.tolerant import Json, text

HOSTS = (".sinch.com", ".clxcommunications.com")
"""Where customers' files may be."""

LONGEST = 2000
"""Characters of a body."""


class Sinch:
    """One sender of a service plan."""

    def __init__(self, settings: Mapping[str, str], *, http: aiohttp.ClientSession, clock: Clock) -> None:
        """`settings` are complete: see `SinchKind.settings`."""
        self._http, self._clock, self._settings = http, clock, settings
        self._secret = settings["callback_secret"].encode()
        plan = quote(settings["service_plan_id"], safe="")
        self._base = settings["api_base"].rstrip("/")
        self._url = f"{self._base}/xms/v1/{plan}/batches"
        self._headers = {"Authorization": f"Bearer {settings['api_token']}"}
        carries = Capabilities(
            contents=frozenset({"text", "image", "audio", "video", "document"}),
            text_length=LONGEST,
            captions=frozenset({"image", "audio", "video", "document"}),
            caption_length=LONGEST,
            short_messages=True,
            rate_per_second=rate_of("Sinch", settings),
        )
        self.capabilities = spelt(carries, settings)

    def verify(self, webhook: Webhook) -> None:
        """Raise `WebhookRejected` unless Sinch signed the callback, or, unsigned, it brings the secret."""
        if not is_signed(webhook):
            demand(webhook, self._secret, "Sinch", user=self._settings["callback_user"])
        elif not is_signature_good(webhook, self._secret):
            raise WebhookRejected("Sinch's signature is wrong.")

    def parse(self, webhook: Webhook) -> list[Event]:
        """What happened, oldest first."""
        return read_webhook(webhook, clock=self._clock)

    async def locate(self, media: Media) -> Located:
        """Where a customer's file is: behind an address that needs no credentials."""
        return located(media, HOSTS, self._base)

    async def check(self) -> Checked:
        """Ask for the newest batch. Raises `SendFailed`."""
        url = f"{self._url}?page_size=1"
        answer = await call(self._http, "GET", url, provider="Sinch", headers=self._headers)
        if not answer.is_success:
            raise _refusal(answer)
        return Checked(summary="Sinch knows the service plan.")

    async def send(self, message: Outbound) -> Receipt:
        """Deliver one message or raise `SendFailed`.

        Sinch keeps no idempotency key; its reports carry our id back, which settles the doubt after
        `OutcomeUnknown`.
        """
        body = self._batch(message)
        answer = await call(self._http, "POST", self._url, provider="Sinch", headers=self._headers, json=body)
        said = object_in(answer)
        if not answer.is_success:
            raise _refusal(answer)
        batch = text(said, "id")
        if not batch:
            raise OutcomeUnknown("Sinch took the message but did not say by which id.", code="no_id")
        return Receipt(external_id=batch)

    def _batch(self, message: Outbound) -> Json:
        batch: Json = {
            "to": [address(message.to).removeprefix("+")],
            "delivery_report": "per_recipient",
            "client_reference": message.message_id,
        } | _content(message.content)
        sender = (message.account or self._settings["from"]).removeprefix("+")
        if sender:
            batch["from"] = sender
        if self._settings["callback_url"]:
            batch["callback_url"] = self._settings["callback_url"]
        return batch


def _refusal(answer: Answer) -> SendFailed:
    said = object_in(answer)
    code, words = text(said, "code"), text(said, "text")
    return refusal(answer, provider="Sinch", code=code, table=BY_REQUEST, words=words)


def _content(content: Any) -> Json:
    if isinstance(content, Text):
        return {"type": "mt_text", "body": words_within(content.text, LONGEST, "Sinch")}
    if not isinstance(content, Image | Audio | Video | Document):
        raise not_carried(content, "Sinch")
    file = {"url": public_address(content, "Sinch")}
    if content.caption:
        file["message"] = words_within(content.caption, LONGEST, "Sinch")
    return {"type": "mt_media", "body": file}
