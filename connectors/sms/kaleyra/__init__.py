"""Kaleyra (Tata Communications): SMS, or WhatsApp by Kaleyra. Start reading at `connector.py`."""

from collections.abc import Mapping
from typing import ClassVar

import aiohttp

from connectors.contract import Clock, Connector, Kind, Setting
from connectors.sms.filling import ANY, RATE, TRANSLITERATE, WORD, check
from connectors.sms.kaleyra.connector import Kaleyra
from connectors.sms.kaleyra.mapping import mapping_of
from connectors.sms.people import number

_CHECKS = {
    "sid": (WORD, "the account's SID"),
    "api_key": (WORD, "an API key of the account"),
    "callback_secret": (ANY, "a word of your own"),
    "channel": ("sms|whatsapp", "sms or whatsapp"),
    "type": ("TXN|MKT|OTP|", "TXN, MKT or OTP"),
}


class KaleyraKind:
    """How the registry makes Kaleyra connectors."""

    name: ClassVar[str] = "kaleyra"
    title: ClassVar[str] = "SMS by Kaleyra"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(name="sid", meaning="The account's SID"),
        Setting(name="api_key", meaning="An API key of the account", secret=True),
        Setting(
            name="callback_secret",
            meaning="A word of your own that callbacks bring: in the address (?secret=…), as the password of "
            "basic authentication, or in the header x-api-key",
            secret=True,
            is_ours=True,
        ),
        Setting(
            name="callback_user", meaning="The user whose password callbacks bring; empty for any", default=""
        ),
        Setting(name="channel", meaning="What the sender is on: sms or whatsapp", default="sms"),
        Setting(
            name="sender", meaning="The sender id or number; on WhatsApp the business's number", default=""
        ),
        Setting(name="type", meaning="What SMS are for: TXN, MKT or OTP", default="TXN"),
        Setting(name="template_id", meaning="The DLT template's id, for SMS in India", default=""),
        Setting(
            name="callback_profile_id", meaning="The callback profile that reports on messages", default=""
        ),
        Setting(
            name="callback_url",
            meaning="This channel's webhook address, secret included, if no callback profile reports",
            default="",
        ),
        Setting(
            name="fields",
            meaning="What the callback profile calls its fields, where it is not Kaleyra's name: "
            "from=msisdn, body=text",
            default="",
        ),
        Setting(name="api_base", meaning="The region's address", default="https://api.kaleyra.io"),
        RATE,
        TRANSLITERATE,
    )

    def connect(self, settings: Mapping[str, str], *, http: aiohttp.ClientSession, clock: Clock) -> Connector:
        """Make a connector. Raises `BadSettings` naming what is wrong."""
        check("Kaleyra", settings, _CHECKS)
        mapping_of(settings.get("fields", ""))
        return Kaleyra(settings, http=http, clock=clock)

    def account(self, settings: Mapping[str, str]) -> str | None:
        """The sending number, which is what webhooks name."""
        return number(settings.get("sender"))


KIND: Kind = KaleyraKind()
