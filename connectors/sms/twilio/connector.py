"""Twilio as a connector: who may call us, what they say, and how we answer."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import aiohttp

from connectors.contract import Clock, Outbound, Receipt, Webhook
from connectors.errors import OutcomeUnknown, WebhookRejected
from connectors.events import Event
from connectors.http import Answer, basic, call
from connectors.sms.filling import rate_of
from connectors.sms.meanings import refusal
from connectors.sms.twilio.faults import MEANINGS
from connectors.sms.twilio.outbound import capabilities, form_of
from connectors.sms.twilio.signature import is_signed
from connectors.sms.twilio.webhook import read_webhook
from connectors.tolerant import Json, Malformed, decode, text


class Twilio:
    """One sender of a Twilio account: a number, a messaging service, or a WhatsApp number."""

    def __init__(self, settings: Mapping[str, str], *, http: aiohttp.ClientSession, clock: Clock) -> None:
        """`settings` are complete: see `TwilioKind.settings`."""
        self._http, self._clock, self._settings = http, clock, settings
        self._token = settings["auth_token"].encode()
        self._auth = basic(settings["account_sid"], settings["auth_token"])
        account = quote(settings["account_sid"], safe="")
        base = settings["api_base"].rstrip("/")
        self._messages = f"{base}/2010-04-01/Accounts/{account}/Messages.json"
        self.capabilities = capabilities(settings.get("from", ""), rate_of("Twilio", settings))

    def verify(self, webhook: Webhook) -> None:
        """Raise `WebhookRejected` unless Twilio signed this request with the account's auth token."""
        if not is_signed(webhook, self._token):
            raise WebhookRejected("Twilio's signature is missing or wrong.")

    def parse(self, webhook: Webhook) -> list[Event]:
        """What happened, oldest first."""
        return read_webhook(webhook, clock=self._clock)

    def answer(self) -> tuple[str, str]:
        """No instructions: plain text would be sent to the customer."""
        return "<Response/>", "text/xml"

    async def send(self, message: Outbound) -> Receipt:
        """Deliver one message or raise `SendFailed`.

        Twilio keeps no idempotency key. With `callback_url` set its reports carry our id back, which settles
        the doubt after `OutcomeUnknown`.
        """
        answer = await call(
            self._http,
            "POST",
            self._messages,
            provider="Twilio",
            headers={"Authorization": self._auth},
            form=form_of(message, self._settings),
        )
        said = _said(answer)
        if not answer.is_success:
            words = text(said, "message")
            raise refusal(answer, provider="Twilio", code=text(said, "code"), table=MEANINGS, words=words)
        sid = text(said, "sid")
        if not sid:
            raise OutcomeUnknown("Twilio took the message but did not say by which id.", code="no_id")
        return Receipt(external_id=sid)


def _said(answer: Answer) -> Json:
    try:
        said: Any = decode(answer.body)
    except Malformed:
        said = None
    return said if isinstance(said, dict) else {}
