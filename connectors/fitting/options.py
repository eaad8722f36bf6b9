"""Answers to tap: buttons, else a list, else numbers in the text that are answered by writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from connectors.actions import Action, Dial, SaveDate, ShareLocation, ShowPlace
from connectors.content import Content, Option, Options
from connectors.cutting import distinct, shortened, tail_start
from connectors.fitting.places import map_link
from connectors.fitting.values import Answer

if TYPE_CHECKING:
    from connectors.fitting.fit import Fitting

replace = msgspec.structs.replace


def options(fitting: Fitting, content: Options) -> list[Content]:
    """A question with its answers."""
    carries = fitting.carries
    if not content.options:
        return fitting.text(_paragraphs(content.header, content.text, content.footer))
    if not _paragraphs(content.header, content.text, content.footer):
        content = replace(content, text=fitting.phrases.choose)
    if not fitting.takes("options"):
        return fitting.text(numbered(fitting, content))
    taps = [option for option in content.options if can_tap(fitting, option, len(content.options))]
    told = [line(fitting, option) for option in content.options if option not in taps]
    most = max(carries.options, 0 if any(tap.url or tap.action for tap in taps) else carries.list_rows)
    if not taps or len(taps) > most:
        return fitting.text(numbered(fitting, content))
    content = _with_lines_joined(fitting, content)
    if told:
        fitting.note("links_in_text", "Answers that this channel has no buttons for are links in the text.")
        content = replace(content, text=_paragraphs(content.text, "\n".join(told)))
    return _tapped(fitting, replace(content, options=taps))


def can_tap(fitting: Fitting, option: Option, among: int) -> bool:
    """Whether the channel has a button that does what this option does; `among` so many."""
    carries = fitting.carries
    if option.action is not None:
        able = carries.actions | carries.lone_actions if among == 1 else carries.actions
        if _tag(option.action) in able:
            return True
    if option.url:
        return carries.links == "any" or (carries.links == "alone" and among == 1)
    return option.action is None or isinstance(option.action, ShareLocation)


def _tapped(fitting: Fitting, content: Options) -> list[Content]:
    """Buttons if there are few and plain enough, a list if the channel has one, and the text above them."""
    carries, described = fitting.carries, any(option.description for option in content.options)
    above = carries.options_text_length or carries.text_length
    if described and not carries.option_description_length:
        content = _with_descriptions_told(fitting, content)
        described = False
    is_list = bool(carries.list_rows) and not any(o.url or o.action for o in content.options)
    needs_list = len(content.options) > carries.options or described or len(content.text) > above
    is_list = is_list and needs_list
    if is_list:
        above = carries.text_length
        if len(content.options) > carries.options:
            fitting.note("listed", f"More than {carries.options} answers: the customer opens a list.")
    limit = (carries.list_title_length if is_list else None) or carries.option_title_length
    content = replace(content, options=shown(fitting, content.options, limit))
    if len(content.text) <= above:
        return [content]
    start = tail_start(content.text, above)
    head, tail = content.text[:start].rstrip(), content.text[start:].strip()
    fitting.note("cut", "The text is longer than this channel allows above answers: it goes ahead.")
    first = replace(content, text=tail, header=None)
    return [*fitting.text(_paragraphs(content.header, head)), first]


def shown(fitting: Fitting, given: list[Option], limit: int) -> list[Option]:
    """The options with titles and descriptions that fit; what comes back stays what it was."""
    titles = distinct([option.title for option in given], limit)
    found = []
    for option, title in zip(given, titles, strict=True):
        payload = option.payload if title == option.title or option.payload else option.title
        about = option.description
        if about and fitting.carries.option_description_length:
            about = shortened(about, fitting.carries.option_description_length)
        found.append(replace(option, title=title, payload=payload, description=about))
    short = [o.title for o, title in zip(given, titles, strict=True) if " ".join(o.title.split()) != title]
    if short:
        names = ", ".join(f"“{title}”" for title in short[:3])
        fitting.note("titles_shortened", f"Shortened to the {limit} characters of a button: {names}.")
    return found


def numbered(fitting: Fitting, content: Options, *, about: str | None = None) -> str:
    """The whole question as a text whose answers are numbers. `about` tells the answers of cards apart."""
    lines = []
    for option in content.options:
        if _is_answered(option):
            answer = Answer(len(fitting.answers) + 1, option.title, option.payload or option.title)
            fitting.answers.append(answer)
            title = f"{option.title} ({about})" if about else option.title
            said = fitting.phrases.reply.format(n=answer.number, title=title)
            lines.append(f"{said}: {option.description}" if option.description else said)
            fitting.note("numbered", "The answers are numbered in the text: the customer writes a number.")
        else:
            lines.append(line(fitting, option))
    return _paragraphs(content.header, content.text, "\n".join(lines), content.footer)


def line(fitting: Fitting, option: Option) -> str:
    """What an option that cannot be tapped does, in words."""
    target = option.url or ""
    match option.action:
        case Dial(number=number):
            target = number
        case ShowPlace() as place:
            target = map_link(place.latitude, place.longitude, place.query or place.label)
        case SaveDate(starts_at=start, ends_at=end, title=title):
            target = f"{title}, {start} – {end}"
    return f"{option.title}: {target}" if target else option.title


def _is_answered(option: Option) -> bool:
    """Whether the option's payload comes back, rather than something happening on the phone."""
    return not option.url and (option.action is None or isinstance(option.action, ShareLocation))


def _with_lines_joined(fitting: Fitting, content: Options) -> Options:
    """Header and footer stay where the channel has room for them; else they join the text."""
    carries, text = fitting.carries, content.text
    header = content.header if content.header and len(content.header) <= carries.header_length else None
    footer = content.footer if content.footer and len(content.footer) <= carries.footer_length else None
    if content.header and header is None:
        text = _paragraphs(content.header, text)
    if content.footer and footer is None:
        text = _paragraphs(text, content.footer)
    return replace(
        content, text=text if text.strip() else fitting.phrases.choose, header=header, footer=footer
    )


def _with_descriptions_told(fitting: Fitting, content: Options) -> Options:
    lines = [f"{o.title}: {o.description}" for o in content.options if o.description]
    fitting.note("descriptions_in_text", "What is said about the answers stands in the text.")
    bare = [replace(option, description=None) for option in content.options]
    return replace(content, text=_paragraphs(content.text, "\n".join(lines)), options=bare)


def _tag(action: Action) -> str:
    return str(type(action).__struct_config__.tag)


def _paragraphs(*parts: str | None) -> str:
    return "\n\n".join(part.strip() for part in parts if part and part.strip())
