"""RCS by Google's RBM API, and the Indian carriers' wrappers. Start reading at `connector.py`."""

import re
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlsplit

import aiohttp

from connectors.contract import Clock, Connector, Kind, Setting
from connectors.errors import BadSettings
from connectors.rcs.connector import API, Rcs
from connectors.rcs.times import LONGEST, SHORTEST

TRAFFIC = ("AUTHENTICATION", "TRANSACTION", "PROMOTION", "SERVICEREQUEST", "ACKNOWLEDGEMENT")

_CHECKS = {
    "agent_id": (r"[!-.0-~]+", "the agent's id, such as shop_ab12cd34_agent@rbm.goog"),
    "client_token": (r"\S(.*\S)?", "the webhook's client token, without blanks around it"),
    "region": (r"(us|europe|asia)?", "us, europe, asia or empty"),
    "traffic_type": (f"({'|'.join(TRAFFIC)})?", f"{', '.join(TRAFFIC[:-1])}, {TRAFFIC[-1]} or empty"),
    "carrier": (r"google|jio|vi|airtel", "google, jio, vi or airtel"),
}
"""What a setting must look like, and how to say so without repeating it: it may be a secret."""


class RcsKind:
    """How the registry makes RCS connectors."""

    name: ClassVar[str] = "rcs"
    title: ClassVar[str] = "RCS"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(name="agent_id", meaning="The agent's id in the Business Communications console"),
        Setting(
            name="client_token",
            meaning="The webhook's client token, with which webhooks are signed; a carrier that does not "
            "sign shows it as ?token=… in the webhook's address",
            secret=True,
            is_ours=True,
        ),
        Setting(
            name="service_account",
            meaning="The service account's key file (JSON), or the token of a gateway that speaks as Google",
            secret=True,
            lines=3,
        ),
        Setting(
            name="carrier",
            meaning="Whose webhooks come: google, or by their own form jio, vi or airtel",
            default="google",
        ),
        Setting(name="region", meaning="Where the agent lives: us, europe or asia", default=""),
        Setting(name="api_base", meaning="Where the RBM API is", default=API),
        Setting(
            name="media_hosts",
            meaning="Hosts beside Google's that customers' files come from, for carriers; .example.com "
            "stands for all of a domain",
            default="",
        ),
        Setting(
            name="traffic_type",
            meaning="What messages are, which multi-use agents must say: " + ", ".join(TRAFFIC),
            default="",
        ),
        Setting(
            name="ttl",
            meaning="After how many seconds Google takes an undelivered message back; empty: never, or two "
            "minutes after fallback_minutes",
            default="",
        ),
        Setting(
            name="fallback_channel",
            meaning="The id of the SMS channel for what RCS cannot deliver; empty: none",
            default="",
        ),
        Setting(
            name="fallback_minutes",
            meaning="After how many minutes an undelivered message is taken back and goes by SMS; "
            "empty: only when Google says that it cannot deliver",
            default="",
        ),
    )

    def connect(self, settings: Mapping[str, str], *, http: aiohttp.ClientSession, clock: Clock) -> Connector:
        """Make a connector. Raises `BadSettings` naming what is wrong."""
        for name, (pattern, wish) in _CHECKS.items():
            if not re.fullmatch(pattern, settings.get(name, "")):
                raise BadSettings(f"RCS's {name} should be {wish}.")
        if not _is_address(settings.get("api_base", "")):
            raise BadSettings(f"RCS's api_base should be an address such as {API}.")
        if not _is_ttl(settings.get("ttl", "")):
            raise BadSettings(f"RCS's ttl should be {SHORTEST} to {LONGEST} seconds, or empty.")
        if not re.fullmatch(r"[0-9]{0,5}", settings.get("fallback_minutes", "")):
            raise BadSettings("RCS's fallback_minutes should be a whole number, or empty.")
        return Rcs(settings, http=http, clock=clock)

    def account(self, settings: Mapping[str, str]) -> str | None:
        """The agent's id: what webhooks and send calls name."""
        return settings.get("agent_id") or None


def _is_ttl(given: str) -> bool:
    return not given or (bool(re.fullmatch(r"[0-9]{1,7}", given)) and SHORTEST <= int(given) <= LONGEST)


def _is_address(given: str) -> bool:
    try:
        parts = urlsplit(given)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


KIND: Kind = RcsKind()
