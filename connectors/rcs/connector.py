"""RCS for Business as a connector: who may call us, what they say, and how we answer."""

import base64
import binascii
import hmac
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
from msgspec.structs import replace

from connectors.content import Content, Media, Revoke
from connectors.contract import Checked, Clock, Located, Outbound, Receipt, Webhook
from connectors.errors import (
    ChallengeRejected,
    ContentRefused,
    OutcomeUnknown,
    RecipientRefused,
    SendFailed,
    WebhookRejected,
)
from connectors.events import Event, Identity, IdentityKind, Purpose
from connectors.http import Answer, call
from connectors.rcs.credentials import tokens_for
from connectors.rcs.envelope import is_signed, opened
from connectors.rcs.faults import NOT_REACHABLE, refusal
from connectors.rcs.names import as_uuid, taken_apart
from connectors.rcs.outbound import CAPABILITIES, content_of
from connectors.rcs.plainer import needs, plainer
from connectors.rcs.reach import Reach
from connectors.rcs.times import seconds_to_live
from connectors.rcs.webhook import read_webhook
from connectors.tolerant import Json, Malformed, decode, text

API = "https://rcsbusinessmessaging.googleapis.com"
_LONGEST_SECRET = 4096
NOBODY = "+12025550100"
"""A number that is kept for fiction: nobody's phone is ever asked about."""
TRAFFIC = {Purpose.CONSENT: "ACKNOWLEDGEMENT", Purpose.MARKETING: "PROMOTION"}
"""What Google calls messages that are for something else than the channel's own traffic."""

_ABSENT = Answer(status=404, body=b"", headers={})
"""What Google says of a phone that RCS does not reach."""

MEDIA_HOSTS = (".googleapis.com", ".googleusercontent.com", ".google.com")
"""Where Google keeps customers' files."""


