"""Pictures that customers send: what the provider hands out, and whether the inbox has kept it."""

import hashlib
import random
from typing import Any

from connectors.content import Content, Media
from inbox.store import Store
from tests.faults.ledger import Ledger

_SIGNATURE = b"\x89PNG\r\n\x1a\n"

Json = dict[str, Any]


def picture_of(media_id: str) -> bytes:
    """The bytes behind an id of the provider's: up to 2 MB that nothing packs smaller, always the same."""
    chance = random.Random(media_id)
    return _SIGNATURE + chance.randbytes(chance.randrange(10_000, 2_000_000))


def picture(number: str, line: tuple[str, str]) -> Json:
    """A message with a picture as it stands in a webhook; `line` is its id and its caption."""
    key, caption = line
    media_id = key.removeprefix("wamid.")
    digest = hashlib.sha256(picture_of(media_id)).hexdigest()
    image = {"id": media_id, "mime_type": "image/png", "sha256": digest, "caption": caption}
    return {"from": number, "id": key, "type": "image", "image": image}


def words_of(content: Content) -> str | None:
    """What was said in a message: its text, or its picture's caption."""
    return content.caption if isinstance(content, Media) else content.text


async def looked_at(ledger: Ledger, store: Store) -> list[str]:
    """What is not as promised of the pictures: each is kept whole, and no other bytes are."""
    found: list[str] = []
    files = {d["_id"]: d async for d in store._database.files.find({})}
    kept: dict[str, bytes] = {}
    async for chunk in store._database["media.chunks"].find({}).sort([("files_id", 1), ("n", 1)]):
        kept[chunk["files_id"]] = kept.get(chunk["files_id"], b"") + chunk["data"]
    async for message in store._database.messages.find({"external_id": {"$in": list(ledger.pictures)}}):
        file = files.get(message["_id"], {})
        if kept.pop(file.get("blob") or "", b"") != picture_of(message["external_id"].removeprefix("wamid.")):
            state, problem = file.get("state"), file.get("problem")
            found.append(f"the picture {message['external_id']} is not kept whole: {state}, {problem}")
    found += [f"{len(kept)} pieces of pictures are left that belong to no message"] if kept else []
    return found
