"""How a socket's question is answered, also when it goes wrong."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeGuard, TypeVar

import structlog

from inbox.actions.errors import ActionRefused, Invalid
from inbox.ingest import Busy
from inbox.store import Conflict, StoreError

Json = dict[str, Any]
N = TypeVar("N")
Answer = Callable[[N, str, Any], Awaitable[Json]]

log = structlog.get_logger(__name__)


def failed(title: str, detail: str, code: str) -> Json:
    """An answer that says what went wrong."""
    return {"error": {"title": title, "detail": detail, "code": code}}


def answered(handler: Answer[N]) -> Callable[..., Awaitable[Json]]:
    """Give the handler a dict to read, and turn what it raises into an answer."""

    @wraps(handler)
    async def answering(namespace: N, page: str, body: Any = None, *_: Any) -> Json:
        if not isinstance(body, dict | None):
            return failed("Invalid", "An object is expected.", "invalid")
        try:
            return await handler(namespace, page, body or {})
        except ActionRefused as error:
            return failed("Refused", str(error), error.code)
        except (Busy, Conflict, StoreError):
            return failed("Unavailable", "Please try again.", "unavailable")
        except Exception:
            log.exception("socket event failed", event=handler.__name__)
            return failed("Something went wrong", "The error has been logged.", "internal")

    return answering


def text_in(body: Json, name: str, *, most: int) -> str:
    """A text of the body. Raises `Invalid`."""
    value = body.get(name)
    if not is_text(value) or len(value) > most:
        raise Invalid(f"{name} must be a text of at most {most:,} characters.")
    return value


def is_text(value: Any) -> TypeGuard[str]:
    """Whether it is a text that can be stored: JSON can carry half a surrogate pair."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def number_in(body: Json, name: str) -> int | None:
    """A whole number of the body, None if it is not there. Raises `Invalid`."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise Invalid(f"{name} must be a whole number.")
    return value
