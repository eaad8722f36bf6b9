"""The handshakes by which providers try a webhook address."""

import json
from urllib.parse import urlencode

from connectors.contract import AnswersChallenge
from connectors.errors import ChallengeRejected
from tests.conformance.ours import connector, webhook
from tests.conformance.vectors import Json, Vector
from tests.conformance.verdicts import CannotJudge, Disagrees, agree

_TOKENS = ("configured_token", "configured_client_token", "verify_token", "client_token", "token")


def is_mine(vector: Vector) -> bool:
    return _provider(vector.said) is not None and any(key in vector.said for key in _TOKENS)


def judge(vector: Vector) -> str:
    said = vector.said
    provider = _provider(said)
    token = next(str(said[key]) for key in _TOKENS if key in said)
    expected = said.get("expected", {})
    ours = connector(provider or "", verify_token=token, client_token=token)
    if not isinstance(ours, AnswersChallenge):
        raise CannotJudge(f"the connector for {provider} answers no handshakes")
    if provider == "whatsapp":
        asked = webhook(b"", method="GET", url=f"https://parley.test/hooks/x?{urlencode(said['query'])}")
    else:
        asked = webhook(json.dumps(said["body"]).encode())
    try:
        answer = ours.challenge(asked)
    except ChallengeRejected:
        status, answer = 403, ""
    except Exception as error:
        raise Disagrees(f"raised {type(error).__name__}: {error}") from error
    else:
        status = 200
        if answer is None:
            raise Disagrees("it was not taken for a handshake")
    if (wanted := expected.get("status", expected.get("status_code"))) is not None:
        agree("status", status, wanted)
    if "body" in expected:
        agree("answer", answer, expected["body"])
    if expected.get("body_contains", "") not in (answer or ""):
        raise Disagrees(f"the answer {answer!r} lacks {expected['body_contains']!r}")
    hidden = expected.get("body_must_not_contain")
    if hidden and hidden in (answer or ""):
        raise Disagrees("the answer gives the secret away")
    return f"{provider} answers {status}" + (f" {answer!r}" if answer else "")


def _provider(said: Json) -> str | None:
    query, body = said.get("query"), said.get("body")
    if isinstance(query, dict) and any(str(key).startswith("hub.") for key in query):
        return "whatsapp"
    if isinstance(body, dict) and "clientToken" in body and "message" not in body:
        return "rcs"
    return None
