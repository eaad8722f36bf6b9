"""What can go wrong with a request, as RFC 9457 problem details."""

from __future__ import annotations

from sanic.response import HTTPResponse, json


class Problem(Exception):
    """A request that gets no answer. `detail` is for the inbox's log and holds no message text."""

    status = 500
    title = "The bot could not answer"

    def __init__(self, detail: str) -> None:
        """`detail` says what happened, and what to do about it if anything can be done."""
        super().__init__(detail)
        self.detail = detail

    def response(self) -> HTTPResponse:
        """The problem as `application/problem+json`."""
        body = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        return json(body, status=self.status, content_type="application/problem+json")


class Malformed(Problem):
    """The body is not what the contract says; `detail` names the field."""

    status = 400
    title = "Malformed request"


class Unauthorised(Problem):
    """No bearer token, or the wrong one."""

    status = 401
    title = "Not authorised"


class AlreadyRunning(Problem):
    """The same turn is being run at this moment. Ask again to get its answer."""

    status = 409
    title = "Turn already running"


class NobodyAsks(Problem):
    """The connection was closed before the turn was begun, or a later turn was run before it."""

    status = 503
    title = "Nobody asks this any more"


class TooLong(Problem):
    """The text is longer than the bot reads."""

    status = 413
    title = "Text too long"


class NotReady(Problem):
    """No model is loaded."""

    status = 503
    title = "Bot not ready"


class Silent(Problem):
    """The turn ran and nothing was said, though no rule or story says to listen."""

    title = "The bot said nothing"
