"""Deleting a model that nobody needs. There is no way back."""

from inbox.actions.errors import ActionRefused
from inbox.model.people import Principal
from inbox.teaching.asking import Teaching, may, model_of
from inbox.teaching.pruning import Use, drop, uses


class InUse(ActionRefused):
    """The model is needed. The text says what for."""

    status = 409
    code = "model_in_use"


async def delete_model(teaching: Teaching, who: Principal, model_id: str, edition: str | None = None) -> None:
    """Delete a model for good, its bytes too. Raises `Forbidden`, `NotFound`, `InUse` or `AlreadyThere`."""
    may(who)
    store, clock = teaching.store, teaching.clock
    present = await store.publications.present(edition)
    version = await model_of(store, model_id, edition)
    _may_go((await uses(store, clock, present)).get(model_id))
    await drop(version, present, who, store=store, clock=clock)
    await teaching.trials.forget(version.sha256)


def _may_go(use: Use | None) -> None:
    match use:
        case Use.LIVE:
            raise InUse("This model answers customers. Activate another one first.")
        case Use.CANARY:
            raise InUse("This model answers a share of the conversations. End the canary first.")
        case Use.WAY_BACK:
            raise InUse("Rolling back leads to this model. It stays while the present one is live.")
        case Use.GUESTS:
            raise InUse("A guest's link leads to this model. Take the link back first, under Try it.")
        case Use.JOB:
            raise InUse("A job works on this model. Wait for its end, or cancel it.")
