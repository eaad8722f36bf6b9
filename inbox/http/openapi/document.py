"""`/api/v1` as OpenAPI 3.1. What is in it comes from the router and the handlers, so no route can be missing.

Beside what a handler itself answers, each may answer with the errors of `_PROBLEMS`: the middlewares and the
actions beneath raise those.
"""

import re
from functools import lru_cache
from importlib.metadata import version
from typing import Any, NamedTuple

import msgspec
from aiohttp import web

from inbox.http import matching
from inbox.http.once import HEADER
from inbox.http.openapi.handlers import Handler, read_handler
from inbox.http.openapi.schemas import Schema, Schemas
from inbox.http.openapi.values import Typed

BASE = "/api/v1/"

_PROBLEMS = {
    400: "The request is malformed.",
    401: "Nobody is signed in, or the token is void.",
    403: "Not allowed with these permissions, or the CSRF token is missing.",
    404: "There is no such thing.",
    408: "The body did not come in time.",
    409: "It is otherwise than you think: the `code` says how.",
    412: "What is there is not what `If-Match` names: somebody has changed it.",
    413: "The body is too large.",
    415: "The file is of no kind that is taken.",
    422: "The request cannot be understood or makes no sense: `detail` says why.",
    429: "Too many requests: wait `Retry-After` seconds.",
    503: "Something that is needed does not answer: try again after `Retry-After` seconds.",
}
_ALWAYS = (401, 403, 422, 429, 503)
_CHANGING = ("POST", "PUT", "PATCH", "DELETE")

_ABOUT = """Programs send `Authorization: Bearer TOKEN`; `parley token create NAME --scope SCOPE` makes one.
Browsers that are signed in send their cookie, and `X-CSRF-Token` with whatever changes something.

Errors are [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) problem details; go by their `code`. Times are
ISO 8601 in UTC. A POST with an `Idempotency-Key` may be sent again without harm for 24 hours. A list that has
a `next_cursor` goes on: ask again with `cursor`. Settings that two people may change tell an `ETag`; a PUT
with it in `If-Match` is refused with 412 if somebody else was faster. New fields may be added to answers at
any time; a field is taken away only with a new version in the path."""

_PROBLEM: Schema = {
    "type": "object",
    "description": "An error (RFC 9457).",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, for a person."},
        "code": {"type": "string", "description": "What is wrong, for a program."},
    },
    "required": ["type", "title", "status", "detail"],
}


class Route(NamedTuple):
    """A route of the API."""

    method: str
    path: str
    function: Any


class Operation(NamedTuple):
    """A route, and what its handler takes and gives."""

    method: str
    path: str
    name: str
    words: str
    handler: Handler


def routes_of(app: web.Application) -> tuple[Route, ...]:
    """Every route below `/api/v1/`, in the order of the router."""
    found = ((r.method, r.resource.canonical if r.resource else "", r.handler) for r in app.router.routes())
    return tuple(Route(*each) for each in found if each[1].startswith(BASE) and each[0] != "HEAD")


def _operation(route: Route) -> Operation:
    function = route.function
    room = function.__module__.rpartition(".")[2].removesuffix("_api")
    words = " ".join((function.__doc__ or "").split())
    return Operation(route.method, route.path, f"{room}.{function.__name__}", words, read_handler(function))


@lru_cache(maxsize=4)
def document(routes: tuple[Route, ...], url: str) -> dict[str, Any]:
    """The whole description of these routes, to be changed by nobody. `url` is where they are served."""
    found = [_operation(route) for route in routes]
    values = [reply for operation in found for reply in operation.handler.replies]
    bodies = [Typed(operation.handler.body) for operation in found if operation.handler.body]
    schemas = Schemas([*values, *bodies])
    paths: dict[str, dict[str, Any]] = {}
    for operation in found:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Parley",
            "version": version("parley"),
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": url}],
        "tags": [{"name": name} for name in sorted({_tag(each.path) for each in found})],
        "security": [{"token": []}, {"session": [], "csrf": []}],
        "paths": paths,
        "components": {
            "schemas": {**dict(sorted(schemas.named.items())), "Problem": _PROBLEM},
            "responses": {_problem_name(status): _problem(words) for status, words in _PROBLEMS.items()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "parley"},
                "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
            },
        },
    }


def _described(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    handler = operation.handler
    summary, _, more = operation.words.partition(". ")
    found: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [_tag(operation.path)],
        "summary": summary.rstrip("."),
        "parameters": [*_in_path(operation.path), *_in_query(handler), *_in_headers(operation)],
        "responses": {**_answers(operation, schemas), **_errors(operation)},
    }
    if more:
        found["description"] = more
    if handler.scope:
        found["x-scope"] = handler.scope
    if handler.is_open:
        found["security"] = []
    if body := _body(handler, schemas):
        found["requestBody"] = body
    return found


def _in_path(path: str) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)}", path)
    return [{"name": each, "in": "path", "required": True, "schema": {"type": "string"}} for each in names]


def _in_query(handler: Handler) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "schema": schema} for name, schema in handler.query.items()]


def _in_headers(operation: Operation) -> list[dict[str, Any]]:
    if _is_guarded(operation):
        words = "The `ETag` of what is to be replaced: refused with 412 if something else is there now."
        return [{"name": matching.HEADER, "in": "header", "schema": {"type": "string"}, "description": words}]
    if operation.method != "POST":
        return []
    schema = {"type": "string", "pattern": "^[a-zA-Z0-9_-]{1,200}$"}
    words = "The same POST again under the same key is done once and answered the same, for 24 hours."
    return [{"name": HEADER, "in": "header", "schema": schema, "description": words}]


def _is_guarded(operation: Operation) -> bool:
    return operation.method == "PUT" and operation.path in matching.GUARDED


def _body(handler: Handler, schemas: Schemas) -> dict[str, Any] | None:
    if handler.body:
        schema = schemas.of(Typed(handler.body))
        needed = any(field.required for field in msgspec.structs.fields(handler.body))
        return {"required": needed, "content": {"application/json": {"schema": schema}}}
    if handler.is_raw:
        return {"required": True, "content": {"application/octet-stream": {"schema": {}}}}
    return None


def _answers(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    by_status: dict[int, dict[str, list[Schema]]] = {}
    for reply in operation.handler.replies:
        kinds = by_status.setdefault(reply.status, {})
        if reply.body is not None:
            kinds.setdefault(reply.kind or "*/*", []).append(schemas.of(reply.body))
    return {str(status): _answer(kinds) for status, kinds in sorted(by_status.items())}


def _answer(kinds: dict[str, list[Schema]]) -> dict[str, Any]:
    if not kinds:
        return {"description": "Done."}
    content = {
        kind: {"schema": given[0] if len(given) == 1 else {"anyOf": given}} for kind, given in kinds.items()
    }
    return {"description": "The answer.", "content": content}


def _errors(operation: Operation) -> dict[str, Any]:
    statuses = set(_ALWAYS)
    if "{" in operation.path or "edition" in operation.handler.query:
        statuses.add(404)
    if operation.method in _CHANGING:
        statuses |= {400, 404, 409, 413, 415}
    if _is_guarded(operation):
        statuses.add(412)
    return {
        str(status): {"$ref": f"#/components/responses/{_problem_name(status)}"}
        for status in sorted(statuses)
    }


def _problem(words: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": words, "content": {"application/problem+json": {"schema": schema}}}


def _problem_name(status: int) -> str:
    return f"Problem{status}"


def _tag(path: str) -> str:
    return path.removeprefix(BASE).partition("/")[0].partition(".")[0].replace("_", " ").capitalize()
