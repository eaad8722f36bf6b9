"""Every error of HTTP in one form (RFC 9457), and the headers that every answer carries."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web

from inbox.actions.errors import ActionRefused, TooMany
from inbox.ingest import Busy
from inbox.parts import PARTS
from inbox.store import Conflict, StoreError, Unwritable

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = structlog.get_logger(__name__)

NONCE = web.RequestKey("nonce", str)

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

UNASKED = {
    **_HEADERS,
    "Server": "Parley",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""The headers of an answer to what was no request of anybody's."""


def problem(status: int, title: str, detail: str, *, code: str | None = None, **headers: str) -> web.Response:
    """An error as RFC 9457 problem details. `detail` is fit for a person."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if code:
        body["code"] = code
    return web.json_response(
        body,
        status=status,
        content_type="application/problem+json",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever a handler raises into an answer that tells what to do, and nothing of our inside."""
    try:
        return await handler(request)
    except Exception as error:
        if isinstance(error, web.HTTPException) and error.status < 400:
            raise
        return told(error, request.method, _route_of(request))


def _route_of(request: web.Request) -> str:
    """Which route was asked. The path itself may hold an invitation's secret, a file's ticket, a number."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "unknown"


def told(error: Exception, method: str, route: str) -> web.Response:
    """The answer to a request that ended in this error."""
    match error:
        case web.HTTPException():
            headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
            return problem(error.status, error.reason, error.text or error.reason, **headers)
        case web.RequestPayloadError():
            return problem(400, "Unreadable", "The body is not packed as its headers say.", code="invalid")
        case TooMany(retry_after=int() as seconds):
            return problem(429, "Too many", str(error), code=error.code, Retry_After=str(seconds))
        case ActionRefused():
            return problem(error.status, _title(error), str(error), code=error.code)
        case Busy():
            return problem(503, "Busy", str(error), code="busy", Retry_After="2")
        case Conflict():
            return problem(503, "Conflict", str(error), code="conflict", Retry_After="1")
        case Unwritable():
            return problem(422, "Cannot be stored", "This cannot be stored.", code="invalid")
        case StoreError():
            log.warning("store unavailable", route=route, error=type(error).__name__)
            what = "The store does not answer."
            return problem(503, "Store unavailable", what, code="unavailable", Retry_After="2")
    log.error("request failed", route=route, method=method, exc_info=error)
    return problem(500, "Something went wrong", "The error has been logged.", code="internal")


def nonce_of(request: web.Request) -> str:
    """The word by which the browser knows this answer's own inline scripts; made when asked for."""
    if NONCE not in request:
        request[NONCE] = secrets.token_urlsafe(16)
    return request[NONCE]


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal handler for `on_response_prepare`: the headers of every answer, unless it has its own.

    They keep browsers strict. A provider's webhook is no browser, and comes five thousand times a second.
    """
    response.headers["Server"] = "Parley"  # aiohttp names its version and Python's
    if request.path.startswith("/hooks/"):
        response.headers["X-Content-Type-Options"] = "nosniff"
        return
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    if request.config_dict[PARTS].settings.public_url.startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    response.headers.setdefault("Content-Security-Policy", policy(request.get(NONCE, "")))


def policy(nonce: str, *, ancestors: str = "'none'", images: str = "") -> str:
    """The Content-Security-Policy of our pages: scripts of ours alone, framed by nobody unless said."""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}'",
            f"style-src 'self' 'nonce-{nonce}'",
            f"img-src 'self' data: blob: {images}".strip(),
            "media-src 'self' blob:",
            "connect-src 'self' ws: wss:",
            "worker-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {ancestors}",
        )
    )


def _title(error: ActionRefused) -> str:
    return {
        403: "Not allowed",
        404: "Not found",
        409: "Conflict",
        412: "Changed since",
        422: "Invalid",
        429: "Too many",
    }.get(error.status, "Refused")
