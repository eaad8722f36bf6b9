"""Every index, and which question each one answers. Created at start; one that exists costs nothing."""

from typing import Any

from pymongo import IndexModel
from pymongo.collation import Collation
from pymongo.errors import OperationFailure

from inbox.store.entry_indexes import OF_ENTRY
from inbox.store.holders import HOLDERS_KEPT
from inbox.store.index import index as _index
from inbox.store.once import FORGOTTEN_AFTER
from inbox.store.setbacks import SETBACKS_KEPT
from inbox.store.webhooks import DELIVERIES_KEPT

ANY_CASE = Collation(locale="en", strength=2)
_STRING = {"$gt": ""}
"""Where there is a text. MongoDB sees that an equality lies within this, but not within a `$type`."""

_DATE = {"$type": "date"}
"""Where there is a date. A question must say so too, or MongoDB reads the whole collection instead."""

PRESSING = ["urgent", "high", "medium", "low"]
PEOPLE = ["nobody", "agent"]
_NEWEST = ("status", "-listed_at", "-_id")
_BESIDE = ("speaker.kind", "assignee_id", "team_id", "channel_id")
_CHANGED = (85, 86)  # IndexOptionsConflict, IndexKeySpecsConflict
_NOT_FOUND = 27  # IndexNotFound

_ALONE = (
    "contact_id",
    "turn.at",
    "delivery.at",
    "fallback.at",
    "sla.at",
    "survey.at",
    "snoozed_until",
    "rating.at",
    "language",
)
"""Fields of a conversation by which it is looked for, each alone. No field, no entry."""

GONE: dict[str, list[str]] = {
    "conversations": [
        *(f"{moment}_1" for moment in _ALONE[1:]),
        "of_contact",
        *(f"{field}_1_status_1_listed_at_-1__id_-1" for field in ("speaker.kind", "assignee_id", "team_id")),
        *(f"{field}_1_listed_at_-1__id_-1" for field in ("labels", "priority")),
        *(f"status_1_{field}_1__id_1" for field in ("waiting_since", "level.breach_at")),
    ],
}
"""Indexes of former versions, to be dropped: each costs whatever is written."""

CHANGES_KEPT = 3600
"""Seconds for which a page that was away can ask what changed; after that it loads anew."""

