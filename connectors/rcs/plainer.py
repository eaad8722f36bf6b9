"""What a phone cannot show, said plainly: a card as text, an action as words, answers still to be tapped.

https://developers.google.com/business-communications/rcs-business-messaging/reference/rest/v1/phones/getCapabilities
"""

from collections.abc import Collection

import msgspec

from connectors.actions import Action, Dial, OpenPage, SaveDate, ShareLocation, ShowPlace
from connectors.content import Carousel, Content, Image, Location, Option, Options, RichCard, Text, Video
from connectors.cutting import shortened
from connectors.fitting import fit
from connectors.payloads import offered
from connectors.rcs.outbound import CAPABILITIES, CHIPS, TEXT

OPEN_URL = "ACTION_OPEN_URL"
_ACTIONS: dict[type[Action], str] = {
    Dial: "ACTION_DIAL",
    ShareLocation: "ACTION_SHARE_LOCATION",
    ShowPlace: "ACTION_VIEW_LOCATION",
    SaveDate: "ACTION_CREATE_CALENDAR_EVENT",
    OpenPage: "ACTION_OPEN_URL_IN_WEBVIEW",
}
"""Google's name for what a phone must be able to do, by the action."""


def needs(content: Content) -> set[str]:
    """The features that a phone must have to show the content whole, by Google's names."""
    found = {need for options in offered(content) for option in options if (need := _need(option))}
    match content:
        case RichCard() | Image(caption=str()) | Video(caption=str()):
            found.add("RICHCARD_STANDALONE")
        case Carousel():
            found.add("RICHCARD_CAROUSEL")
        case Location():
            found.add(_ACTIONS[ShowPlace])
    return found


def plainer(content: Content, features: Collection[str]) -> Content:
    """The same said with what the phone can do: one text, with those answers that it can show."""
    able = {str(kind.__struct_config__.tag) for kind, feature in _ACTIONS.items() if feature in features}
    carries = msgspec.structs.replace(
        CAPABILITIES,
        contents=frozenset({"text", "options"}),
        links="any" if OPEN_URL in features else "none",
        actions=CAPABILITIES.actions & able,
    )
    fitted = fit(content, carries).contents
    words = [each.text for each in fitted if isinstance(each, Text | Options) and each.text.strip()]
    options = [_done(option, features) for each in fitted for group in offered(each) for option in group]
    text = shortened("\n\n".join(words), TEXT) if len("\n\n".join(words)) > TEXT else "\n\n".join(words)
    return Options(text, options[:CHIPS]) if options else Text(text)


def _need(option: Option) -> str | None:
    if option.action is not None:
        return _ACTIONS.get(type(option.action))
    return OPEN_URL if option.url else None


def _done(option: Option, features: Collection[str]) -> Option:
    """The option without an action that the phone cannot do: its tap alone comes back."""
    if option.action is None or _need(option) in features:
        return option
    return msgspec.structs.replace(option, action=None)
