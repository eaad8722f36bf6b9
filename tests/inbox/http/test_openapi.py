"""The API is what its description says: every route is in it, and what is answered is as described."""

import asyncio
import importlib
import json
import os
import pkgutil
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from inbox import http
from inbox.actions.tokens import create_token
from inbox.app import now
from inbox.model.people import SCOPES
from inbox.settings import SOURCES
from tests.inbox.http.test_permissions import WHO
from tests.parley import Json, Parley, running_parley, settings_for, until

EXAMPLES = int(os.environ.get("PARLEY_API_EXAMPLES", "3"))
"""How many requests of each kind are made of each operation; the long form takes hundreds."""

BLANK = ("GET /api/v1/openapi.json", "GET /api/v1/studio/export", "POST /api/v1/me/passkeys/options")
"""What is answered there has a form of its own."""

MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def routes_in_code() -> Iterator[str]:
    """Every route that a room of the API has, whether or not it was let in."""
    for found in pkgutil.iter_modules(http.__path__):
        room = importlib.import_module(f"inbox.http.{found.name}")
        for route in getattr(room, "routes", ()):
            if route.path.startswith("/api/v1/"):
                yield f"{route.method} {route.path}"


@pytest.fixture(scope="module")
async def explored(mongodb: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Parley]:
    """A Parley that may be spoilt: on training data of its own, and without a bot's environment."""
    home = tmp_path_factory.mktemp("explored")
    shutil.copytree(SOURCES / "nlu_data", home / "data")
    own = settings_for(mongodb, home, nlu_data=home / "data", bot_home=home / "bot")
    async with running_parley(own) as parley:
        await parley.customer_says("Hello")
        yield parley


async def description(parley: Parley) -> Json:
    async with parley.http.get(f"{parley.url}/api/openapi.json") as answer:
        assert answer.status == 200
        found: Json = await answer.json()
        return found


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


async def test_every_route_is_described_and_nothing_else(parley: Parley) -> None:
    described = [route for route, _ in operations(await description(parley))]
    assert sorted(described) == sorted(set(routes_in_code()))


async def test_every_operation_says_what_it_is_and_what_it_answers(parley: Parley) -> None:
    document = await description(parley)
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(names) == len(set(names))
    for route, operation in operations(document):
        assert operation["summary"], route
        good = {s: r for s, r in operation["responses"].items() if s.startswith("2")}
        assert good, f"{route}: nobody could read off the code what it answers."
        for status, response in good.items():
            schemas = [each["schema"] for each in response.get("content", {}).values()]
            assert status == "204" or schemas, route
            if "application/json" in response.get("content", {}):
                shown = response["content"]["application/json"]["schema"]
                assert shown or route in BLANK, f"{route}: its answer is a blank."


async def test_the_scopes_are_those_that_the_table_of_permissions_says(parley: Parley) -> None:
    for route, operation in operations(await description(parley)):
        if route in WHO and "x-scope" in operation:
            assert operation["x-scope"] == WHO[route]
        assert ("security" in operation) is _is_open(route), route


def _is_open(route: str) -> bool:
    return route.startswith(("GET /api/v1/openapi.json", "GET /api/v1/bot/"))


async def test_bodies_and_queries_are_read_off_the_code(parley: Parley) -> None:
    document = await description(parley)
    listed = document["paths"]["/api/v1/conversations"]["get"]["parameters"]
    by_name = {each["name"]: each["schema"] for each in listed}
    assert by_name["tab"]["enum"] == ["all", "mine", "unassigned", "bot"]
    assert by_name["limit"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}
    assert {"q", "cursor", "label", "waiting"} <= set(by_name)
    said = document["paths"]["/api/v1/conversations/{id}/messages"]["post"]
    assert said["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/NewMessage")
    assert said["responses"]["201"]["content"]["application/json"]["schema"]["$ref"].endswith("/Message")
    message = document["components"]["schemas"]["Message"]
    assert {"id", "seq", "author", "content", "created_at"} <= set(message["required"])
    assert message["properties"]["created_at"] == {"type": "string", "format": "date-time"}
    assert "held_until" not in message["required"]


async def test_every_reference_leads_somewhere(parley: Parley) -> None:
    document = await description(parley)
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document))):
        at = document
        for step in reference.split("/"):
            at = at[step]
        assert at


async def test_people_find_it_on_a_page_without_scripts(parley: Parley) -> None:
    async with parley.http.get(f"{parley.url}/docs/api") as answer:
        assert answer.status == 200
        text = await answer.text()
    for route, operation in operations(await description(parley)):
        assert f'id="{operation["operationId"]}"' in text, route
    for name in (await description(parley))["components"]["schemas"]:
        assert re.fullmatch(r"[\w.]+", name) and f'id="{name}"' in text, name
    assert "<script>" not in text
    assert "style=" not in text
    links = set(re.findall(r'href="#([^"]+)"', text))
    assert links <= set(re.findall(r'id="([^"]+)"', text))


# Hypothesis looks whether an example used chance; the program beside it, in the same process, may.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module")
@pytest.mark.timeout(900 if EXAMPLES <= 3 else 0)  # every operation that there is, several times each
async def test_the_program_answers_as_described(explored: Parley) -> None:
    """schemathesis asks every operation, well and badly, of things that exist and of things that do not.

    PARLEY_API_EXAMPLES=200 is the long form.
    """
    document = await description(explored)
    conversation = (await until(explored.conversations))[0]
    known = {
        "conversations": conversation.id,
        "messages": (await explored.thread(conversation.id))[0].id,
        "contacts": conversation.contact_id,
        "channels": "whatsapp",
        "teams": "none",
    }
    secret = await create_token("schemathesis", SCOPES, store=explored.store, clock=now)
    headers = {"Authorization": f"Bearer {secret}"}
    wrong = await asyncio.to_thread(_explored, document, explored.url, headers, known)
    assert not wrong, "\n\n".join(wrong)


def _explored(document: Json, url: str, headers: dict[str, str], known: dict[str, str]) -> list[str]:
    """What was answered otherwise than described. What takes something away comes last."""
    wrong: list[str] = []
    found = [each.ok() for each in schemathesis.openapi.from_dict(document).get_all_operations()]
    found.sort(key=lambda each: (each.method.upper() == "DELETE", each.path.endswith("/erase")))
    for operation in found:
        for mode in MODES:
            if mode is GenerationMode.NEGATIVE and not (len(operation.body) or len(operation.query)):
                continue
            try:
                _asked(operation, mode, url, headers, known)
            except (Exception, BaseExceptionGroup) as error:  # hypothesis wraps what it finds
                wrong.append(f"{operation.label} ({mode.value}): {_words(error)}")
    return wrong


def _asked(operation: Any, mode: Any, url: str, headers: dict[str, str], known: dict[str, str]) -> None:
    there = known.get(operation.path.removeprefix("/api/v1/").partition("/")[0], "1")

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=EXAMPLES < 50,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def asks(case: Any) -> None:
        ways = [case.path_parameters] if mode is GenerationMode.POSITIVE or not case.path_parameters else []
        if case.path_parameters:
            ways.append({name: there if name == "id" else "1" for name in case.path_parameters})
        for way in ways:
            case.path_parameters = way
            case.validate_response(case.call(base_url=url, headers=headers), checks=CHECKS)

    asks()


def _words(error: BaseException) -> str:
    inner = getattr(error, "exceptions", None)
    return "\n".join(_words(each) for each in inner) if inner else f"{error}"[:1200]


def _checks() -> list[Any]:
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    return [
        not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
    ]


CHECKS = _checks()
