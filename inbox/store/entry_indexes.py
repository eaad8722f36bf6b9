"""The indexes of who may sign in, with what, and where they are signed in."""

from pymongo import IndexModel
from pymongo.collation import Collation

from inbox.store.index import index
from inbox.store.invitations import INVITATIONS_KEPT

OF_ENTRY: dict[str, list[IndexModel]] = {
    # Who has this role? No two roles have the same name.
    "users": [index("email", unique=True), index("role")],
    "roles": [index("name", unique=True, collation=Collation(locale="en", strength=2))],
    # Whose are they? Which did a provider's session open?
    "sessions": [
        index("expires_at", expireAfterSeconds=0),
        index("user_id"),
        index("provider_session", partialFilterExpression={"provider_session": {"$gt": ""}}),
    ],
    # Which passkeys has this user?
    "passkeys": [index("user_id", "created_at")],
    # Who is invited? The newest first; forgotten some time after their end.
    "invitations": [
        index("email"),
        index("-created_at"),
        index("expires_at", expireAfterSeconds=INVITATIONS_KEPT),
    ],
    "ceremonies": [index("expires_at", expireAfterSeconds=0)],
    "spent": [index("expires_at", expireAfterSeconds=0)],
    "lockouts": [index("until", expireAfterSeconds=0)],
}
