"""What a new installation is given to try: channels in rehearsal, and orders to ask for."""

import asyncio
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.contract import Clock
from inbox.actions.channels import add_channel
from inbox.actions.errors import AlreadyThere
from inbox.model.secrets import Vault
from inbox.store import Store

Order = dict[str, Any]


async def add_samples(*, store: Store, vault: Vault, clock: Clock) -> None:
    """Add the sample channels, if there is no channel yet, and the sample orders."""
    await store.add_orders(sample_orders(clock()))
    if await store.channels.list(limit=1):
        return
    whatsapp = {
        "phone_number_id": "100000000000001",
        "waba_id": "102290129340398",
        "access_token": secrets.token_urlsafe(24),
        "app_secret": secrets.token_hex(16),
        "verify_token": secrets.token_urlsafe(12),
    }
    rcs = {
        "agent_id": "alder_finch_agent@rbm.goog",
        "client_token": secrets.token_urlsafe(24),
        "service_account": await asyncio.to_thread(_service_account),
    }
    sms = {
        "account_sid": f"AC{secrets.token_hex(16)}",
        "auth_token": secrets.token_hex(16),
        "from": "+15550100200",
    }
    samples: tuple[tuple[str, str, str, Mapping[str, str]], ...] = (
        ("webchat", "webchat", "Web chat", {"title": "Alder & Finch"}),
        ("whatsapp", "whatsapp", "WhatsApp", whatsapp),
        ("rcs", "rcs", "RCS", rcs),
        ("twilio", "sms", "SMS", sms),
    )
    for kind, channel_id, name, settings in samples:
        try:
            await add_channel(
                kind,
                channel_id,
                settings=settings,
                store=store,
                vault=vault,
                clock=clock,
                name=name,
                rehearsal=kind != "webchat",
            )
        except AlreadyThere:
            continue


def _service_account() -> str:
    """A key file as Google Cloud makes them, with a key that opens the stand-in and nothing else."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    about = {"type": "service_account", "client_email": "rehearsal@alder-finch.iam.gserviceaccount.com"}
    where = {"token_uri": "https://oauth2.googleapis.com/token"}
    return json.dumps(about | where | {"private_key_id": secrets.token_hex(20), "private_key": pem.decode()})


def sample_orders(now: datetime) -> list[Order]:
    """Five orders in every state that the bot can tell of."""

    def day(ago: float) -> str:
        return (now - timedelta(days=ago)).date().isoformat()

    return [
        _order("48213", "delivered", ("Oak side table", 1), "189.00", "Milan", day(6), day(4), day(1), None),
        _order("48214", "shipped", ("Wool blanket", 2), "118.00", "Turin", day(3), day(1), None, day(-2)),
        _order("50117", "processing", ("Linen lamp", 1), "79.00", "Rome", day(1), None, None, day(-4)),
        _order("50250", "returned", ("Walnut chair", 4), "516.00", "Naples", day(20), day(18), day(15), None),
        _order("51002", "cancelled", ("Clay vase", 1), "34.00", "Florence", day(2), None, None, None),
    ]


def _order(
    number: str,
    status: str,
    item: tuple[str, int],
    amount: str,
    city: str,
    placed: str,
    shipped: str | None,
    delivered: str | None,
    eta: str | None,
) -> Order:
    return {
        "number": number,
        "status": status,
        "items": [{"name": item[0], "quantity": item[1]}],
        "placed_at": placed,
        "shipped_at": shipped,
        "delivered_at": delivered,
        "eta": eta,
        "carrier": "Bartolini" if shipped else None,
        "tracking_url": None,
        "city": city,
        "total": {"amount": amount, "currency": "EUR"},
    }
