"""Google's errors as it answers them (google.rpc.Status), and what it reports later instead."""

from typing import Any

STATUSES = {
    400: ("INVALID_ARGUMENT", "Request contains an invalid argument."),
    401: ("UNAUTHENTICATED", "Request had invalid authentication credentials."),
    403: ("PERMISSION_DENIED", "The caller does not have permission."),
    404: ("NOT_FOUND", "Requested entity was not found."),
    429: ("RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
    500: ("INTERNAL", "Internal error encountered."),
    503: ("UNAVAILABLE", "The service is currently unavailable."),
    504: ("DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
}

EXPIRED, REVOKE_FAILED, UNSUBSCRIBE = "TTL_EXPIRATION_REVOKED", "TTL_EXPIRATION_REVOKE_FAILED", "UNSUBSCRIBE"

_KIN: dict[int, int | str] = {
    190: 401,
    368: 403,
    130429: 429,
    131000: 500,
    131009: 400,
    131026: EXPIRED,
    131047: 404,
    131049: REVOKE_FAILED,
    131050: UNSUBSCRIBE,
    131056: 429,
}
"""The page's switch names Meta's codes; this is what Google does in the same plight."""


class RpcError(Exception):
    """A call that Google refuses."""

    def __init__(self, status: int, details: str = "") -> None:
        super().__init__(details)
        self.status, self.details = status, details

    def body(self) -> dict[str, Any]:
        """The JSON that Google answers."""
        name, words = STATUSES.get(self.status, ("UNKNOWN", "Unknown error."))
        return {"error": {"code": self.status, "message": self.details or words, "status": name}}


def plight(code: int) -> int | str:
    """What a switched failure means here: the status of the answer, or the event that comes later."""
    return _KIN.get(code, code if code in STATUSES else 500)
