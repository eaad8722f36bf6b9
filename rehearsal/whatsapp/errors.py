"""Meta's errors as it answers them, or as it reports them later by a webhook.

https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
"""

import secrets
from typing import Any, NamedTuple


class Known(NamedTuple):
    """How Meta brings an error up: `status` of the answer, None if a webhook tells it afterwards."""

    title: str
    status: int | None = 400


KNOWN = {
    0: Known("AuthException", 401),
    3: Known("API Method", 403),
    200: Known("API Permission", 403),
    4: Known("Application request limit reached"),
    10: Known("Application does not have permission for this action", 403),
    100: Known("Invalid parameter"),
    190: Known("Invalid OAuth 2.0 Access Token", 401),
    368: Known("Temporarily blocked for policies violations", 403),
    80007: Known("Rate limit issues"),
    130429: Known("Rate limit hit"),
    130472: Known("User's number is part of an experiment", None),
    131000: Known("Something went wrong", 500),
    131008: Known("Required parameter is missing"),
    131009: Known("Parameter value is not valid"),
    131016: Known("Service unavailable", 500),
    131021: Known("Recipient cannot be sender"),
    131026: Known("Message undeliverable", None),
    131030: Known("Recipient phone number not in allowed list"),
    131031: Known("Account has been locked", 403),
    131042: Known("Business eligibility payment issue", None),
    131047: Known("Re-engagement message", None),
    131048: Known("Spam rate limit hit"),
    131049: Known("This message was not delivered to maintain healthy ecosystem engagement.", None),
    131050: Known("User has stopped marketing messages", None),
    131051: Known("Unsupported message type"),
    131052: Known("Media download error", None),
    131053: Known("Media upload error", None),
    131056: Known("(Business Account, Consumer Account) pair rate limit hit"),
    131057: Known("Account in maintenance mode", 500),
    132000: Known("Number of parameters does not match the expected number of params"),
    132001: Known("Template name does not exist in the translation"),
    131062: Known("Business-scoped User ID recipients are not supported for this message"),
    132005: Known("Translated text too long"),
    132007: Known("Template format character policy violated"),
    132012: Known("Parameter format does not match format in the created template"),
    132015: Known("Template is paused"),
    132016: Known("Template is disabled"),
    132068: Known("Flow is in blocked state"),
    132069: Known("Flow is in throttled state"),
    133016: Known("Account register deregister rate limit exceeded"),
    130497: Known("Business account is restricted from messaging users in this country"),
    133010: Known("Phone number not registered"),
}


class GraphError(Exception):
    """A call that Meta refuses."""

    def __init__(self, code: int, details: str = "", *, subcode: int | None = None) -> None:
        super().__init__(details)
        self.code, self.details, self.subcode = code, details, subcode
        known = KNOWN.get(code, Known("Unknown error"))
        self.status, self.title = known.status or 400, known.title

    def body(self) -> dict[str, Any]:
        """The JSON that Meta answers."""
        error: dict[str, Any] = {
            "message": f"(#{self.code}) {self.title}",
            "type": "OAuthException",
            "code": self.code,
            "error_data": {"messaging_product": "whatsapp", "details": self.details or self.title},
        }
        if self.subcode:
            error["error_subcode"] = self.subcode
        return {"error": error | {"fbtrace_id": secrets.token_urlsafe(8)}}


def in_webhook(code: int) -> list[dict[str, Any]]:
    """The `errors` of a failed status."""
    title = KNOWN.get(code, Known("Unknown error")).title
    return [
        {
            "code": code,
            "title": title,
            "message": title,
            "error_data": {"details": f"{title}: the stand-in was asked to fail."},
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        }
    ]


def is_told_later(code: int) -> bool:
    """Whether Meta takes the message and reports this error by a webhook."""
    return KNOWN.get(code, Known("")).status is None
