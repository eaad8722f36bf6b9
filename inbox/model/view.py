"""A saved view: a list of conversations that people come back to."""

from datetime import datetime

import msgspec

FIELDS = (
    "tab",
    "status",
    "sort",
    "channel_id",
    "team",
    "label",
    "priority",
    "language",
    "assignee",
    "waiting",
    "q",
)
"""What a view is made of: what the list can be asked for."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A name for what the list is asked for."""

    id: str
    name: str
    query: dict[str, str]
    """By the names of `FIELDS`; what is left out is as usual."""
    owner_id: str
    """Whose it is: a user's id, or `EVERYBODY`."""
    author_id: str
    at: datetime


EVERYBODY = "*"
