"""What every operation on the data is."""

from typing import ClassVar

import msgspec

from inbox.studio.workspace import Workspace


class Operation(msgspec.Struct, frozen=True, tag_field="type", forbid_unknown_fields=True):
    """The base: `apply` changes a workspace or raises `ActionRefused`; `words` tell it in the history."""

    everywhere: ClassVar[bool] = False
    """Whether it means every place at which a thing is used, also those that share it (`&`, `*`)."""

    def apply(self, space: Workspace) -> None:
        """Change the workspace."""
        raise NotImplementedError

    def words(self) -> str:
        """What it does, in a few words."""
        raise NotImplementedError
