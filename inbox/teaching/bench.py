"""Puts the studio's machinery together."""

from connectors.contract import Clock
from inbox.model.training import JobKind
from inbox.settings import Settings
from inbox.store import Store
from inbox.teaching.asking import Teaching
from inbox.teaching.evaluating import Judging
from inbox.teaching.places import Places
from inbox.teaching.training import Training
from inbox.teaching.trying import Trials
from inbox.teaching.workshop import Workshop


def bench(store: Store, settings: Settings, clock: Clock) -> Teaching:
    """The studio's verbs and what runs their jobs, not yet started."""
    judging = Judging(store, settings, clock)
    kinds = {
        JobKind.TRAIN: Training(store, clock, settings.models_kept).prepare,
        JobKind.EVALUATE: judging.evaluate,
        JobKind.STORIES: judging.stories,
        JobKind.REPLAY: judging.replay,
    }
    workshop = Workshop(store, settings, clock, kinds)
    places = Places(settings.nlu_data, settings.assistants)
    return Teaching(store, clock, places, workshop, Trials(store, settings, clock, places))
