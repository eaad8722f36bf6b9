"""Vonage: the SMS API, and the Messages API for SMS and MMS. Start reading at `connector.py`."""

from collections.abc import Mapping
from typing import ClassVar

import aiohttp

from connectors.contract import Clock, Connector, Kind, Setting
from connectors.errors import BadSettings
from connectors.sms.filling import ANY, TRANSLITERATE, WORD, check
from connectors.sms.people import number
from connectors.sms.vonage.connector import BASES, Vonage
from connectors.sms.vonage.signature import METHODS

_CHECKS = {
    "api_key": (WORD, "the account's API key"),
    "api_secret": (ANY, "the account's API secret"),
    "signature_secret": (ANY, "the account's signature secret"),
    "signature_method": ("|".join(METHODS), f"one of {', '.join(METHODS)}"),
    "api": ("sms|messages", "sms or messages"),
}


class VonageKind:
    """How the registry makes Vonage connectors."""

    name: ClassVar[str] = "vonage"
    title: ClassVar[str] = "SMS by Vonage"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(name="api_key", meaning="The account's API key"),
        Setting(name="api_secret", meaning="The account's API secret", secret=True),
        Setting(
            name="signature_secret",
            meaning="The account's signature secret, with which webhooks are signed",
            secret=True,
        ),
        Setting(
            name="signature_method",
            meaning="How SMS webhooks are signed: hmac for any HMAC, or the one of the account's settings",
            default="hmac",
        ),
        Setting(name="from", meaning="The sender: a number or a name", default=""),
        Setting(name="api", meaning="The API that sends: sms, or messages for MMS too", default="sms"),
        Setting(name="callback_url", meaning="This channel's webhook address, for reports", default=""),
        Setting(
            name="api_base", meaning="Where the API is; Vonage's own address by default", default=BASES["sms"]
        ),
        Setting(
            name="rate",
            meaning="How many messages a second the account may send; empty: no limit",
            default="30",
        ),
        TRANSLITERATE,
    )

    def connect(self, settings: Mapping[str, str], *, http: aiohttp.ClientSession, clock: Clock) -> Connector:
        """Make a connector. Raises `BadSettings` naming what is wrong."""
        check("Vonage", settings, _CHECKS)
        if settings["api"] == "messages" and settings["api_base"].rstrip("/") == BASES["sms"]:
            settings = {**settings, "api_base": BASES["messages"]}
        if len(settings.get("callback_url", "")) > 100:
            raise BadSettings("Vonage's callback_url should be no longer than 100 characters.")
        return Vonage(settings, http=http, clock=clock)

    def account(self, settings: Mapping[str, str]) -> str | None:
        """The sending number, which is what webhooks name."""
        return number(settings.get("from"))


KIND: Kind = VonageKind()
