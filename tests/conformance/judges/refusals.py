"""Providers' documented error bodies: which error they become when a message is sent."""

import json
from typing import Any

from connectors.content import Text
from connectors.contract import Outbound
from connectors.errors import SendFailed
from connectors.events import Identity, IdentityKind
from tests.conformance.judges.providers import provider_of
from tests.conformance.ours import Line, connector, run
from tests.conformance.vectors import Json, Vector
from tests.conformance.verdicts import CannotJudge, Disagrees, agree

_STATUS = ("http_status", "status_code", "status", "http")
_BODY = ("response", "body", "error_body", "response_body", "raw_body")
TO = (Identity(IdentityKind.PHONE, "+16505550101"),)


def is_mine(vector: Vector) -> bool:
    return _status(vector.said) is not None and _refusal(vector.said) is not None


def judge(vector: Vector) -> str:
    status, body = _status(vector.said), _refusal(vector.said)
    line = Line(status=status or 400, body=body if isinstance(body, bytes) else json.dumps(body).encode())
    ours = connector(provider_of(vector) or vector.folder, line)
    try:
        run(ours.send(Outbound(message_id="m1", to=TO, content=Text("Hello"))))
    except SendFailed as error:
        return _compared(error, vector.said)
    except Exception as error:
        raise Disagrees(f"raised {type(error).__name__}: {error}") from error
    raise Disagrees("it was taken for a success")


def _compared(error: SendFailed, said: Json) -> str:
    expected = said.get("expected", said)
    words = f"{type(error).__name__} ({'retry' if error.retry else 'no retry'}), code {error.code}: {error}"
    wanted = expected.get("retry") if isinstance(expected, dict) else None
    if isinstance(wanted, bool):
        agree("retry", error.retry, wanted)
        return words
    name = expected if isinstance(expected, str) else expected.get("error")
    if isinstance(name, str) and name == type(error).__name__:
        return words
    raise CannotJudge(f"the vector does not say what should follow; ours is {words}")


def _status(said: Json) -> int | None:
    found = next((said[key] for key in _STATUS if isinstance(said.get(key), int)), None)
    return found if found is not None and found >= 400 else None


def _refusal(said: Json) -> Any:
    return next((said[key] for key in _BODY if said.get(key) is not None), None)