INDEXES: dict[str, list[IndexModel]] = {
    **OF_ENTRY,
    "contacts": [
        # Whose identity is this? No two contacts share one.
        _index("identity_keys", unique=True, partialFilterExpression={"identity_keys": _STRING}),
        # The list of contacts, and who goes by these words. A message of a contact that is known writes
        # nothing there. Which ones were merged into this one?
        _index("-updated_at", "-_id"),
        _index("words", "-updated_at", "-_id", partialFilterExpression={"words": _STRING}),
        _index("merged_into", partialFilterExpression={"merged_into": _STRING}),
        # Whose email address is this, however it is written? Asked for each row of a file that is imported.
        _index("attributes.email", sparse=True, collation=ANY_CASE),
    ],
    # Who was this one, and into whom did that one go? Whose erasure has more to do?
    "contact_merges": [_index("kept.id", "-_id"), _index("given.id")],
    "erasures": [
        _index("person.contact_ids", partialFilterExpression={"person.contact_ids": _STRING}),
    ],
    # Which channels chose an assistant?
    "channels": [_index("assistant", partialFilterExpression={"assistant": _STRING})],
    # Which campaign is to be looked at? Who of it waits? In which campaigns was this contact lately?
    "campaigns": [_index("due", partialFilterExpression={"due": _DATE})],
    "campaign_recipients": [_index("campaign_id", "state", "due"), _index("contact_id", "at")],
    "contact_segments": [_index("name", unique=True)],
    "contact_notes": [_index("contact_id", "-_id")],
    "conversations": [
        # Where does this contact's next message go?
        _index("contact_id", "channel_id", unique=True, partialFilterExpression={"current": True}),
        # The list, newest first: its tabs, whose it is or whose it is to be, a team's, a channel's; who has
        # waited longest, and what is labelled so or pressing. What else is asked for beside that is in the
        # key, so that what does not match is passed over without being read. A conversation that moves in an
        # index costs more than all else of its update: in these it moves once a minute at most.
        _index("speaker.kind", *_NEWEST, "team_id", "channel_id", "language", name="tabs"),
        _index(
            "assignee_id",
            *_NEWEST,
            "speaker.kind",
            "team_id",
            "channel_id",
            name="whose",
            partialFilterExpression={"$or": [{"assignee_id": _STRING}, {"speaker.kind": {"$in": PEOPLE}}]},
        ),
        _index(
            "team_id",
            *_NEWEST,
            "speaker.kind",
            "assignee_id",
            "channel_id",
            name="with_team",
            partialFilterExpression={"team_id": _STRING},
        ),
        _index("channel_id", *_NEWEST, "speaker.kind", "assignee_id", "team_id", name="by_channel"),
        _index(
            "status",
            "waiting_since",
            "_id",
            *_BESIDE,
            name="waiting",
            partialFilterExpression={"waiting_since": _DATE},
        ),
        _index("labels", *_NEWEST, name="labelled", partialFilterExpression={"labels": _STRING}),
        _index(
            "priority", *_NEWEST, name="pressing", partialFilterExpression={"priority": {"$in": PRESSING}}
        ),
        # What is due, what wakes, how did customers find it, and which ones had this contact? One index over
        # many fields, since in a transaction MongoDB 6 reads the description of all indexes anew, twice for
        # each index, whenever a document moves in any of them: half as many are a quarter of that.
        _index("$**", name="alone", wildcardProjection=dict.fromkeys(_ALONE, 1)),
        # Which promise is due first? Only what people look after is in it.
        _index(
            "status",
            "level.breach_at",
            "_id",
            *_BESIDE,
            name="due_first",
            partialFilterExpression={"level.breach_at": _DATE},
        ),
    ],
    "messages": [
        # A thread in its order, and what changed in it.
        _index("conversation_id", "seq", unique=True),
        _index("conversation_id", "rev"),
        # Is this a redelivery? Which message is this report about?
        _index("external_key", unique=True, partialFilterExpression={"external_key": _STRING}),
        # Has this author sent it before?
        _index(
            "conversation_id",
            "author.id",
            "client_id",
            unique=True,
            partialFilterExpression={"client_id": _STRING},
        ),
        # What must still go out, and what could not?
        _index(
            "conversation_id",
            "seq",
            name="waiting",
            partialFilterExpression={"status": {"$in": ["queued", "sending"]}},
        ),
        _index("status", "-_id", name="dead", partialFilterExpression={"status": "failed"}),
        # Which notes name me?
        _index("content.mentions", "-_id", partialFilterExpression={"content.mentions": _STRING}),
        # What did the bot make of the messages since then?
        _index("-created_at", name="understood", partialFilterExpression={"parse.intent": {"$exists": True}}),
    ],
    # What have I begun to write? Forgotten after a season.
    "drafts": [
        _index("user_id", "-at"),
        _index("conversation_id"),
        _index("at", expireAfterSeconds=90 * 86_400),
    ],
    # Which lists do I, or all of us, come back to?
    "views": [_index("owner_id", "name")],
    # What is to be said now? What is to be said later in this conversation?
    "scheduled": [_index("due", partialFilterExpression={"due": _DATE}), _index("conversation_id", "at")],
    # What has changed since? One entry for each commit: cheaper than an index over all conversations.
    "changes": [_index("at", "_id"), _index("at", name="forget", expireAfterSeconds=CHANGES_KEPT)],
    # Who said that? Written after the commit.
    "findings": [_index("words", "-_id"), _index("conversation_id")],
    "early_statuses": [_index("at", expireAfterSeconds=7 * 86_400)],
    # What did this contact refuse, and when did they say so?
    "standings": [_index("contact_id", "channel_id")],
    "consents": [_index("contact_id", "-_id")],
    "quarantine": [_index("-at"), _index("request_id")],
    # What did they do, and what was done to it? What was done of this kind, and when?
    "audit_log": [_index("by", "-_id"), _index("what", "-_id"), _index("target", "-_id"), _index("at")],
    "tokens": [_index("name")],
    "presence": [_index("until", expireAfterSeconds=0), _index("conversation_id")],
    "files": [
        # What is to be fetched? What has this conversation, and what was never sent?
        _index("work.at", partialFilterExpression={"work.at": _DATE}),
        _index("conversation_id", "created_at"),
    ],
    # What do connectors remember? Which process holds which line?
    "shelves": [_index("names"), _index("until", expireAfterSeconds=0)],
    "line_holders": [_index("until", expireAfterSeconds=HOLDERS_KEPT)],
    "saved_replies": [_index("shortcut", "language", unique=True)],
    # No two teams have the same name, and at most one is the default.
    "teams": [
        _index("name", unique=True, collation=ANY_CASE),
        _index("is_private", partialFilterExpression={"is_private": True}),
        _index("is_default", unique=True, partialFilterExpression={"is_default": True}),
    ],
    "rules": [_index("name", unique=True, collation=ANY_CASE)],
    "macros": [_index("name", unique=True, collation=ANY_CASE)],
    # What was promised, and how did it end?
    "sla_policies": [_index("name", unique=True, collation=ANY_CASE)],
    "promises": [_index("at"), _index("conversation_id")],
    # What failed for a reason of ours, and is to be tried again?
    "setbacks": [
        _index("duty", "retry_at"),
        _index("conversation_id"),
        _index("last_at", expireAfterSeconds=SETBACKS_KEPT),
    ],
    # Which devices take this agent's news?
    "push_subscriptions": [_index("user_id")],
    # Who is busy?
    "seats": [_index("is_busy", partialFilterExpression={"is_busy": True})],
    "templates": [_index("channel_id", "name", "language")],
    # Which job is next? At most one runs. Which of a kind were done?
    "studio_jobs": [
        _index("state", "_id"),
        _index("state", name="one_runs", unique=True, partialFilterExpression={"state": "running"}),
        _index("kind", "state", "-_id"),
        _index("edition", "-_id"),
    ],
    # Which models has this edition?
    "studio_models": [_index("edition", "-_id")],
    # Which edits did somebody die over? What was done to this edition?
    "studio_edits": [
        _index("done", partialFilterExpression={"done": False}),
        _index("edition", "-_id"),
    ],
    # Was this text reviewed? No text is in two reviews. What was taught to this edition?
    "studio_reviews": [_index("keys", unique=True), _index("edition", "-_id")],
    # Which links to try a model are open? They vanish with their end.
    "studio_shares": [_index("expires_at", expireAfterSeconds=0)],
    # What did agents propose?
    "studio_proposals": [_index("-at"), _index("conversation_id")],
    # What is to be told now? What was this program told? What tells of this conversation?
    "webhook_deliveries": [
        _index("due", partialFilterExpression={"due": _DATE}),
        _index("subscription_id", "-at", "-_id"),
        _index("subscription_id", "state", "-at", "-_id"),
        _index("conversation_id"),
        _index("at", expireAfterSeconds=DELIVERIES_KEPT),
    ],
    # What was answered to this key? Whom does it tell of? Forgotten after a day.
    "asked": [_index("about"), _index("at", expireAfterSeconds=FORGOTTEN_AFTER)],
    "throttles": [_index("until", expireAfterSeconds=0)],
}


async def create_indexes(database: Any) -> None:
    """Create what is missing, and anew what has changed, then drop what no question needs any more.

    Safe to run from several processes at once.
    """
    for collection, indexes in INDEXES.items():
        try:
            await database[collection].create_indexes(indexes)
        except OperationFailure as error:
            if error.code not in _CHANGED:
                raise
            await _create_anew(database[collection], indexes)
    for collection, names in GONE.items():
        present = await database[collection].index_information()
        for name in present.keys() & set(names):
            await _drop(database[collection], name)


async def _drop(collection: Any, name: str) -> None:
    try:
        await collection.drop_index(name)
    except OperationFailure as error:
        if error.code != _NOT_FOUND:  # another process was faster
            raise


async def _create_anew(collection: Any, indexes: list[IndexModel]) -> None:
    for index in indexes:
        try:
            await collection.create_indexes([index])
        except OperationFailure as error:
            if error.code not in _CHANGED:
                raise
            await collection.drop_index(index.document["name"])
            await collection.create_indexes([index])
