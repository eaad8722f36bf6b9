"""A content as one line of plain text."""

from typing import assert_never

from connectors.content import (
    Activity,
    Carousel,
    Choice,
    Contacts,
    Content,
    Edit,
    FormAnswer,
    Location,
    Media,
    Note,
    Options,
    Order,
    Permission,
    Reaction,
    Revoke,
    RichCard,
    System,
    Template,
    Text,
    Unsupported,
)


def preview(content: Content, limit: int = 140) -> str:
    """One line that stands for the content in a list or a notification; at most `limit` characters."""
    line = " ".join(_words(content).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _words(content: Content) -> str:
    match content:
        case Text(text=text) | Note(text=text):
            return text
        case Media(caption=caption, filename=filename):
            name = type(content).__name__
            return f"{name}: {caption or filename}" if caption or filename else name
        case Choice(title=title):
            return title
        case Options(text=text):
            return text
        case RichCard(title=title, text=text):
            return title or text or "Card"
        case Location(name=name, address=address):
            return f"Location: {name or address}" if name or address else "Location"
        case Contacts(cards=cards):
            return "Contact: " + ", ".join(card.name for card in cards)
        case Reaction(emoji=emoji):
            return f"Reacted {emoji}" if emoji else "Took a reaction back"
        case Order(lines=lines):
            return f"Order of {len(lines)} products"
        case FormAnswer(text=text, name=name):
            return text or f"Form: {name}"
        case Template(name=name, text=text):
            return text or f"Template: {name}"
        case Edit(content=inner):
            return f"Edited: {_words(inner)}"
        case System(text=text, event=event):
            return text or event.replace("_", " ")
        case Unsupported(raw_type=raw_type):
            return f"Unsupported: {raw_type}"
        case Activity(event=event):
            return event.replace("_", " ")
        case Carousel():
            return "Carousel"
        case Revoke():
            return "Message deleted"
        case Permission():
            return "Permission answered"
    assert_never(content)
