"""Why an action was refused. The text is plain words for the one who asked."""


class ActionRefused(Exception):
    """The base: `status` is the HTTP status that says the same, `code` the name a program can go by."""

    status = 400
    code = "refused"


class Invalid(ActionRefused):
    """What was asked makes no sense."""

    status = 422
    code = "invalid"


class Forbidden(ActionRefused):
    """Not with these permissions."""

    status = 403
    code = "forbidden"


class NotFound(ActionRefused):
    """There is no such thing, or none that you may see."""

    status = 404
    code = "not_found"


class NotSpeaker(ActionRefused):
    """Someone else speaks to this customer."""

    status = 409
    code = "not_speaker"


class StaleEpoch(ActionRefused):
    """The speaker changed since you looked."""

    status = 409
    code = "stale_epoch"


class AlreadyThere(ActionRefused):
    """Something of that name exists."""

    status = 409
    code = "already_there"


class TooMany(ActionRefused):
    """Too often; wait a while, for as many seconds as `retry_after` says."""

    status = 429
    code = "too_many"

    def __init__(self, text: str, *, retry_after: int | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after
