"""Twilio as a connector: who may call us, what they say, and how we answer."""

from collections.abc import Mapping
from urllib.parse import quote

import aiohttp

from connectors.content import Media
from connectors.contract import Checked, Clock, Located, Outbound, Receipt, Webhook
from connectors.errors import CredentialsRefused, OutcomeUnknown, SendFailed, WebhookRejected
from connectors.events import Event
from connectors.http import Answer, basic, call
from connectors.sms.fields import object_in
from connectors.sms.files import located
from connectors.sms.filling import rate_of, spelt
from connectors.sms.meanings import refusal
from connectors.sms.twilio.faults import MEANINGS
from connectors.sms.twilio.outbound import capabilities, form_of
from connectors.sms.twilio.signature import is_signed
from connectors.sms.twilio.webhook import read_webhook
from connectors.tolerant import text

HOSTS = (".twilio.com", ".twiliocdn.com", "s3-external-1.amazonaws.com")
"""Where customers' files may be."""


class Twilio:
    """One sender of a Twilio account: a number, a messaging service, or a WhatsApp number."""

    def __init__(self, settings: Mapping[str, str], *, http: aiohttp.ClientSession, clock: Clock) -> None:
        """`settings` are complete: see `TwilioKind.settings`."""
        self._http, self._clock, self._settings = http, clock, settings
        self._token = settings["auth_token"].encode()
        self._shared_key = settings["webhook_key"].encode()
        self._auth = basic(settings["account_sid"], settings["auth_token"])
        account = quote(settings["account_sid"], safe="")
        self._base = settings["api_base"].rstrip("/")
        self._account = f"{self._base}/2010-04-01/Accounts/{account}"
        carries = capabilities(settings.get("from", ""), rate_of("Twilio", settings))
        self.capabilities = spelt(carries, settings)

    def verify(self, webhook: Webhook) -> None:
        """Raise `WebhookRejected` unless Twilio signed this request with the account's token or key."""
        if not is_signed(webhook, self._token, self._shared_key):
            raise WebhookRejected("Twilio's signature is missing or wrong.")

    def parse(self, webhook: Webhook) -> list[Event]:
        """What happened, oldest first."""
        return read_webhook(webhook, clock=self._clock)

    def answer(self, webhook: Webhook) -> tuple[str, str]:
        """No instructions: plain text would be sent to the customer."""
        return "<Response/>", "text/xml"

    async def locate(self, media: Media) -> Located:
        """Where a customer's file is: Twilio leads on from its API to where it keeps files."""
        return located(media, HOSTS, self._base, {"Authorization": self._auth})

    async def check(self) -> Checked:
        """Ask for the account. Raises `SendFailed`."""
        url = f"{self._account}.json"
        headers = {"Authorization": self._auth}
        answer = await call(self._http, "GET", url, provider="Twilio", headers=headers)
        said = object_in(answer)
        if not answer.is_success:
            raise _refusal(answer)
        if (status := text(said, "status") or "active") != "active":
            raise CredentialsRefused(f"The Twilio account is {status}.", code=status)
        return Checked(summary=text(said, "friendly_name") or "Twilio knows the account.")

    async def send(self, message: Outbound) -> Receipt:
        """Deliver one message or raise `SendFailed`.

        Twilio keeps no idempotency key. With `callback_url` set its reports carry our id back, which settles
        the doubt after `OutcomeUnknown`.
        """
        answer = await call(
            self._http,
            "POST",
            f"{self._account}/Messages.json",
            provider="Twilio",
            headers={"Authorization": self._auth},
            form=form_of(message, self._settings),
        )
        if not answer.is_success:
            raise _refusal(answer)
        sid = text(object_in(answer), "sid")
        if not sid:
            raise OutcomeUnknown("Twilio took the message but did not say by which id.", code="no_id")
        return Receipt(external_id=sid)


def _refusal(answer: Answer) -> SendFailed:
    said = object_in(answer)
    code, words = text(said, "code"), text(said, "message")
    return refusal(answer, provider="Twilio", code=code, table=MEANINGS, words=words)
