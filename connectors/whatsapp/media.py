"""Files at Meta: where a customer's is, and how ours get there.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
"""

from typing import Any

import aiohttp

from connectors.content import Media
from connectors.contract import FileToSend, Located, Uploaded
from connectors.errors import ContentRefused, OutcomeUnknown
from connectors.http import Answer, call
from connectors.tolerant import Json, Malformed, decode, number, text
from connectors.whatsapp.faults import refusal
from connectors.whatsapp.inbound import digest

HOSTS = ("lookaside.fbsbx.com", "graph.facebook.com", ".fbcdn.net", ".whatsapp.net", ".fbsbx.com")
"""Where Meta keeps files."""

KEPT = 29 * 86_400.0
"""Seconds for which a file that we uploaded may be sent: Meta keeps it for 30 days."""

MIB = 1024 * 1024
LARGEST = {
    "image": 5 * MIB,
    "audio": 16 * MIB,
    "video": 16 * MIB,
    "sticker": 500 * 1024,
    "document": 100 * MIB,
}
"""Meta's limits in bytes, by the kind of content."""

TAKEN = {
    "image": frozenset({"image/jpeg", "image/png"}),
    "audio": frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}),
    "video": frozenset({"video/mp4", "video/3gpp"}),
    "sticker": frozenset({"image/webp"}),
}
"""Types that Meta takes, by the kind of content; a document may be of any."""

_PATIENCE = aiohttp.ClientTimeout(total=180, connect=10)


class Shelf:
    """The files of one WhatsApp number."""

    def __init__(self, http: aiohttp.ClientSession, *, base: str, origin: str, token: str) -> None:
        """`base` is the Graph API with its version, `origin` the `api_base` of the channel."""
        self._http, self._base, self._origin = http, base, origin
        self._headers = {"Authorization": f"Bearer {token}"}

    async def locate(self, media: Media) -> Located:
        """Where a customer's file is: an address that Meta keeps for five minutes. Raises `SendFailed`."""
        if media.media_id is None:
            if media.url is None:
                raise ContentRefused("There is no file in the message.", code="content")
            return self._at(media.url, {})
        if not media.media_id.isalnum():
            raise ContentRefused("WhatsApp's id of the file is none.", code="content")
        answer = await call(
            self._http, "GET", f"{self._base}/{media.media_id}", provider="WhatsApp", headers=self._headers
        )
        if not answer.is_success:
            raise refusal(answer)
        said = _object(answer)
        place = text(said, "url")
        if not place:
            raise OutcomeUnknown("WhatsApp did not say where the file is.", code="no_url")
        return self._at(place, said)

    def _at(self, url: str, said: Json) -> Located:
        size = number(said, "file_size")
        return Located(
            url=url,
            hosts=HOSTS,
            own=self._origin,
            headers=self._headers,
            mime_type=text(said, "mime_type"),
            sha256=digest(text(said, "sha256")),
            size=int(size) if size is not None else None,
        )

    async def upload(self, file: FileToSend, number_id: str) -> Uploaded:
        """Hand a file to Meta. Raises `SendFailed`."""
        form = aiohttp.FormData(quote_fields=False)  # Meta shows the name to the customer as it comes
        form.add_field("messaging_product", "whatsapp")
        form.add_field("type", file.mime_type)
        form.add_field("file", file.body, filename=file.name, content_type=file.mime_type)
        answer = await call(
            self._http,
            "POST",
            f"{self._base}/{number_id}/media",
            provider="WhatsApp",
            headers=self._headers,
            parts=form,
            timeout=_PATIENCE,
        )
        if not answer.is_success:
            raise refusal(answer)
        media_id = text(_object(answer), "id")
        if not media_id:
            raise OutcomeUnknown("WhatsApp took the file but did not say by which id.", code="no_id")
        return Uploaded(media_id, KEPT)


def _object(answer: Answer) -> Json:
    try:
        said: Any = decode(answer.body)
    except Malformed:
        return {}
    return said if isinstance(said, dict) else {}
