"""Contents and channels of every sort, for properties that must hold for all of them."""

import re

from hypothesis import strategies as st

from connectors.actions import Dial, SaveDate, ShareLocation, ShowPlace
from connectors.content import (
    Audio,
    Card,
    Carousel,
    Contacts,
    Content,
    Document,
    Image,
    Location,
    Option,
    Options,
    Phone,
    RichCard,
    Sticker,
    Text,
    Video,
)
from connectors.contract import Capabilities
from connectors.rcs.outbound import CAPABILITIES as RCS
from connectors.webchat import CAPABILITIES as WEBCHAT
from connectors.whatsapp.outbound import CAPABILITIES as WHATSAPP

SMS = Capabilities(contents=frozenset({"text"}), text_length=1600, short_messages=True)
TINY = Capabilities(contents=frozenset({"text"}), text_length=40)
MMS = Capabilities(contents=frozenset({"text", "image"}), text_length=300, captions=frozenset({"image"}))
CHANNELS = {
    "sms": SMS,
    "tiny": TINY,
    "mms": MMS,
    "whatsapp": WHATSAPP,
    "rcs": RCS,
    "webchat": WEBCHAT,
}

_words = st.text("abc dä日م👍🏽.!\n", min_size=1, max_size=60).filter(lambda t: bool(t.strip()))
_long = st.builds(lambda word, times: (word.strip() + " ") * times, _words, st.integers(1, 200))
_texts = _words | _long
_url = st.integers(0, 999).map("https://example.com/{}".format)
_titles = st.text("abcdeé日 ", min_size=1, max_size=90).filter(lambda t: bool(t.strip()))
_actions = st.sampled_from(
    [
        None,
        None,
        None,
        Dial("+390612345678"),
        ShareLocation(),
        ShowPlace(45.46, 9.19),
        SaveDate("Visit", "2026-06-30T19:00:00Z", "2026-06-30T20:00:00Z"),
    ]
)
_option = st.builds(
    Option, _titles, st.text("/abc", max_size=400), st.none() | _words, st.none() | _url, _actions
)
_card = st.builds(RichCard, st.none() | _titles, _texts, st.none() | _url, st.lists(_option, max_size=6))
_file = {"url": _url, "caption": st.none() | _texts, "filename": st.none() | st.just("bill.pdf")}

written: st.SearchStrategy[Content] = st.one_of(
    st.builds(Text, _texts),
    st.builds(
        Options,
        _texts,
        st.lists(_option, max_size=16),
        header=st.none() | _words,
        footer=st.none() | _words,
    ),
    _card,
)
"""What WhatsApp and RCS both carry in a form of their own."""

contents: st.SearchStrategy[Content] = st.one_of(
    written,
    st.builds(Carousel, st.lists(_card, min_size=1, max_size=14)),
    *(st.builds(kind, **_file) for kind in (Image, Audio, Video, Document, Sticker)),
    st.builds(Location, st.floats(-90, 90), st.floats(-180, 180), st.none() | _words, st.none() | _words),
    st.builds(Contacts, st.lists(st.builds(Card, _words, st.just([Phone("+1650555")])), min_size=1)),
)


def squeezed(text: str) -> str:
    """The text without the white space at which it may have been cut."""
    return re.sub(r"\s+", "", text)
