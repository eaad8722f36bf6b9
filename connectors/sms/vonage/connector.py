"""Vonage as a connector: who may call us, what they say, and how we answer."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import aiohttp

from connectors.content import Audio, Document, Image, Media, Text, Video
from connectors.contract import Capabilities, Checked, Clock, Located, Outbound, Receipt, Webhook
from connectors.errors import OutcomeUnknown, SendFailed, WebhookRejected
from connectors.events import Event
from connectors.http import Answer, basic, call
from connectors.lines import Shelf
from connectors.sms.coding import choose
from connectors.sms.coding.scheme import GSM7
from connectors.sms.fields import form_of, is_json, object_in, query_of
from connectors.sms.files import located
from connectors.sms.filling import rate_of, spelt
from connectors.sms.meanings import error_of, refusal, shown
from connectors.sms.outgoing import not_carried, public_address, words_within
from connectors.sms.people import address
from connectors.sms.vonage import parts
from connectors.sms.vonage.faults import BY_MESSAGES_CODE, BY_SEND_STATUS
from connectors.sms.vonage.signature import is_signed, is_token_good
from connectors.sms.vonage.webhook import read_webhook
from connectors.tolerant import Json, Malformed, decode, sections, text

BASES = {"sms": "https://rest.nexmo.com", "messages": "https://api.nexmo.com"}
"""Where each API is."""

HOSTS = (".nexmo.com", ".vonage.com", ".nexmocdn.com")
"""Where customers' files may be."""

LONGEST = {"sms": 3200, "messages": 1000}
"""Characters that each API takes."""

KINDS: dict[type, str] = {Image: "image", Audio: "audio", Video: "video", Document: "file"}


