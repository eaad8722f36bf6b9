"""Requests that a connector should make: the documented body is read back into a content, and sent again.

What the documentation adds without meaning (how high a picture is shown) may differ and is named; a field
that our contents have no word for leaves the vector unjudged.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connectors.contract import Outbound, ShowsTyping
from connectors.errors import SendFailed
from connectors.events import Identity, IdentityKind
from connectors.rcs.connector import Rcs
from tests.conformance.judges import sends_rcs, sends_sms, sends_whatsapp
from tests.conformance.judges.providers import SMS, provider_of
from tests.conformance.ours import Line, connector, run
from tests.conformance.vectors import Json, Vector
from tests.conformance.verdicts import CannotJudge, Disagrees

LAYOUT = frozenset(
    {"thumbnailImageAlignment", "cardOrientation", "height", "cardWidth", "forceRefresh", "preview_url"}
    | {"recipient_type", "policy", "biz_opaque_callback_data"}
)
"""How a message looks, not what it says."""

ANSWERS = {
    "rcs": b'{"name":"phones/+16505550101/agentMessages/m1"}',
    "whatsapp": b'{"messages":[{"id":"wamid.1"}]}',
} | sends_sms.ANSWERS


def is_mine(vector: Vector) -> bool:
    said = vector.said
    is_call = isinstance(said.get("method"), str) and any(key in said for key in ("path", "url", "form"))
    return is_call or _is_whatsapp(said.get("body", said.get("request")))


def judge(vector: Vector) -> str:
    said = vector.said
    body = said.get("body", said.get("request"))
    kind = "whatsapp" if _is_whatsapp(body) else provider_of(vector, sends_sms.asked(said)) or vector.folder
    if kind == "rcs":
        wish = sends_rcs.wish_for(
            said.get("method", "POST"), str(said.get("path", said.get("url", ""))), body
        )
    elif kind == "whatsapp":
        wish = sends_whatsapp.wish_for(body)
    elif kind in SMS:
        wish, body = sends_sms.wish_for(kind, said), sends_sms.asked(said)
    else:
        connector(kind)  # says so if there is none
        raise CannotJudge(f"nothing reads {kind}'s requests back yet")
    line = Line(body=ANSWERS.get(kind, b"{}"))
    ours = connector(kind, line, **wish.settings)
    try:
        if wish.reaches and isinstance(ours, Rcs):
            run(ours.features(wish.reaches))
        elif wish.reads is not None and isinstance(ours, ShowsTyping):
            run(ours.mark_read(wish.reads, account=None, typing=wish.typing))
        else:
            to = (wish.to or Identity(IdentityKind.PHONE, "+16505550101"),)
            run(ours.send(Outbound(message_id="m1", to=to, content=wish.content, reply_to=wish.reply_to)))
    except SendFailed as error:
        raise Disagrees(f"refused to send it: {error}") from error
    except Exception as error:
        raise Disagrees(f"raised {type(error).__name__}: {error}") from error
    return _compared(line.calls, said, body)


def _compared(calls: list[Json], said: Json, body: Any) -> str:
    method = said.get("method", "POST")
    fitting = [call for call in calls if call["method"] == method]
    if not fitting:
        raise Disagrees(f"no {method} was made, but {[call['method'] for call in calls]}")
    lacks = [list(_differences(body, call["body"])) for call in fitting]
    differences = min(lacks, key=len)
    serious = [each for each in differences if each[0] not in LAYOUT | sends_sms.WITHOUT_MEANING]
    call = fitting[lacks.index(differences)]
    if serious:
        raise Disagrees(
            "; ".join(f"{name}: ours {ours!r}, the vector has {theirs!r}" for name, theirs, ours in serious)
        )
    if "path" in said:
        _same_path(str(said["path"]), call["url"])
    looks = ", ".join(dict.fromkeys(name for name, _, _ in differences))
    return f"{call['method']} {urlsplit(call['url']).path}, the same body" + (
        f" but for the look ({looks})" if looks else ""
    )


def _differences(wanted: Any, ours: Any, name: str = "body") -> Iterator[tuple[str, Any, Any]]:
    """What of `wanted` is not in `ours`, by the name of the field."""
    if isinstance(wanted, dict) and isinstance(ours, dict):
        for key, value in wanted.items():
            yield from _differences(value, ours.get(key), key)
    elif isinstance(wanted, list) and isinstance(ours, list) and len(wanted) == len(ours):
        for each, mine in zip(wanted, ours, strict=True):
            yield from _differences(each, mine, name)
    elif not _same(wanted, ours):
        yield name, wanted, ours


def _same(wanted: Any, ours: Any) -> bool:
    if wanted == ours or (wanted in (None, "", {}) and ours in (None, "", {})):
        return True
    if (
        isinstance(wanted, str)
        and re.fullmatch(r"\{?[A-Z_.0-9]*[A-Z_]+\}?", wanted)
        and isinstance(ours, str)
    ):
        return True  # a placeholder of the documentation
    try:
        return not isinstance(wanted, bool) and float(wanted) == float(ours)
    except (TypeError, ValueError):
        return False


def _same_path(wanted: str, url: str) -> None:
    """Raise `Disagrees` unless path and query names are the same; what stands in braces may be anything."""
    theirs, mine = urlsplit(wanted), urlsplit(url)
    pattern = re.sub(r"\\\{[^/]*?\\\}", "[^/]+", re.escape(theirs.path))
    if not re.fullmatch(pattern, mine.path.replace("%2B", "+")):
        raise Disagrees(f"path: ours {mine.path}, the vector has {theirs.path}")
    missing = parse_qs(theirs.query, keep_blank_values=True).keys() - parse_qs(mine.query).keys()
    if missing:
        raise Disagrees(f"the query lacks {', '.join(sorted(missing))}")


def _is_whatsapp(body: Any) -> bool:
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return False
    return isinstance(body, dict) and body.get("messaging_product") == "whatsapp" and "metadata" not in body