class Rcs:
    """One RCS agent."""

    capabilities = CAPABILITIES

    def __init__(self, settings: Mapping[str, str], *, http: aiohttp.ClientSession, clock: Clock) -> None:
        """`settings` are complete: see `RcsKind.settings`. Raises `BadSettings` for a key that is none."""
        base, region = settings["api_base"].rstrip("/").removesuffix("/v1"), settings["region"]
        if region and base == API:
            base = base.replace("https://", f"https://{region}-")
        self._http, self._clock = http, clock
        self._client_token = settings["client_token"].encode()
        self._agent_id = settings["agent_id"]
        self._is_google = settings["carrier"] == "google"
        self._tokens = tokens_for(settings["service_account"], api_base=base, http=http)
        self._base = f"{base}/v1"
        self._hosts = (*MEDIA_HOSTS, *settings["media_hosts"].split())
        self._reach = Reach()
        self._frame: Json = {}
        if settings["traffic_type"]:
            self._frame["messageTrafficType"] = settings["traffic_type"]
        if seconds := seconds_to_live(settings):
            self._frame["ttl"] = f"{seconds}s"

    def verify(self, webhook: Webhook) -> None:
        """Raise `WebhookRejected` unless Google signed the event with the channel's client token.

        A carrier that does not sign must show the client token itself, in the address it was given
        (``?token=…``) or as the password or bearer token of its Authorization header.
        """
        signature = webhook.headers.get("x-goog-signature", "")
        letter = opened(webhook.body)
        if signature or self._is_google:
            if letter is None or not is_signed(letter.data, signature, self._client_token):
                raise WebhookRejected("Google's signature is missing or wrong.")
        elif not any(self._knows_us(shown) for shown in _shown(webhook)):
            raise WebhookRejected("The carrier did not show the channel's client token.")

    def challenge(self, webhook: Webhook) -> str | None:
        """Google's handshake: give its secret back if it knows our client token."""
        if webhook.method != "POST" or b'"clientToken"' not in webhook.body:
            return None
        try:
            asked = decode(webhook.body)
        except Malformed:
            return None
        if type(asked) is not dict or "clientToken" not in asked or "message" in asked:
            return None
        secret = text(asked, "secret")
        if not self._knows_us(text(asked, "clientToken") or ""):
            raise ChallengeRejected("The client token is not the one set for this channel.")
        if not secret or len(secret) > _LONGEST_SECRET:
            raise ChallengeRejected("The handshake has no secret to give back.")
        return secret

    def parse(self, webhook: Webhook) -> list[Event]:
        """What happened, oldest first."""
        return read_webhook(webhook.body, clock=self._clock)

    async def send(self, message: Outbound) -> Receipt:
        """Deliver one message or raise `SendFailed`. A repeated `message_id` is sent once.

        `RecipientRefused` with the code 404 says that RCS does not reach this customer. A `Revoke` takes back
        a message that has not been delivered.
        """
        number, agent = _recipient(message.to), message.account or self._agent_id
        if isinstance(message.content, Revoke):
            await self.revoke(message.content.external_id, number=number, account=agent)
            return Receipt(external_id=as_uuid(message.message_id))
        message_id = as_uuid(message.message_id)
        content_of(message, message_id)  # what Google would surely refuse is not worth a question
        if self._is_out_of_reach(number):
            raise refusal(_ABSENT)
        message = replace(message, content=await self._for_phone(message.content, number, agent))
        answer = await self._post(message, message_id, number, agent)
        if answer.status == 400 and needs(message.content):
            plain = replace(message, content=plainer(message.content, ()))
            second = await self._post(plain, message_id, number, agent)
            answer = answer if second.status == 400 else second
        if answer.status == 409:  # ALREADY_EXISTS: an attempt whose answer was lost had arrived
            return Receipt(external_id=message_id)
        if not answer.is_success:
            raise self._refused(answer, number)
        return Receipt(external_id=_id_in(answer))

    async def _post(self, message: Outbound, message_id: str, number: str, agent: str) -> Answer:
        body = {"contentMessage": content_of(message, message_id)} | self._frame_of(message)
        query = {"messageId": message_id, "agentId": agent}
        return await self._call("POST", f"phones/{number}/agentMessages", query, body)

    async def _for_phone(self, content: Content, number: str, agent: str) -> Content:
        """The content as the phone can show it. Where Google does not tell, all of it is tried.

        Raises `RecipientRefused` if RCS does not reach the phone.
        """
        wanted = needs(content)
        if not wanted or not self._is_google:  # carriers' gateways do not all know the question
            return content
        try:
            features = await self.features(number, account=agent)
        except SendFailed:
            return content
        if features is None:
            raise refusal(_ABSENT)
        return plainer(content, features) if features and not wanted <= features else content

    async def locate(self, media: Media) -> Located:
        """Where a customer's file is: Google puts it behind an address that needs no credentials."""
        if not media.url:
            raise ContentRefused("There is no file in the message.", code="content")
        return Located(url=media.url, hosts=self._hosts, own=self._base, mime_type=media.mime_type)

    async def mark_read(self, external_id: str, *, account: str | None, typing: bool) -> None:
        """Show the message as read; typing dots stay until we answer, some 20 s at most."""
        try:
            number, message_id = taken_apart(external_id)
        except ValueError:
            raise ContentRefused("That is no message of an RCS customer.", code="content") from None
        if message_id:
            await self._show(number, account, {"eventType": "READ", "messageId": message_id})
        if typing:
            await self._show(number, account, {"eventType": "IS_TYPING"})

    async def revoke(self, external_id: str, *, number: str, account: str | None = None) -> None:
        """Take a message back before it is delivered. Raises `SendFailed` if Google does not agree.

        That Google agreed does not prove that the phone did not get it in the same moment: wait a little for
        a DELIVERED report before anything else is sent in its place.
        """
        place = f"phones/{number}/agentMessages/{quote(external_id, safe='')}"
        answer = await self._call("DELETE", place, {"agentId": account or self._agent_id})
        if answer.status == 404:
            raise SendFailed("Google has no such message to take back.", code="404")
        if not answer.is_success:
            raise refusal(answer)

    async def take_back(self, external_id: str, *, to: tuple[Identity, ...], account: str | None) -> None:
        """Take a message back before it is delivered; see `revoke`."""
        await self.revoke(external_id, number=_recipient(to), account=account)

    async def features(self, number: str, *, account: str | None = None) -> frozenset[str] | None:
        """What a phone can show, by Google's names; None if RCS does not reach it. Asked once a day."""
        is_known, features = self._reach.recall(number, self._clock())
        if is_known:
            return features
        query = {"requestId": str(uuid.uuid4()), "agentId": account or self._agent_id}
        answer = await self._call("GET", f"phones/{number}/capabilities", query)
        if not answer.is_success and answer.status != 404:
            raise refusal(answer)
        found = None if answer.status == 404 else _features_in(answer)
        self._reach.note(number, found, self._clock())
        return found

    async def check(self) -> Checked:
        """Ask Google what a phone of nobody can show: whoever may ask that may send. Raises `SendFailed`."""
        query = {"requestId": str(uuid.uuid4()), "agentId": self._agent_id}
        answer = await self._call("GET", f"phones/{NOBODY}/capabilities", query)
        error = None if answer.is_success or answer.status == 404 else refusal(answer)
        if error is not None and not isinstance(error, RecipientRefused):
            raise error
        facts = {"Launch": "Not for every carrier, or for testers only"} if error is not None else {}
        return Checked(summary=self._agent_id, facts=facts)

    def _is_out_of_reach(self, number: str) -> bool:
        """Whether Google has just said that RCS does not reach this phone: it need not be asked again."""
        is_known, features = self._reach.recall(number, self._clock())
        return is_known and features is None

    def _frame_of(self, message: Outbound) -> Json:
        """What goes beside the content. Agents that must say what a message is say it here."""
        is_said = "messageTrafficType" in self._frame and message.purpose in TRAFFIC
        return self._frame | ({"messageTrafficType": TRAFFIC[message.purpose]} if is_said else {})

    async def _show(self, number: str, account: str | None, event: Json) -> None:
        query = {"eventId": str(uuid.uuid4()), "agentId": account or self._agent_id}
        answer = await self._call("POST", f"phones/{number}/agentEvents", query, event)
        if not answer.is_success and answer.status != 409:
            raise refusal(answer)

    async def _call(
        self, method: str, place: str, query: Mapping[str, str], body: Json | None = None
    ) -> Answer:
        """One call with a token; with another one if Google refuses the first and there is another."""
        url = f"{self._base}/{place}?{urlencode(query)}"
        token = await self._tokens.get()
        answer = await self._ask(method, url, token, body)
        if answer.status == 401 and self._tokens.doubt(token):
            answer = await self._ask(method, url, await self._tokens.get(), body)
        return answer

    async def _ask(self, method: str, url: str, token: str, body: Json | None) -> Answer:
        headers = {"Authorization": f"Bearer {token}"}
        return await call(self._http, method, url, provider="RCS", headers=headers, json=body)

    def _refused(self, answer: Answer, number: str) -> SendFailed:
        error = refusal(answer)
        if error.code == NOT_REACHABLE:
            self._reach.note(number, None, self._clock())
        return error

    def _knows_us(self, shown: str) -> bool:
        given = shown.encode("utf-8", "surrogatepass")
        return hmac.compare_digest(given, self._client_token) and bool(self._client_token)


