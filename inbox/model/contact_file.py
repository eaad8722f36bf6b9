"""Contacts as a file of comma-separated values (RFC 4180), for spreadsheets and other programs."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from connectors.events import IdentityKind
from inbox.model.contact import Contact
from inbox.model.profile import Attribute

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet would run. https://owasp.org/www-community/attacks/CSV_Injection"""

MARK = "\ufeff"
"""By this mark spreadsheets know that a file is in UTF-8."""

_FIRST, _LAST = ("id", "name", "phone", "email"), ("created_at", "updated_at")


_IGNORED = ("created_at", "updated_at")
_MOST_COLUMNS = 200


class BadFile(ValueError):
    """This cannot be read as a list of contacts. The text is fit for a person."""


class Row(NamedTuple):
    """One contact of a file. `fault` says why it cannot be read."""

    line: int
    cells: dict[str, str]
    """By column; those that are empty are left out."""
    fault: str | None = None


class Table(NamedTuple):
    """A file that was read."""

    rows: list[Row]
    unknown: list[str]
    """The columns that mean nothing to us."""


def read(raw: bytes, attributes: Iterable[Attribute]) -> Table:
    """The contacts of a file; columns are known by an attribute's name or label. Raises `BadFile`."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile("The file is not in UTF-8. Save it as “CSV UTF-8”.") from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    known = {name: name for name in (*_FIRST, *_LAST)}
    known |= {name.casefold(): each.id for each in attributes for name in (each.id, each.label)}
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [name.strip() for name in next(lines, [])]
        names = [known.get(name.casefold()) for name in header]
        _check_header(header, names)
        return Table(
            list(_rows(lines, names)), [n for n, c in zip(header, names, strict=True) if not c and n]
        )
    except csv.Error as error:
        raise BadFile(f"Line {lines.line_num} cannot be read: {error}.") from error


def _check_header(header: list[str], names: list[str | None]) -> None:
    if not {"phone", "email"} & set(names):
        raise BadFile("The first line must name the columns, phone or email among them.")
    if len(header) > _MOST_COLUMNS:
        raise BadFile(f"The file has more than {_MOST_COLUMNS} columns.")
    twice = {name for name in names if name and names.count(name) > 1}
    if twice:
        raise BadFile(f"There are two columns for {', '.join(sorted(twice))}.")


def _rows(lines: Any, names: list[str | None]) -> Iterable[Row]:
    line = lines.line_num + 1
    for given in lines:
        cells = {n: _as_typed(c) for n, c in zip(names, given, strict=False) if n and n not in _IGNORED}
        fault = "The line has more cells than there are columns." if len(given) > len(names) else None
        if any(given):
            yield Row(line, {name: cell for name, cell in cells.items() if cell}, fault)
        line = lines.line_num + 1


def _as_typed(cell: str) -> str:
    """The cell without the apostrophe by which `lines_of` makes it harmless."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell.strip()


def columns(attributes: Iterable[Attribute]) -> list[str]:
    """The names of the columns."""
    return [*_FIRST, *(attribute.id for attribute in attributes), *_LAST]


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
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def text_of(value: object) -> str:
    """A value as a cell shows it."""
    if value is None:
        return ""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
