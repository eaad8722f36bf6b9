"""Web chat: our own channel. The visitor's browser is the provider, and speaks Socket.IO with the inbox.

Inbound messages come through the `/visitors` namespace, where the token is verified, so this connector takes
no webhooks. Outbound needs no call either: once the outbox lets a message go, its commit tells the visitor.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import ClassVar

import aiohttp

from connectors.contract import (
    Capabilities,
    Clock,
    Connector,
    Kind,
    Outbound,
    Receipt,
    Setting,
    StopWords,
    Webhook,
)
from connectors.errors import WebhookRejected
from connectors.events import Event, IdentityKind

CAPABILITIES = Capabilities(
    asks_rating=True,
    reached_by=IdentityKind.VISITOR,
    contents=frozenset(
        {"text", "options", "image", "audio", "video", "document", "sticker"}
        | {"card", "carousel", "location", "contacts"}
    ),
    text_length=8_000,
    captions=frozenset({"image", "audio", "video", "document"}),
    caption_length=8_000,
    options=13,
    option_title_length=80,
    header_length=200,
    footer_length=200,
    links="any",
    actions=frozenset({"fill_form"}),
    card_options=13,
    card_text_length=8_000,
    carousel_cards=(1, 20),
    carousel_options=13,
    stop_words=StopWords.NONE,
    idempotent_send=True,
)


class WebChat:
    """The visitor's browser as a provider."""

    capabilities = CAPABILITIES

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.settings = settings

    def identifies(self, user_id: str, proof: str) -> bool:
        """Whether the site says that this is its user: `proof` is HMAC-SHA256 of the id in hex.

        Nobody is, while the channel has no secret to share with the site.
        """
        secret = self.settings["identity_secret"]
        if not secret or not user_id:
            return False
        made = hmac.new(secret.encode(), user_id.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        return hmac.compare_digest(made.encode(), proof.lower().encode("utf-8", "surrogatepass"))

    def verify(self, webhook: Webhook) -> None:
        """Always raises `WebhookRejected`: web chat has no webhooks."""
        raise WebhookRejected("Web chat takes no webhooks; visitors connect to Socket.IO.")

    def parse(self, webhook: Webhook) -> list[Event]:
        """Always empty."""
        return []

    async def send(self, message: Outbound) -> Receipt:
        """Accept the message: what is marked as sent is what visitors are shown."""
        return Receipt(external_id=message.message_id)


class WebChatKind:
    """How the registry makes web chat connectors."""

    name: ClassVar[str] = "webchat"
    title: ClassVar[str] = "Web chat"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(name="title", meaning="What the widget's header says", default="Chat with us"),
        Setting(
            name="greeting", meaning="The first line a visitor sees", default="Hello! How can we help you?"
        ),
        Setting(
            name="origins",
            meaning="Sites that may embed the widget, separated by spaces; * allows every site",
            default="*",
        ),
        Setting(
            name="uploads",
            meaning="Types of files that visitors may send, such as image/* application/pdf; empty: none",
            default="image/* audio/* video/* application/pdf text/plain",
        ),
        Setting(name="upload_mb", meaning="Largest file that visitors may send, in MB", default="10"),
        Setting(
            name="ask",
            meaning="What to ask before the first message, of name, email and phone; with a ? it is optional",
            default="",
        ),
        Setting(
            name="promise",
            meaning="How soon people answer, as visitors read it: within a few minutes",
            default="",
        ),
        Setting(
            name="hours",
            meaning="When people are there, such as Mo-Fr 09:00-18:00; PH off. Empty: always",
            default="",
        ),
        Setting(name="zone", meaning="The time zone of the hours, such as Europe/Rome", default="UTC"),
        Setting(name="country", meaning="Whose public holidays PH means, such as IT", default=""),
        Setting(
            name="rating", meaning="Whether to ask how it was, once it is resolved: yes or no", default="yes"
        ),
        Setting(
            name="identity_secret",
            meaning="With it your site signs who is logged in: HMAC-SHA256 of the user's id, in hex",
            secret=True,
            default="",
        ),
    )

    def connect(self, settings: Mapping[str, str], *, http: aiohttp.ClientSession, clock: Clock) -> Connector:
        """Web chat needs neither a session nor a clock."""
        return WebChat(settings)

    def account(self, settings: Mapping[str, str]) -> str | None:
        """Web chat has no accounts."""
        return None


KIND: Kind = WebChatKind()
