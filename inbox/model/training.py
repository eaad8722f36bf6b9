"""What the studio's machinery works on: jobs, models that came of them, and which model answers."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec


class JobKind(StrEnum):
    """What a job does."""

    TRAIN = "train"
    EVALUATE = "evaluate"
    STORIES = "stories"
    REPLAY = "replay"


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class Person(msgspec.Struct, frozen=True):
    """Who did it, with the name they had then."""

    id: str
    name: str


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of work that takes long. At most one runs at a time in an installation."""

    id: str
    kind: JobKind
    state: JobState = JobState.QUEUED
    asked_by: Person
    asked_at: datetime
    options: dict[str, Any] = {}
    revision: str
    """Of the data that it works on: see `DataSnapshot`."""
    edition: str | None = None
    """Whose data that is: see `inbox/model/assistant.py`."""
    owner: str | None = None
    until: datetime | None = None
    """Until when the owner has it for sure."""
    attempts: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    step: str = ""
    share: int = 0
    """Per cent."""
    log: tuple[str, ...] = ()
    error: str | None = None
    cancel: bool = False
    result: dict[str, Any] = {}


class DataSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The data's files as they were, packed; `id` is their revision, so that the same data is kept once."""

    id: str
    at: datetime
    files: int
    packed: bytes


class ModelVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A trained model, which never changes. Its bytes lie in GridFS under its `sha256`."""

    id: str
    """The job that made it."""
    rasa_id: str
    """What the bot calls it when it answers."""
    sha256: str
    size: int
    revision: str
    trained_at: datetime
    author: Person
    seconds: float
    scores: dict[str, Any] = {}
    edition: str | None = None


class PublicationChange(msgspec.Struct, frozen=True, kw_only=True):
    """Who changed what when."""

    at: datetime
    by: Person
    what: str
    """`activated`, `rolled_back`, `canary_started`, `canary_ended`."""
    model_id: str | None
    before_id: str | None
    share: int = 0


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """Which model of an edition answers whom. `rev` grows with each change, so that two people notice
    each other. `id` is the edition's, or `live` for the one that there is without being made.

    Without a `model_id` that one answers by the model in the bot's own folder, as before there was a studio;
    any other edition does not answer.
    """

    id: str = "live"
    rev: int = 0
    model_id: str | None = None
    canary_id: str | None = None
    share: int = 0
    """Per cent of the conversations that the canary answers."""
    canary_since: datetime | None = None
    before: tuple[str | None, ...] = ()
    """Which models were live before, the last one first: the way of rolling back."""
    history: tuple[PublicationChange, ...] = ()
    """The last changes, the newest first."""
