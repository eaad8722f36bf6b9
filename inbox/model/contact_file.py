"""Contacts as a file of comma-separated values (RFC 4180), for spreadsheets and other programs."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from connectors.events import IdentityKind
from inbox.model.contact import Contact
from inbox.model.profile import Attribute

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet would run. https://owasp.org/www-community/attacks/CSV_Injection"""

MARK = "\ufeff"
"""By this mark spreadsheets know that a file is in UTF-8."""

_SEPARATOR = re.compile(r'"?sep=([,;\t])"?', re.IGNORECASE)

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
    text, skipped, delimiter = _laid_out(raw)
    known = {name: name for name in (*_FIRST, *_LAST)}
    known |= {name.casefold(): each.id for each in attributes for name in (each.id, each.label)}
    fed = _Fed(io.StringIO(text, newline=""))
    lines = csv.reader(fed, delimiter=delimiter)
    try:
        header = [name.strip() for name in next(lines, [])]
        names = [known.get(name.casefold()) for name in header]
        _check_header(header, names)
        rows = list(_rows(lines, names, fed, skipped))
        _check_end(fed.row, delimiter, line=skipped + lines.line_num - len(fed.row) + 1)
        return Table(rows, [n for n, c in zip(header, names, strict=True) if not c and n])
    except csv.Error as error:
        raise BadFile(f"Line {skipped + lines.line_num} cannot be read: {error}.") from error


class _Fed:
    """The lines of a file, and those that were read for the present row."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.row: list[str] = []
        self.is_over = False
        """Whether the next line is another row's."""

    def __iter__(self) -> "_Fed":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        if self.is_over:
            self.row, self.is_over = [], False
        self.row.append(line)
        return line


def _laid_out(raw: bytes) -> tuple[str, int, str]:
    """The text of a file, how many lines of it are no row, and what parts its cells. Raises `BadFile`.

    Spreadsheets write UTF-16, too (“Unicode text”), and name the delimiter in a first line: `sep=;`.
    """
    encoding = "utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadFile("The file is not in UTF-8. Save it as “CSV UTF-8”.") from error
    first, _, rest = text.partition("\n")
    if named := _SEPARATOR.fullmatch(first.strip()):
        return rest, 1, named[1]
    return text, 0, max(",;\t", key=first.count)


def _check_end(last: list[str], delimiter: str, *, line: int) -> None:
    """Raise `BadFile` if the last row was begun with a quotation mark that nothing closes.

    Everything from there on was one cell, and so was left out.
    """
    try:
        list(csv.reader(last, delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "end of data" in str(error):
            raise BadFile(f"A quotation mark of line {line} is never closed.") from error


def _check_header(header: list[str], names: list[str | None]) -> None:
    if not {"phone", "email"} & set(names):
        raise BadFile("The first line must name the columns, phone or email among them.")
    if len(header) > _MOST_COLUMNS:
        raise BadFile(f"The file has more than {_MOST_COLUMNS} columns.")
    twice = {name for name in names if name and names.count(name) > 1}
    if twice:
        raise BadFile(f"There are two columns for {', '.join(sorted(twice))}.")


def _rows(lines: Any, names: list[str | None], fed: _Fed, skipped: int) -> Iterable[Row]:
    line = skipped + lines.line_num + 1
    fed.is_over = True
    for given in lines:
        cells = {n: _as_typed(c) for n, c in zip(names, given, strict=False) if n and n not in _IGNORED}
        fault = "The line has more cells than there are columns." if len(given) > len(names) else None
        if any(given):
            yield Row(line, {name: cell for name, cell in cells.items() if cell}, fault)
        line = skipped + lines.line_num + 1
        fed.is_over = True


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