def _shown(webhook: Webhook) -> list[str]:
    """Every place where a carrier may show the client token."""
    scheme, _, rest = webhook.headers.get("authorization", "").partition(" ")
    shown = [webhook.query.get("token", "")]
    if scheme.lower() == "bearer":
        shown.append(rest.strip())
    if scheme.lower() == "basic":
        try:
            shown.append(base64.b64decode(rest.strip(), validate=True).decode().partition(":")[2])
        except (binascii.Error, ValueError):
            return shown
    return shown


def _recipient(to: tuple[Identity, ...]) -> str:
    for identity in to:
        if identity.kind == IdentityKind.PHONE and identity.value.removeprefix("+").isdigit():
            return f"+{identity.value.removeprefix('+')}"
    raise RecipientRefused("The customer has no phone number.", code="recipient")


def _said(answer: Answer) -> Json:
    try:
        said: Any = decode(answer.body)
    except Malformed:
        return {}
    return said if type(said) is dict else {}


def _id_in(answer: Answer) -> str:
    """The message's id, the last part of its name ``phones/{number}/agentMessages/{id}``."""
    name = text(_said(answer), "name") or ""
    message_id = name.rpartition("/agentMessages/")[2]
    if not message_id:
        raise OutcomeUnknown("Google took the message but did not say by which id.", code="no_id")
    return message_id


def _features_in(answer: Answer) -> frozenset[str]:
    found = _said(answer).get("features")
    return frozenset(each for each in found if type(each) is str) if type(found) is list else frozenset()
