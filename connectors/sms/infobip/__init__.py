"""Infobip: SMS. Start reading at `connector.py`."""

from collections.abc import Mapping
from typing import ClassVar

import aiohttp

from connectors.contract import Clock, Connector, Kind, Setting
from connectors.sms.filling import ANY, RATE, TRANSLITERATE, WORD, check
from connectors.sms.infobip.connector import Infobip
from connectors.sms.people import number

_CHECKS = {
    "api_key": (WORD, "an API key of the account"),
    "callback_secret": (ANY, "a word of your own"),
}


class InfobipKind:
    """How the registry makes Infobip connectors."""

    name: ClassVar[str] = "infobip"
    title: ClassVar[str] = "SMS by Infobip"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(name="api_key", meaning="An API key of the account", secret=True),
        Setting(
            name="callback_secret",
            meaning="A word of your own that webhooks bring: in the address (?secret=…) or as a password",
            secret=True,
            is_ours=True,
        ),
        Setting(
            name="callback_user",
            meaning="The user whose password webhooks bring; empty for any",
            default="",
        ),
        Setting(name="from", meaning="The sender: a number or a name", default=""),
        Setting(
            name="callback_url",
            meaning="This channel's webhook address, secret included, for delivery reports",
            default="",
        ),
        Setting(
            name="api_base",
            meaning="The account's own address, https://….api.infobip.com",
            default="https://api.infobip.com",
        ),
        RATE,
        TRANSLITERATE,
    )

    def connect(self, settings: Mapping[str, str], *, http: aiohttp.ClientSession, clock: Clock) -> Connector:
        """Make a connector. Raises `BadSettings` naming what is wrong."""
        check("Infobip", settings, _CHECKS)
        return Infobip(settings, http=http, clock=clock)

    def account(self, settings: Mapping[str, str]) -> str | None:
        """The sending number, which is what webhooks name."""
        return number(settings.get("from"))


KIND: Kind = InfobipKind()
