"""Twilio: SMS, MMS, and WhatsApp by Twilio. Start reading at `connector.py`."""

from collections.abc import Mapping
from typing import ClassVar

import aiohttp

from connectors.contract import Clock, Connector, Kind, Setting
from connectors.errors import BadSettings
from connectors.sms.filling import ANY, RATE, TRANSLITERATE, WORD, check
from connectors.sms.people import number
from connectors.sms.twilio.connector import Twilio

_CHECKS = {
    "account_sid": (WORD, "the account's SID, which begins with AC"),
    "auth_token": (ANY, "the account's auth token"),
}


class TwilioKind:
    """How the registry makes Twilio connectors."""

    name: ClassVar[str] = "twilio"
    title: ClassVar[str] = "SMS by Twilio"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(name="account_sid", meaning="The account's SID, which begins with AC"),
        Setting(
            name="auth_token", meaning="The account's auth token, with which webhooks are signed", secret=True
        ),
        Setting(
            name="from",
            meaning="The sender: a number such as +15550100, a short code, a name, or whatsapp:+15550100",
            default="",
        ),
        Setting(
            name="messaging_service_sid",
            meaning="The messaging service that sends, MG…; with it `from` may be empty",
            default="",
        ),
        Setting(
            name="callback_url",
            meaning="This channel's webhook address, so that every message is reported on",
            default="",
        ),
        Setting(
            name="webhook_key",
            meaning="The secret of the account's shared key for webhooks, if it has made one",
            secret=True,
            default="",
        ),
        Setting(name="api_base", meaning="Where Twilio's API is", default="https://api.twilio.com"),
        RATE,
        TRANSLITERATE,
    )

    def connect(self, settings: Mapping[str, str], *, http: aiohttp.ClientSession, clock: Clock) -> Connector:
        """Make a connector. Raises `BadSettings` naming what is wrong."""
        check("Twilio", settings, _CHECKS)
        callback = settings.get("callback_url", "")
        if callback and not callback.startswith(("http://", "https://")):
            raise BadSettings("Twilio's callback_url should be this channel's webhook address, or empty.")
        return Twilio(settings, http=http, clock=clock)

    def account(self, settings: Mapping[str, str]) -> str | None:
        """The sending number, which is what webhooks name."""
        return number(settings.get("from"))


KIND: Kind = TwilioKind()
