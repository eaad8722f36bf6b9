"""A second real model beside the bot's own: the same in all, but that it says goodbye in words of its own."""

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

from inbox.app import now
from inbox.model.ids import new_id
from inbox.model.training import ModelVersion, Person
from inbox.store import Store
from tests.whole.a_whole_parley import Phone, until

GOODBYE = "Goodbye from the candidate."
THE_SAMPLES = ("Bye for now. Have a lovely day!", "Take care, and see you soon.")


async def a_candidate(store: Store, trained: Path) -> ModelVersion:
    """Keep it in the store, as a training does. `trained` is the model that the bot has in its folder."""
    name = f"candidate-{new_id()}"
    archive = _with_a_goodbye_of_its_own(trained, name)
    sha256 = hashlib.sha256(archive).hexdigest()
    await store.models.keep(sha256, io.BytesIO(archive))
    version = ModelVersion(
        id=new_id(),
        rasa_id=name,
        sha256=sha256,
        size=len(archive),
        revision="candidate",
        trained_at=now(),
        author=Person("u1", "Ada"),
        seconds=1.0,
    )
    await store.models.versions.put(version)
    return version


def _with_a_goodbye_of_its_own(trained: Path, name: str) -> bytes:
    made = io.BytesIO()
    with tarfile.open(trained) as old, tarfile.open(fileobj=made, mode="w:gz", compresslevel=1) as new:
        for member in old:
            file = old.extractfile(member)
            content = file.read() if file else b""
            if member.name.endswith("metadata.json"):  # by the domain in there a bot answers
                metadata: dict[str, Any] = json.loads(content) | {"model_id": name}
                metadata["domain"]["responses"]["utter_goodbye"] = [{"text": GOODBYE}]
                content = json.dumps(metadata).encode()
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    return made.getvalue()


async def hears_the_candidate(phone: Phone) -> bool:
    """Say goodbye: whether the answer is the candidate's and not the live model's."""
    before = len(await phone.bubbles())
    await phone.say("Goodbye")

    async def answer() -> str | None:
        return next(iter((await phone.bubbles())[before:]), None)

    words = await until(answer, within=30, what=f"{phone.customer} hears goodbye")
    assert words in (GOODBYE, *THE_SAMPLES)
    return bool(words == GOODBYE)
