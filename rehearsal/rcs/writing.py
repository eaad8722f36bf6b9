"""What a customer does on the phone: as the fields of a `UserMessage`, and as the bubble that shows it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from rehearsal.files import File, a_picture, a_sound
from rehearsal.phones import Bubble
from rehearsal.rcs.drawing import SHARES, is_action
from rehearsal.stand_in import Refused, StandIn

Json = dict[str, Any]

LONGEST = 65_536
PIAZZA = {"latitude": 45.4642, "longitude": 9.19}


class Written(NamedTuple):
    """One thing a customer did: what Google's event says, what the phone shows, and what follows from it."""

    said: Json
    bubble: Json
    then: "Written | None" = None


def written(stand_in: StandIn, action: Json) -> Written:
    """What the action says. Raises `Refused`."""
    writer = WRITERS.get(str(action.get("kind")))
    if writer is None:
        raise Refused(f"A phone with RCS can do: {', '.join(WRITERS)}.")
    return writer(stand_in, action)


def _text(stand_in: StandIn, action: Json) -> Written:
    text = action.get("text")
    if not isinstance(text, str) or not text.strip():
        raise Refused("There is nothing to send.")
    if len(text) > LONGEST:
        raise Refused(f"A phone sends at most {LONGEST:,} characters.")
    return Written({"text": text}, {"text": text})


def _choice(stand_in: StandIn, action: Json) -> Written:
    asked = stand_in.phones.bubbles.get(str(action.get("message")))
    if asked is None:
        raise Refused("That message is no longer there.")
    choice = next((each for each in asked.choices if each.id == action.get("choice")), None)
    if choice is None or choice.url or asked.chosen is not None:
        raise Refused("That answer cannot be tapped, or no longer.")
    asked.chosen = choice.id
    stand_in.show(asked)
    kind = "ACTION" if is_action(choice) else "REPLY"
    said = {"postbackData": choice.id, "text": choice.title, "type": kind}
    place = _location(stand_in, {}) if choice.description == SHARES else None
    return Written({"suggestionResponse": said}, {"text": choice.title}, place)


def _location(stand_in: StandIn, action: Json) -> Written:
    place = {key: float(action.get(key, PIAZZA[key])) for key in PIAZZA}
    return Written({"location": place}, {"location": place})


def _file(kind: str, sample: tuple[str, str], make: Callable[[], bytes]) -> Callable[..., Written]:
    def write(stand_in: StandIn, action: Json) -> Written:
        file = _kept(stand_in, action, sample, make)
        payload = {
            "mimeType": file.mime_type,
            "fileSizeBytes": file.size,
            "fileUri": f"{stand_in.stage.inbox}/rehearsal/rcs/files/{file.id}",
            "fileName": file.name,
        }
        media = {"kind": kind, "file": file.id, "name": file.name}
        return Written({"userFile": {"payload": payload}}, {"media": media})

    return write


def _kept(stand_in: StandIn, action: Json, sample: tuple[str, str], make: Callable[[], bytes]) -> File:
    if action.get("file"):
        found = stand_in.stage.files.find(str(action["file"]))
        if found is None:
            raise Refused("There is no such file.")
        return found[0]
    return stand_in.stage.files.keep(make(), mime_type=sample[0], name=sample[1])


def _no_film() -> bytes:
    raise Refused("Choose a film from this computer.")


def _page() -> bytes:
    return b"Return label for order 48213\n"


def _silent(event: str) -> Callable[[StandIn, Json], Written]:
    def write(stand_in: StandIn, action: Json) -> Written:
        words = {"SUBSCRIBE": "You subscribed", "UNSUBSCRIBE": "You unsubscribed"}
        return Written({"eventType": event}, {"remark": words[event]} if event in words else {})

    return write


WRITERS: dict[str, Callable[[StandIn, Json], Written]] = {
    "text": _text,
    "choice": _choice,
    "image": _file("image", ("image/png", "evening.png"), a_picture),
    "voice": _file("audio", ("audio/wav", "voice.wav"), a_sound),
    "audio": _file("audio", ("audio/wav", "notes.wav"), a_sound),
    "video": _file("video", ("video/mp4", "video.mp4"), _no_film),
    "document": _file("document", ("text/plain", "return-label.txt"), _page),
    "location": _location,
    "typing": _silent("IS_TYPING"),
    "subscribe": _silent("SUBSCRIBE"),
    "unsubscribe": _silent("UNSUBSCRIBE"),
}
"""What a customer can do, by the `kind` of the page's action."""


def as_bubble(written: Written, *, message_id: str, customer: str, at: float) -> Bubble:
    """The bubble of something that the customer wrote."""
    state = "taken" if "eventType" in written.said else "sending"
    return Bubble(id=message_id, customer=customer, mine=True, at=at, state=state, **written.bubble)
