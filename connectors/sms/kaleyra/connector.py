"""Kaleyra as a connector: who may call us, what they say, and how we answer."""

from collections.abc import Mapping
from urllib.parse import quote

import aiohttp

from connectors.content import Media
from connectors.contract import Checked, Clock, Located, Outbound, Receipt, Webhook
from connectors.errors import OutcomeUnknown
from connectors.events import Event
from connectors.http import call
from connectors.sms.fields import object_in
from connectors.sms.files import located
from connectors.sms.filling import rate_of, spelt
from connectors.sms.kaleyra.faults import refused
from connectors.sms.kaleyra.mapping import mapping_of
from connectors.sms.kaleyra.outbound import capabilities, form_of
from connectors.sms.kaleyra.webhook import message_id, read_webhook
from connectors.sms.passwords import demand
from connectors.tolerant import sections, text

HOSTS = (".kaleyra.io", ".kaleyra.com", ".kaleyra.ai")


class Kaleyra:
    """One sender of a Kaleyra account, on SMS or on WhatsApp."""

    def __init__(self, settings: Mapping[str, str], *, http: aiohttp.ClientSession, clock: Clock) -> None:
        """`settings` are complete: see `KaleyraKind.settings`."""
        self._http, self._clock, self._settings = http, clock, settings
        self._secret = settings["callback_secret"].encode()
        self._mapping = mapping_of(settings["fields"])
        self._base = settings["api_base"].rstrip("/")
        self._url = f"{self._base}/v1/{quote(settings['sid'], safe='')}/messages"
        self.capabilities = spelt(capabilities(settings["channel"], rate_of("Kaleyra", settings)), settings)

    def verify(self, webhook: Webhook) -> None:
        """Raise `WebhookRejected` unless the callback brings the secret that Kaleyra was told."""
        demand(webhook, self._secret, "Kaleyra", user=self._settings["callback_user"])

    def parse(self, webhook: Webhook) -> list[Event]:
        """What happened, oldest first."""
        return read_webhook(webhook, self._mapping, clock=self._clock)

    async def locate(self, media: Media) -> Located:
        """Where a customer's file is: behind an address that needs no credentials."""
        return located(media, HOSTS, self._base)

    async def check(self) -> Checked:
        """Ask for a message to nobody: if the key is good, Kaleyra says what is missing.

        Raises `SendFailed`.
        """
        form = {"sender": self._settings["sender"]}
        headers = {"api-key": self._settings["api_key"]}
        answer = await call(self._http, "POST", self._url, provider="Kaleyra", headers=headers, form=form)
        error = refused(answer, object_in(answer))
        if answer.status in (401, 403, 404, 429) or answer.status >= 500:
            raise error
        return Checked(summary=f"{self._settings['sid']}, “{self._settings['sender']}”")

    async def send(self, message: Outbound) -> Receipt:
        """Deliver one message or raise `SendFailed`.

        Kaleyra keeps no idempotency key. Where its callback profile gives `ref` back, a report settles the
        doubt after `OutcomeUnknown`.
        """
        form = form_of(message, self._settings)
        headers = {"api-key": self._settings["api_key"]}
        answer = await call(self._http, "POST", self._url, provider="Kaleyra", headers=headers, form=form)
        said = object_in(answer)
        if not answer.is_success:
            raise refused(answer, said)
        first = next(iter(sections(said, "data")), {})
        external_id = text(first, "message_id") or text(said, "id")
        if not external_id and said.get("error"):
            raise refused(answer, said)
        if not external_id:
            raise OutcomeUnknown("Kaleyra took the message but did not say by which id.", code="no_id")
        return Receipt(external_id=message_id(external_id))