class Vonage:
    """One sender of a Vonage account."""

    def __init__(self, settings: Mapping[str, str], *, http: aiohttp.ClientSession, clock: Clock) -> None:
        """`settings` are complete: see `VonageKind.settings`."""
        self._http, self._clock, self._settings = http, clock, settings
        self._secret = settings["signature_secret"].encode()
        self._api = settings["api"]
        self._base = settings["api_base"].rstrip("/")
        files = {"image", "audio", "video", "document"} if self._api == "messages" else set()
        carries = Capabilities(
            contents=frozenset({"text"} | files),
            text_length=LONGEST[self._api],
            captions=frozenset(files),
            caption_length=LONGEST[self._api],
            short_messages=True,
            rate_per_second=rate_of("Vonage", settings),
        )
        self.capabilities = spelt(carries, settings)

    def challenge(self, webhook: Webhook) -> str | None:
        """Vonage calls an address with nothing at all before it takes it, and wants a 200."""
        is_empty = not webhook.body and not webhook.query and "authorization" not in webhook.headers
        return "OK" if is_empty else None

    def verify(self, webhook: Webhook) -> None:
        """Raise `WebhookRejected` unless Vonage signed it: by a token, or by `sig` among the fields."""
        if webhook.headers.get("authorization"):
            is_good = is_token_good(webhook, self._secret, self._clock())
        else:
            is_good = is_signed(_fields(webhook), self._secret, self._settings["signature_method"])
        if not is_good:
            raise WebhookRejected("Vonage's signature is missing or wrong.")

    def parse(self, webhook: Webhook) -> list[Event]:
        """What happened, oldest first."""
        return read_webhook(webhook, clock=self._clock)

    async def gather(self, webhook: Webhook, events: list[Event], shelf: Shelf) -> list[Event]:
        """A part of a long message becomes the whole, or waits for the others."""
        return await parts.gather(webhook, events, shelf, self._clock)

    async def overdue(self, shelf: Shelf) -> dict[str, Event]:
        """Long messages that have waited too long for their other parts."""
        return await parts.overdue(shelf, self._clock)

    async def settle(self, names: Iterable[str], shelf: Shelf) -> None:
        """These are stored."""
        await parts.settle(names, shelf, self._clock)

    async def locate(self, media: Media) -> Located:
        """Where a customer's file is: behind an address that needs no credentials."""
        return located(media, HOSTS, self._base)

    async def check(self) -> Checked:
        """Ask for the account's balance. Raises `SendFailed`."""
        query = urlencode({"api_key": self._settings["api_key"], "api_secret": self._settings["api_secret"]})
        base = BASES["sms"] if self._base == BASES["messages"] else self._base
        url = f"{base}/account/get-balance?{query}"
        answer = await call(self._http, "GET", url, provider="Vonage", headers={})
        if not answer.is_success:
            raise refusal(answer, provider="Vonage", code=None, table={})
        balance = text(object_in(answer), "value") or str(object_in(answer).get("value", ""))
        return Checked(summary="Vonage knows the account.", facts={"Balance": balance} if balance else {})

    async def send(self, message: Outbound) -> Receipt:
        """Deliver one message or raise `SendFailed`.

        Vonage keeps no idempotency key; its reports carry our id back, which settles the doubt after
        `OutcomeUnknown`.
        """
        sender = (message.account or self._settings["from"]).removeprefix("+")
        to = address(message.to).removeprefix("+")
        if self._api == "messages":
            return await self._send_message(message, sender, to)
        if not isinstance(message.content, Text):
            raise not_carried(message.content, "Vonage's SMS API")
        words = self._words(message.content.text)
        form = {
            "api_key": self._settings["api_key"],
            "api_secret": self._settings["api_secret"],
            "from": sender,
            "to": to,
            "text": words,
            "type": "text" if choose(words) == GSM7 else "unicode",
            "client-ref": message.message_id,
        }
        if self._settings["callback_url"]:
            form["callback"] = self._settings["callback_url"]
        url = f"{self._base}/sms/json"
        return _accepted(await call(self._http, "POST", url, provider="Vonage", headers={}, form=form))

    async def _send_message(self, message: Outbound, sender: str, to: str) -> Receipt:
        body = {"to": to, "from": sender, "client_ref": message.message_id} | self._content(message.content)
        if self._settings["callback_url"]:
            body["webhook_url"] = self._settings["callback_url"]
        headers = {"Authorization": basic(self._settings["api_key"], self._settings["api_secret"])}
        url = f"{self._base}/v1/messages"
        answer = await call(self._http, "POST", url, provider="Vonage", headers=headers, json=body)
        said = object_in(answer)
        if not answer.is_success:
            code = (text(said, "type") or "").rpartition("#")[2].strip("/") or None
            words = text(said, "detail") or text(said, "title")
            raise refusal(answer, provider="Vonage", code=code, table=BY_MESSAGES_CODE, words=words)
        return _receipt(text(said, "message_uuid"))

    def _content(self, content: Any) -> Json:
        if isinstance(content, Text):
            return {"channel": "sms", "message_type": "text", "text": self._words(content.text)}
        kind = KINDS.get(type(content))
        if kind is None or not isinstance(content, Media):
            raise not_carried(content, "Vonage")
        file = {"url": public_address(content, "Vonage")}
        if content.caption:
            file["caption"] = self._words(content.caption)
        return {"channel": "mms", "message_type": kind, kind: file}

    def _words(self, words: str) -> str:
        return words_within(words, LONGEST[self._api], "Vonage")


def _fields(webhook: Webhook) -> list[tuple[str, str]]:
    """What is signed: the fields of the form, of the JSON object, or of the query."""
    try:
        if is_json(webhook):
            said = decode(webhook.body)
            return [(name, _written(said[name])) for name in said] if isinstance(said, dict) else []
        return form_of(webhook) if webhook.body.strip() else query_of(webhook)
    except Malformed:
        return []


def _written(value: Any) -> str:
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def _accepted(answer: Answer) -> Receipt:
    """The SMS API answers 200 to everything; each part of the message has a status of its own.

    If the first part was taken, so was the message: it must not be sent again for the sake of another part.
    """
    said = object_in(answer)
    first = next(iter(sections(said, "messages")), {})
    status = text(first, "status")
    if answer.is_success and status == "0":
        return _receipt(text(first, "message-id", "message_id"))
    if answer.is_success and status is None:
        raise OutcomeUnknown("Vonage took the message but did not say by which id.", code="no_id")
    meaning = BY_SEND_STATUS.get(status or "")
    if meaning is None:
        words = text(first, "error-text") or text(said, "error-text", "detail", "title")
        if not answer.is_success:
            raise refusal(answer, provider="Vonage", code=status, table={}, words=words)
        raise SendFailed(f"Vonage refused the message: {shown(words) or 'no reason'}", code=status or "")
    raise error_of(meaning, status or "", retry_after=answer.retry_after())


def _receipt(external_id: str | None) -> Receipt:
    if not external_id:
        raise OutcomeUnknown("Vonage took the message but did not say by which id.", code="no_id")
    return Receipt(external_id=external_id)
