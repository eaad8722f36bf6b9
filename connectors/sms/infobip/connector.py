"""Infobip as a connector: who may call us, what they say, and how we answer."""

from collections.abc import Mapping

import aiohttp

from connectors.content import Media, Text
from connectors.contract import Capabilities, Checked, Clock, Located, Outbound, Receipt, Webhook
from connectors.errors import OutcomeUnknown, SendFailed
from connectors.events import Event
from connectors.http import Answer, call
from connectors.sms.fields import object_in
from connectors.sms.files import located
from connectors.sms.filling import rate_of, spelt
from connectors.sms.infobip.faults import BY_REQUEST, BY_STATUS, DUPLICATE
from connectors.sms.infobip.webhook import read_webhook
from connectors.sms.meanings import error_of, refusal, shown
from connectors.sms.outgoing import not_carried, words_within
from connectors.sms.passwords import demand
from connectors.sms.people import address
from connectors.tolerant import Json, section, sections, text

HOSTS = (".infobip.com",)
"""Where customers' files may be."""

LONGEST = 4000
"""Characters of a text. Infobip names no limit but refuses what is too long by a status."""


class Infobip:
    """One sender of an Infobip account."""

    def __init__(self, settings: Mapping[str, str], *, http: aiohttp.ClientSession, clock: Clock) -> None:
        """`settings` are complete: see `InfobipKind.settings`."""
        self._http, self._clock, self._settings = http, clock, settings
        self._secret = settings["callback_secret"].encode()
        self._base = settings["api_base"].rstrip("/")
        self._headers = {"Authorization": f"App {settings['api_key']}", "Accept": "application/json"}
        carries = Capabilities(
            contents=frozenset({"text"}),
            text_length=LONGEST,
            short_messages=True,
            rate_per_second=rate_of("Infobip", settings),
            idempotent_send=True,
        )
        self.capabilities = spelt(carries, settings)

    def verify(self, webhook: Webhook) -> None:
        """Raise `WebhookRejected` unless the webhook brings the secret that Infobip was told."""
        demand(webhook, self._secret, "Infobip", user=self._settings["callback_user"])

    def parse(self, webhook: Webhook) -> list[Event]:
        """What happened, oldest first."""
        return read_webhook(webhook, clock=self._clock)

    async def locate(self, media: Media) -> Located:
        """Where a customer's file is: on Infobip's own host, for who has the API key."""
        return located(media, HOSTS, self._base, {"Authorization": self._headers["Authorization"]})

    async def check(self) -> Checked:
        """Ask for the account's balance. Raises `SendFailed`."""
        url = f"{self._base}/account/1/balance"
        answer = await call(self._http, "GET", url, provider="Infobip", headers=self._headers)
        said = object_in(answer)
        if not answer.is_success:
            raise _refusal(answer, said)
        balance = " ".join(str(said[each]) for each in ("balance", "currency") if each in said)
        return Checked(summary="Infobip knows the account.", facts={"Balance": balance} if balance else {})

    async def send(self, message: Outbound) -> Receipt:
        """Deliver one message or raise `SendFailed`.

        The message goes under our own id, and Infobip takes an id only once: sending again is harmless.
        """
        answer = await call(
            self._http,
            "POST",
            f"{self._base}/sms/3/messages",
            provider="Infobip",
            headers=self._headers,
            json={"messages": [self._message(message)]},
        )
        said = object_in(answer)
        if not answer.is_success:
            raise _refusal(answer, said)
        return _receipt(said, message.message_id)

    def _message(self, message: Outbound) -> Json:
        content = message.content
        if not isinstance(content, Text):
            raise not_carried(content, "Infobip's SMS")
        words = words_within(content.text, LONGEST, "Infobip")
        to = {"to": address(message.to).removeprefix("+"), "messageId": message.message_id}
        hooks: Json = {"callbackData": message.message_id}
        if self._settings["callback_url"]:
            hooks["delivery"] = {"url": self._settings["callback_url"], "intermediateReport": True}
        said = {"destinations": [to], "content": {"text": words}, "webhooks": hooks}
        sender = (message.account or self._settings["from"]).removeprefix("+")
        return ({"sender": sender} if sender else {}) | said


def _refusal(answer: Answer, said: Json) -> SendFailed:
    """The error of an answer in the old form (`requestError`) or the new (`errorCode`)."""
    old = section(section(said, "requestError"), "serviceException")
    code = text(old, "messageId") or text(said, "errorCode")
    words = text(old, "text") or text(said, "description")
    return refusal(answer, provider="Infobip", code=code, table=BY_REQUEST, words=words)


def _receipt(said: Json, ours: str) -> Receipt:
    """What became of our message: an answer of 200 may still reject it."""
    first = next(iter(sections(said, "messages")), {})
    status = section(first, "status")
    name, group = text(status, "name") or "", text(status, "groupName")
    if name == DUPLICATE:
        return Receipt(external_id=ours)
    if group in ("REJECTED", "UNDELIVERABLE", "EXPIRED"):
        meaning = BY_STATUS.get(name)
        if meaning is None:
            words = shown(text(status, "description")) or "no reason"
            raise SendFailed(f"Infobip refused the message: {words}", code=name or group)
        raise error_of(meaning, name)
    external_id = text(first, "messageId")
    if not external_id:
        raise OutcomeUnknown("Infobip took the message but did not say by which id.", code="no_id")
    return Receipt(external_id=external_id)
