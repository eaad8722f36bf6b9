"""Contacts as a file of comma-separated values (RFC 4180), for spreadsheets and other programs."""

import csv
import io
from collections.abc import Iterable, Sequence

from connectors.events import IdentityKind
from inbox.model.contact import Contact
from inbox.model.profile import Attribute

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell begins with that a spreadsheet would run. https://owasp.org/www-community/attacks/CSV_Injection"""

MARK = "\ufeff"
"""By this mark spreadsheets know that a file is in UTF-8."""

FIRST, LAST = ("id", "name", "phone", "email"), ("created_at", "updated_at")


def columns(attributes: Iterable[Attribute]) -> list[str]:
    """The names of the columns."""
    return [*FIRST, *(attribute.id for attribute in attributes), *LAST]


def cells_of(contact: Contact, attributes: Iterable[Attribute]) -> list[str]:
    """A contact's cells, in the order of `columns`. Several numbers are parted by a space."""
    known = contact.attributes
    numbers = [i.value for i in contact.identities if i.kind is IdentityKind.PHONE]
    values = [
        contact.id,
        contact.name,
        " ".join(numbers) or known.get("phone"),
        known.get("email"),
        *(known.get(attribute.id) for attribute in attributes),
        contact.created_at.isoformat(timespec="seconds"),
        contact.updated_at.isoformat(timespec="seconds"),
    ]
    return [text_of(value) for value in values]


def lines_of(rows: Iterable[Sequence[str]]) -> str:
    """The rows as lines of a file; an apostrophe keeps a spreadsheet from running a cell."""
    file = io.StringIO()
    csv.writer(file).writerows([_harmless(cell) for cell in row] for row in rows)
    return file.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def text_of(value: object) -> str:
    """A value as a cell shows it."""
    if value is None:
        return ""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
