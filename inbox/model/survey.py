"""How customers are asked how it was, and what they answer. Pure."""

import re
from datetime import datetime, timedelta

import msgspec

from connectors.content import Choice, Content, Option, Options, Text
from connectors.fitting import Answer, meant
from inbox.model.conversation import Conversation, Status
from inbox.model.survey_words import Asked, asked_in

SURVEY = "csat"
LIFE = timedelta(hours=72)
"""How long an answer is taken for one."""

WHY = timedelta(hours=1)
"""How long after a rating the next words are taken for its reasons."""

COMMENT = 2_000
"""How long a comment may be."""

_QUESTION_MARKS = "?？؟\u037e՞፧"
_SCALED = re.compile(r"(?P<of_five>[1-5])\s*/\s*5|(?P<stars>[⭐★🌟]{1,5})")
_DIGITS = re.compile(r"[1-5]")
_NUMBER = re.compile(r"\d{1,2}")
_PAYLOAD = "parley-rating:"
_LANGUAGE_LENGTH = 3
_AROUND = " .,!*"


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """Whether and how customers are asked once people have resolved their conversation. There is one."""

    id: str = SURVEY
    is_on: bool = False
    channel_ids: tuple[str, ...] = ()
    """On which channels; empty: on all."""
    wait_minutes: int = 0
    """How long after the end."""
    questions: dict[str, str] = {}
    """In one's own words, by language; `en` stands in for languages without."""


def question_for(survey: Survey, language: str | None) -> Options:
    """The question in a customer's language, with five answers from 1, very bad, to 5, very good."""
    said = asked_in(language)
    own = survey.questions.get(_base(language)) or survey.questions.get("en")
    options = [Option(title, f"{_PAYLOAD}{score}") for score, title in enumerate(said.scores, 1)]
    return Options(text=own or said.question, options=options, button=said.button)


def answered(conversation: Conversation, content: Content, now: datetime) -> Choice | None:
    """The rating that a customer gives with this content, None if it is none.

    A tap says what it is, however late it comes and whatever is spoken of meanwhile. Written, as a digit, as
    stars or in the words of an answer, it is one as long as nobody has begun to talk of something else.
    """
    if isinstance(content, Choice):
        return content if score_of(content) else None
    if not isinstance(content, Text) or not _is_awaited(conversation, now):
        return None
    said = asked_in(conversation.language)
    answers = [Answer(n, title, f"{_PAYLOAD}{n}") for n, title in enumerate(said.scores, 1)]
    return meant(_plain(content.text, said), answers)


def is_off_scale(conversation: Conversation, content: Content, now: datetime) -> bool:
    """Whether it is a number, but none of the answers: they are asked once more, and nothing is opened.

    The second time it is a message like any other: perhaps it is no rating at all.
    """
    rating, asked = conversation.rating, conversation.asked_at
    if asked is None or conversation.asked_in is None or not isinstance(content, Text):
        return False
    if rating is not None and rating.at >= asked:
        return False
    is_number = _NUMBER.fullmatch(content.text.strip()) is not None
    return is_number and _is_awaited(conversation, now) and answered(conversation, content, now) is None


def _is_awaited(conversation: Conversation, now: datetime) -> bool:
    asked = conversation.asked_at
    return asked is not None and conversation.status is Status.RESOLVED and now - asked <= LIFE


def _plain(text: str, said: Asked) -> str:
    """`4/5`, four stars, `4 stars`, `4 out of 5` and `four` as `4`; anything else as it is."""
    found = _SCALED.fullmatch(text.replace("\ufe0f", "").strip())
    if found:
        return found["of_five"] or str(len(found["stars"]))
    words = text.casefold().strip(_AROUND).split()
    number, unit = words[:1], " ".join(words[1:])
    for known in (said, asked_in("en")):
        units = {"", *known.stars, *(f"{known.out_of} {five}" for five in ("5", known.numbers[4]))}
        if number and unit in units:
            if number[0] in known.numbers:
                return str(known.numbers.index(number[0]) + 1)
            if _DIGITS.fullmatch(number[0]):
                return number[0]
    return text


def comment_of(conversation: Conversation, content: Content, now: datetime) -> str | None:
    """What a customer says of the rating they have just given, once; None if it is none.

    A question is none: whoever asks something is answered.
    """
    asked, rating = conversation.asked_at, conversation.rating
    if asked is None or rating is None or conversation.status is not Status.RESOLVED:
        return None
    if rating.at < asked or rating.comment is not None or now - rating.at > WHY:
        return None
    if not isinstance(content, Text) or any(mark in content.text for mark in _QUESTION_MARKS):
        return None
    return content.text.strip()[:COMMENT] or None


def score_of(choice: Choice) -> int | None:
    """From 1 to 5; None if the choice is no rating."""
    score = choice.payload.removeprefix(_PAYLOAD)
    is_ours = choice.payload.startswith(_PAYLOAD) and len(score) == 1 and score in "12345"
    return int(score) if is_ours else None


def is_asked_on(survey: Survey, channel_id: str) -> bool:
    """Whether customers are asked on this channel."""
    return survey.is_on and (not survey.channel_ids or channel_id in survey.channel_ids)


def _base(language: str | None) -> str:
    return (language or "").partition("-")[0].casefold()[:_LANGUAGE_LENGTH]
