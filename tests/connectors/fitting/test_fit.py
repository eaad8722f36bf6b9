"""Whatever is said on whatever channel: the limits hold, nothing is lost, and the digits lead back."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.content import (
    Audio,
    Card,
    Carousel,
    Choice,
    Contacts,
    Content,
    Document,
    Edit,
    Image,
    Location,
    Media,
    Note,
    Option,
    Options,
    Phone,
    Reaction,
    RichCard,
    Sticker,
    Template,
    Text,
)
from connectors.contract import Capabilities, Outbound
from connectors.events import Identity, IdentityKind
from connectors.fitting import Fitted, fit, meant
from connectors.rcs.outbound import content_of
from connectors.sms.coding import transliterated
from connectors.whatsapp.outbound import body_of
from tests.connectors.fitting.contents import (
    CHANNELS,
    MMS,
    RCS,
    SMS,
    TINY,
    WHATSAPP,
    contents,
    squeezed,
    written,
)

YES_NO = [Option("Yes", "/affirm"), Option("No", "/deny")]
channels = st.sampled_from(sorted(CHANNELS))


def said(content: Any) -> str:
    """Everything in a content that a customer reads."""
    match content:
        case Text(text=text):
            return text
        case Options(text=text, options=options, header=header, footer=footer):
            return " ".join([header or "", text, footer or "", *(_told(o) for o in options)])
        case RichCard(title=title, text=text, image=image, options=options):
            return " ".join([title or "", text or "", image or "", *(_told(o) for o in options)])
        case Carousel(cards=cards):
            return " ".join(said(card) for card in cards)
        case Media(url=url, caption=caption):
            return f"{url} {caption or ''}"
        case _:
            return str(content)


def _told(option: Option) -> str:
    return " ".join([option.title, option.description or "", option.url or ""])


def texts_in(content: Any) -> list[str]:
    """What an author wrote that must reach the customer word by word; labels may be shortened."""
    match content:
        case Text(text=text):
            return [text]
        case Options(text=text, header=header, footer=footer):
            return [text, header or "", footer or ""]
        case RichCard(text=text, image=image):
            return [text or "", image or ""]
        case Carousel(cards=cards):
            return [each for card in cards for each in texts_in(card)]
        case Media(url=url, caption=caption):
            return [url or "", caption or ""]
        case _:
            return []


def options_in(content: Any) -> list[Option]:
    match content:
        case Options(options=options) | RichCard(options=options):
            return options
        case Carousel(cards=cards):
            return [option for card in cards for option in card.options]
        case _:
            return []


@given(contents, channels)
def test_the_limits_are_never_exceeded(content: Content, channel: str) -> None:
    carries = CHANNELS[channel]
    for each in fit(content, carries).contents:
        assert each.__struct_config__.tag in carries.contents
        match each:
            case Text(text=text):
                assert 0 < len(text.strip()) <= len(text) <= carries.text_length
            case Options(text=text, options=options, header=header, footer=footer):
                assert 0 < len(options) <= max(carries.options, carries.list_rows)
                limit = carries.options_text_length if not carries.list_rows else None
                assert text.strip() and len(text) <= (limit or carries.text_length)
                assert len(header or "") <= carries.header_length
                assert len(footer or "") <= carries.footer_length
                longest = max(carries.option_title_length, carries.list_title_length or 0)
                assert all(len(option.title) <= longest for option in options)
            case RichCard(text=text, options=options):
                assert len(text or "") <= carries.card_text_length
                assert len(options) <= carries.card_options
            case Carousel(cards=cards):
                assert carries.carousel_cards[0] <= len(cards) <= carries.carousel_cards[1]
                assert all(len(card.options) <= carries.carousel_options for card in cards)
            case Media(caption=caption):
                assert len(caption or "") <= carries.caption_length


@given(contents, channels)
def test_nothing_that_was_written_is_lost(content: Content, channel: str) -> None:
    fitted = fit(content, CHANNELS[channel])
    arrives = squeezed(" ".join(said(each) for each in fitted.contents))
    for text in texts_in(content):
        assert squeezed(text) in arrives
    pressed = [o.payload or o.title for each in fitted.contents for o in options_in(each) if not o.url]
    back = {*pressed, *(answer.payload for answer in fitted.answers)}
    for option in options_in(content):
        if not option.url and option.action is None:
            assert (option.payload or option.title) in back


@given(contents, channels)
def test_what_has_been_fitted_stays_as_it_is(content: Content, channel: str) -> None:
    carries = CHANNELS[channel]
    for each in fit(content, carries).contents:
        assert fit(each, carries).contents == (each,)


@given(contents, channels)
def test_every_change_is_told_once_and_no_change_is_told_where_there_is_none(
    content: Content, channel: str
) -> None:
    fitted = fit(content, CHANNELS[channel])
    assert len({change.code for change in fitted.changes}) == len(fitted.changes)
    assert all(change.words.endswith(".") for change in fitted.changes)
    if len(fitted.contents) > 1 or type(fitted.contents[0]) is not type(content):
        assert fitted.changes or isinstance(content, Options), "a question without answers is a text"
    msgspec.json.decode(msgspec.json.encode(fitted), type=Fitted)


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=40, unique=True))
def test_every_number_leads_back_to_its_answer(titles: list[str]) -> None:
    options = [Option(title, f"/choose {place}") for place, title in enumerate(titles)]
    fitted = fit(Options("Which?", options), SMS)
    assert [answer.payload for answer in fitted.answers] == [option.payload for option in options]
    for answer in fitted.answers:
        for typed in (str(answer.number), f" {answer.number}. ", f"#{answer.number}", f"({answer.number})"):
            found = meant(typed, fitted.answers)
            assert found == Choice(answer.title, answer.payload, "text", typed=typed)


@pytest.mark.parametrize("typed", ["１", "١", "१", "1️⃣", "1)", "1!", "yes", "YES.", " “Yes” ", "yes!!"])
def test_an_answer_is_known_however_it_is_typed(typed: str) -> None:
    found = meant(typed, fit(Options("Is it?", YES_NO), SMS).answers)
    assert found is not None and found.payload == "/affirm" and found.typed == typed


@pytest.mark.parametrize(
    "typed", ["3", "0", "11", "1 2", "yes please", "I have 1", "1, no 2", "", "  ", "1.5", "-1", "y" * 300]
)
def test_what_is_no_answer_is_left_to_the_bot(typed: str) -> None:
    assert meant(typed, fit(Options("Is it?", YES_NO), SMS).answers) is None
    assert meant("1", ()) is None


def test_two_answers_of_the_same_words_are_told_apart_by_their_numbers_alone() -> None:
    cards = [
        RichCard("Red", options=[Option("Buy", "/buy red")]),
        RichCard("Blue", options=[Option("Buy", "/buy blue")]),
    ]
    fitted = fit(Carousel(cards), SMS)
    assert meant("buy", fitted.answers) is None
    assert meant("2", fitted.answers) == Choice("Buy", "/buy blue", "text", typed="2")


@given(written)
def test_whatsapp_and_rcs_take_what_was_fitted(content: Content) -> None:
    """The limits here and in the connectors are the same ones."""
    to = (Identity(IdentityKind.PHONE, "+16505550101"),)
    for each in fit(content, WHATSAPP).contents:
        assert body_of(Outbound(message_id="m1", to=to, content=each))
    for each in fit(content, RCS).contents:
        assert content_of(Outbound(message_id="m1", to=to, content=each), "m1")


# The shapes.


def test_few_answers_are_buttons_more_are_a_list_and_too_many_are_numbers() -> None:
    for count, codes in ((3, []), (4, ["listed"]), (10, ["listed"]), (11, ["numbered"])):
        question = Options("Which?", [Option(f"Option {n}", f"/o{n}") for n in range(count)])
        fitted = fit(question, WHATSAPP)
        assert [change.code for change in fitted.changes] == codes
        assert isinstance(fitted.contents[0], Text) is (codes == ["numbered"])
        assert len(fitted.contents) == 1


def test_numbers_speak_the_customers_language() -> None:
    question = Options("Va bene?", [Option("Sì", "/affirm"), Option("No", "/deny")], footer="Grazie")
    for language, expected in (
        (None, "Va bene?\n\nReply 1 for Sì\nReply 2 for No\n\nGrazie"),
        ("it", "Va bene?\n\nRispondi 1 per Sì\nRispondi 2 per No\n\nGrazie"),
        ("it-CH", "Va bene?\n\nRispondi 1 per Sì\nRispondi 2 per No\n\nGrazie"),
        ("xx", "Va bene?\n\nReply 1 for Sì\nReply 2 for No\n\nGrazie"),
    ):
        assert fit(question, SMS, language=language).contents == (Text(expected),)


def test_a_page_to_open_is_a_button_where_there_are_such_and_a_link_elsewhere() -> None:
    page, reply = Option("Our shop", url="https://shop.example"), Option("Thanks", "/thanks")
    assert fit(Options("Look", [page]), WHATSAPP).contents == (Options("Look", [page]),)
    both = fit(Options("Look", [page, reply]), WHATSAPP)
    assert both.contents == (Options("Look\n\nOur shop: https://shop.example", [reply]),)
    assert fit(Options("Look", [page, reply]), RCS).contents == (Options("Look", [page, reply]),)
    (text,) = fit(Options("Look", [page, reply]), SMS).contents
    assert text == Text("Look\n\nOur shop: https://shop.example\nReply 1 for Thanks")


def test_a_long_text_goes_ahead_of_its_buttons() -> None:
    text = "It is a long story. " * 100 + "Shall we?"
    tight = msgspec.structs.replace(WHATSAPP, list_rows=0)
    first, second = fit(Options(text, YES_NO), tight).contents
    assert isinstance(first, Text) and first.text.endswith("long story.")
    assert second == Options("Shall we?", YES_NO)


def test_a_carousel_becomes_cards_and_then_a_text_with_links() -> None:
    cards = [
        RichCard(f"Shoe {n}", "Good", f"https://x.example/{n}.png", [Option("Buy", f"/buy {n}")])
        for n in (1, 2)
    ]
    as_cards = msgspec.structs.replace(RCS, contents=RCS.contents - {"carousel"})
    assert fit(Carousel(cards), RCS).contents == (Carousel(cards),)
    assert fit(Carousel(cards), as_cards).contents == tuple(cards)
    (text,) = fit(Carousel(cards), SMS).contents
    assert isinstance(text, Text)
    assert text.text.startswith("Shoe 1\nGood\nhttps://x.example/1.png\n\nReply 1 for Buy (Shoe 1)\n\nShoe 2")
    many = fit(Carousel(cards * 6), RCS)
    assert [len(each.cards) for each in many.contents if isinstance(each, Carousel)] == [6, 6]


def test_files_become_links_where_there_are_no_files() -> None:
    bill = Document(url="https://x.example/bill.pdf", filename="bill.pdf", caption="Your bill")
    (text,) = fit(bill, SMS).contents
    assert text == Text("Your bill\nbill.pdf: https://x.example/bill.pdf")
    assert fit(Sticker(url="https://x.example/s.webp"), MMS).contents == (
        Image(url="https://x.example/s.webp"),
    )
    voice = fit(Audio(url="https://x.example/a.ogg", caption="Listen", voice=True), WHATSAPP).contents
    assert voice == (Audio(url="https://x.example/a.ogg", voice=True), Text("Listen"))
    only_at_meta = Image(media_id="123")
    assert fit(only_at_meta, SMS).contents == (only_at_meta,), "there is nothing to point at"


def test_places_and_people_are_written_out() -> None:
    (text,) = fit(Location(45.4642, 9.19, "Duomo", "Milano"), SMS).contents
    assert text == Text("Duomo\nMilano\nhttps://maps.google.com/?q=45.4642,9.19")
    (text,) = fit(Contacts([Card("Ana", [Phone("+1")])]), SMS).contents
    assert text == Text("Ana\n+1")


def test_what_is_said_anew_is_a_message_where_nothing_can_be_changed() -> None:
    assert fit(Edit("wamid.1", Text("At nine")), SMS).contents == (Text("At nine"),)
    assert fit(Reaction("wamid.1", "👍"), SMS).contents == (Text("👍"),)
    for untouched in (Template("hello", "en"), Reaction("wamid.1"), Note("Hush")):
        assert fit(untouched, SMS) == Fitted((untouched,))


def test_a_long_text_is_as_few_messages_as_can_be() -> None:
    text = "One sentence here. " * 10
    fitted = fit(Text(text), TINY)
    assert len(fitted.contents) == -(-len(text.strip()) // 40)
    assert [change.code for change in fitted.changes] == ["cut"]


def test_accents_are_written_plainly_where_an_admin_wishes_so() -> None:
    carries = Capabilities(contents=frozenset({"text"}), text_length=1600, spell=transliterated)
    fitted = fit(Text("It\u2019s here \u2013 come in\u2026"), carries)
    assert fitted.contents == (Text("It's here - come in..."),)
    assert [change.code for change in fitted.changes] == ["spelt_plainly"]
    assert fit(Text("Да\u2026"), carries).contents == (Text("Да\u2026"),), "it would save nothing"
    assert fit(fitted.contents[0], carries).changes == ()
