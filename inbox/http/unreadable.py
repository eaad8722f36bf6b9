"""What comes over a connection and is no HTTP: answered and logged without a word of what it held.

aiohttp would answer with the line that it could not read and the versions of itself and of Python, and log
the line with a traceback as an error of ours: a webhook's secret in an address, or a cookie, would be in it.
A body that is not packed as its head says would fill the log with a traceback for each request.
"""

from collections.abc import Callable
from typing import Any

import structlog
from aiohttp import web
from aiohttp.http import HttpProcessingError

from inbox.http.errors import UNASKED, problem

log = structlog.get_logger(__name__)


class Reader(web.RequestHandler):
    """aiohttp's protocol, discreet about what it cannot read."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The answer to what could not be read; the connection ends with it."""
        if not isinstance(exc, HttpProcessingError):
            return super().handle_error(request, status, exc, message)
        log.info("unreadable request", address=request.remote, error=type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("The answer has begun already.")
        answer = problem(status, "Unreadable", "This is not HTTP as we read it.", code="unreadable")
        answer.headers.update(UNASKED)
        answer.force_close()
        return answer

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Note in a line that a body was not packed as its head said: the request was answered with that."""
        error = kw.get("exc_info")
        if not isinstance(error, web.RequestPayloadError):
            super().log_exception(*args, **kw)
            return
        address = self.transport.get_extra_info("peername") if self.transport else None
        log.info("unreadable body", address=address and address[0], error=type(error).__name__)


def reader_by(server: Callable[[], web.RequestHandler]) -> Reader:
    """A protocol as aiohttp's server makes it, which cannot be told of which class."""
    made = server()
    made.__class__ = Reader
    assert isinstance(made, Reader)
    return made
