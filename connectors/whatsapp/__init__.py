"""WhatsApp by Meta's Cloud API. Start reading at `connector.py`."""

import re
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlsplit

import aiohttp

from connectors.contract import Clock, Connector, Kind, Setting
from connectors.errors import BadSettings
from connectors.whatsapp.connector import WhatsApp

_CHECKS = {
    "phone_number_id": (r"[0-9A-Za-z_-]+", "the id that Meta gave the number, not the number itself"),
    "api_version": (r"v\d+\.\d+", "a version such as v26.0"),
    "access_token": (r"[!-~]+", "one word without spaces"),
    "app_secret": (r".*\S.*", "the app's secret"),
    "verify_token": (r".*\S.*", "a word of your own"),
}
"""What a setting must look like, and how to say so without repeating it: it may be a secret."""


class WhatsAppKind:
    """How the registry makes WhatsApp connectors."""

    name: ClassVar[str] = "whatsapp"
    title: ClassVar[str] = "WhatsApp"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(name="phone_number_id", meaning="Meta's id of the phone number that sends"),
        Setting(name="access_token", meaning="The system user's token for the Graph API", secret=True),
        Setting(
            name="app_secret", meaning="The Meta app's secret, with which webhooks are signed", secret=True
        ),
        Setting(
            name="verify_token",
            meaning="A word of your own that Meta repeats in its handshake",
            secret=True,
            is_ours=True,
        ),
        Setting(name="api_base", meaning="Where the Graph API is", default="https://graph.facebook.com"),
        Setting(name="api_version", meaning="Which version of the Graph API to call", default="v26.0"),
        Setting(name="waba_id", meaning="Meta's id of the business account, for templates", default=""),
    )

    def connect(self, settings: Mapping[str, str], *, http: aiohttp.ClientSession, clock: Clock) -> Connector:
        """Make a connector. Raises `BadSettings` naming what is wrong."""
        for name, (pattern, wish) in _CHECKS.items():
            if not re.fullmatch(pattern, settings.get(name, "")):
                raise BadSettings(f"WhatsApp's {name} should be {wish}.")
        if not _is_address(settings.get("api_base", "")):
            raise BadSettings("WhatsApp's api_base should be an address such as https://graph.facebook.com.")
        return WhatsApp(settings, http=http, clock=clock)

    def account(self, settings: Mapping[str, str]) -> str | None:
        """The phone number id: what webhooks and send calls name."""
        return settings.get("phone_number_id") or None


def _is_address(given: str) -> bool:
    try:
        parts = urlsplit(given)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


KIND: Kind = WhatsAppKind()
