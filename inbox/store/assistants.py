"""The collection `assistants`."""

from typing import Any

from pymongo.errors import DuplicateKeyError

from inbox.model.assistant import DEFAULT, Assistant, the_default
from inbox.store.codec import to_document
from inbox.store.registers import Register

MOST = 50


class Assistants(Register[Assistant]):
    """Assistants under their ids. The default one is there before it is kept."""

    def __init__(self, database: Any) -> None:
        super().__init__(database.assistants, Assistant)

    async def all(self) -> list[Assistant]:
        """Every assistant, the default one first."""
        found = await self.list(limit=MOST + 1)
        default = next((each for each in found if each.id == DEFAULT), the_default())
        return [default, *(each for each in found if each.id != DEFAULT)]

    async def the(self, assistant_id: str) -> Assistant | None:
        """The assistant of that id, or None."""
        return await self.get(assistant_id) or (the_default() if assistant_id == DEFAULT else None)

    async def change_from(self, before: Assistant, after: Assistant) -> bool:
        """Put `after` in the place of `before`. False, changing nothing, if somebody was quicker."""
        document = to_document(after)
        try:
            answer = await self._all.replace_one(
                {"_id": before.id, "rev": before.rev}, document, upsert=before.rev == 0
            )
        except DuplicateKeyError:
            return False
        return bool(answer.matched_count or answer.upserted_id)
