"""Where the training data of each edition lie."""

from pathlib import Path
from typing import NamedTuple

from inbox.actions.errors import NotFound
from inbox.model.assistant import ID, LANGUAGE


class Places(NamedTuple):
    """The folders: the one that is always there, and the one of all others."""

    nlu_data: Path
    assistants: Path

    def folder(self, edition: str | None) -> Path:
        """An edition's folder, by its key. Raises `NotFound` for what cannot be one."""
        if edition is None:
            return self.nlu_data
        assistant, _, language = edition.partition(".")
        if not ID.fullmatch(assistant) or not LANGUAGE.fullmatch(language):
            raise NotFound("There is no such edition.")
        return self.assistants / assistant / language
