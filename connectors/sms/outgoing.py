"""What every provider asks of a message that we send."""

from typing import Any
from urllib.parse import urlsplit

from connectors.content import Media
from connectors.errors import ContentRefused

_ADDRESS = 2048


def words_within(words: str, limit: int, provider: str) -> str:
    """The words as they are. Raises `ContentRefused` for none or too many.

    Nothing is cut here: what a person wrote must not lose its end in silence.
    """
    if not words.strip():
        raise ContentRefused("There is no text in the message.", code="content")
    if len(words) > limit:
        raise ContentRefused(
            f"The text has {len(words):,} characters; {provider} takes {limit:,}.", code="too_long"
        )
    return words


def public_address(content: Media, provider: str) -> str:
    """Where the provider can fetch a file that we send. Raises `ContentRefused`."""
    if not content.url:
        raise ContentRefused("There is no file in the message.", code="content")
    if urlsplit(content.url).scheme not in ("http", "https") or len(content.url) > _ADDRESS:
        raise ContentRefused(f"{provider} fetches files from a public address only.", code="content")
    return content.url


def not_carried(content: Any, provider: str) -> ContentRefused:
    """The error for a content that the provider has no form for."""
    what = type(content).__name__.lower()
    return ContentRefused(f"{provider} cannot carry this content ({what}).", code="content")
