"""Words of opt-out, opt-in and help."""

from connectors.sms.optout import Wish, wish_of
from tests.conformance.vectors import Vector
from tests.conformance.verdicts import CannotJudge, Disagrees, agree, made

_WISHES = {wish.value for wish in Wish}
_AFTER_OPT_OUT = "opt_in_only_if_opted_out"
_OTHER_NAMES = {
    "stop": "opt_out",
    "start": "opt_in",
    "optout": "opt_out",
    "optin": "opt_in",
    "flag": "review",
}


def is_mine(vector: Vector) -> bool:
    said = vector.said
    is_flow = isinstance(said.get("events"), list) and isinstance(said.get("expected"), str)
    return is_flow or (isinstance(said.get("text"), str) and _wanted(said.get("expected")) is not None)


def judge(vector: Vector) -> str:
    said = vector.said
    if "text" not in said:
        raise CannotJudge(
            "a course of events over several messages: the inbox's consent ledger, not a connector's"
        )
    wanted = _wanted(said["expected"])
    if isinstance(said.get("opted_out"), bool):
        agree("wish", made(lambda: wish_of(said["text"], opted_out=said["opted_out"])), wanted)
        return str(wanted)
    place = {key: said.get(key) for key in ("language", "country")}
    before = made(lambda: wish_of(said["text"], opted_out=False, **place))
    after = made(lambda: wish_of(said["text"], opted_out=True, **place))
    if wanted == _AFTER_OPT_OUT:
        agree("from somebody subscribed", before, Wish.NONE)
        agree("from somebody opted out", after, Wish.OPT_IN)
    elif wanted == Wish.OPT_IN:
        agree("from somebody opted out", after, Wish.OPT_IN)
    elif before != wanted:
        raise Disagrees(f"ours {before}, the vector has {wanted}")
    return f"{before}" if before == after else f"{before}; {after} from somebody opted out"


def _wanted(expected: object) -> str | None:
    if not isinstance(expected, str):
        return None
    wanted = expected.lower().replace("-", "_")
    wanted = _OTHER_NAMES.get(wanted, wanted)
    return wanted if wanted in _WISHES or wanted == _AFTER_OPT_OUT else None
