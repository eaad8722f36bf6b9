"""Sinch: SMS, and MMS where Sinch offers it. Start reading at `connector.py`."""

from collections.abc import Mapping
from typing import ClassVar

import aiohttp

from connectors.contract import Clock, Connector, Kind, Setting
from connectors.sms.filling import ANY, RATE, TRANSLITERATE, WORD, check
from connectors.sms.people import number
from connectors.sms.sinch.connector import Sinch

_CHECKS = {
    "service_plan_id": (WORD, "the service plan's id"),
    "api_token": (WORD, "the service plan's API token"),
    "callback_secret": (ANY, "the secret with which callbacks are signed, or a word of your own"),
}


class SinchKind:
    """How the registry makes Sinch connectors."""

    name: ClassVar[str] = "sinch"
    title: ClassVar[str] = "SMS by Sinch"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(name="service_plan_id", meaning="The service plan's id"),
        Setting(name="api_token", meaning="The service plan's API token", secret=True),
        Setting(
            name="callback_secret",
            meaning="The secret with which callbacks are signed; without signing, a word of your own that "
            "they bring in the address (?secret=…) or as a password",
            secret=True,
            is_ours=True,
        ),
        Setting(
            name="callback_user", meaning="The user whose password callbacks bring; empty for any", default=""
        ),
        Setting(name="from", meaning="The sender: a number, a short code or a name", default=""),
        Setting(
            name="callback_url", meaning="This channel's webhook address, for delivery reports", default=""
        ),
        Setting(name="api_base", meaning="The region's address", default="https://us.sms.api.sinch.com"),
        RATE,
        TRANSLITERATE,
    )

    def connect(self, settings: Mapping[str, str], *, http: aiohttp.ClientSession, clock: Clock) -> Connector:
        """Make a connector. Raises `BadSettings` naming what is wrong."""
        check("Sinch", settings, _CHECKS)
        return Sinch(settings, http=http, clock=clock)

    def account(self, settings: Mapping[str, str]) -> str | None:
        """The sending number, which is what webhooks name."""
        return number(settings.get("from"))


KIND: Kind = SinchKind()
