"""Contacts read from a file of comma-separated values (RFC 4180), however large: a row at a time."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import IO, Any, NamedTuple

from inbox.model.contact_file import FIRST, FORMULA, LAST
from inbox.model.profile import Attribute

UNICODE = "unicode"
ENCODINGS = (UNICODE, "windows-1252", "windows-1250", "windows-1251", "mac-roman")
"""How a file may be written. Which kind of Unicode it is says the file itself; the others must be named,
since every file can be read in them, and most come out wrong."""

_SEPARATOR = re.compile(r'"?sep=([,;\t])"?', re.IGNORECASE)
_IGNORED = ("created_at", "updated_at")
_MOST_COLUMNS = 200
_LONGEST_LINE = 1 << 20


class BadFile(ValueError):
    """This cannot be read as a list of contacts. The text is fit for a person."""


class Row(NamedTuple):
    """One contact of a file. `fault` says why it cannot be read."""

    line: int
    cells: dict[str, str]
    """By column; those that are empty are left out."""
    fault: str | None = None


class Table:
    """A file that was looked through: it can be read to its end."""

    def __init__(self, text: io.TextIOWrapper, attributes: Iterable[Attribute]) -> None:
        self._text = text
        self._known = {name: name for name in (*FIRST, *LAST)}
        self._known |= {n.casefold(): each.id for each in attributes for n in (each.id, each.label)}
        self._skipped, self._delimiter = _laid_out(text)
        self.unknown: list[str] = []
        """The columns that mean nothing to us."""
        self.count = sum(1 for _ in self.rows())
        """How many rows it has."""

    def rows(self) -> Iterator[Row]:
        """The rows from the first on, read from the file one by one. Raises `BadFile`.

        Only one reader at a time: each begins anew in the same file.
        """
        self._text.seek(0)
        for _ in range(self._skipped):
            self._text.readline()
        fed = _Fed(self._text)
        lines = csv.reader(fed, delimiter=self._delimiter)
        try:
            header = [name.strip() for name in next(lines, [])]
            names = [self._known.get(name.casefold()) for name in header]
            _check_header(header, names)
            self.unknown = [n for n, c in zip(header, names, strict=True) if not c and n]
            yield from _rows(lines, names, fed, self._skipped)
            line = self._skipped + lines.line_num - len(fed.row) + 1
            _check_end(fed.row, self._delimiter, line=line)
        except csv.Error as error:
            raise BadFile(f"Line {self._skipped + lines.line_num} cannot be read: {error}.") from error


def read(file: IO[bytes], attributes: Iterable[Attribute], encoding: str = UNICODE) -> Table:
    """The contacts of a file, which stays open; columns are known by an attribute's name or label.

    Raises `BadFile` for what is wrong with the whole of it: it is looked through to its end.
    """
    file.seek(0)
    named = encoding if encoding != UNICODE else _kind_of_unicode(file.read(2))
    file.seek(0)
    try:
        return Table(io.TextIOWrapper(file, named, newline=""), attributes)
    except UnicodeError as error:
        how = "in Unicode" if encoding == UNICODE else f"written in {encoding}"
        raise BadFile(f"The file is not {how}. Say how it is written, or save it as “CSV UTF-8”.") from error


def _kind_of_unicode(mark: bytes) -> str:
    """Spreadsheets write UTF-16, too (“Unicode text”)."""
    return "utf-16" if mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"


class _Fed:
    """The lines of a file, and those that were read for the present row."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.row: list[str] = []
        self.is_over = False
        """Whether the next line is another row's."""

    def __iter__(self) -> "_Fed":
        return self

    def __next__(self) -> str:
        line = _line_of(self._text)
        if not line:
            raise StopIteration
        if self.is_over:
            self.row, self.is_over = [], False
        self.row.append(line)
        return line


def _line_of(text: io.TextIOWrapper) -> str:
    """The next line, empty at the end. Raises `BadFile` if it is too long to be a line of a list."""
    line = text.readline(_LONGEST_LINE)
    if len(line) == _LONGEST_LINE:
        raise BadFile("A line of the file has more than a million characters.")
    return line


def _laid_out(text: io.TextIOWrapper) -> tuple[int, str]:
    """How many lines of a file are no row, and what parts its cells. Raises `BadFile`.

    Spreadsheets name the delimiter in a first line: `sep=;`.
    """
    first = _line_of(text).partition("\n")[0]
    if named := _SEPARATOR.fullmatch(first.strip()):
        return 1, named[1]
    return 0, max(",;\t", key=first.count)


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


def _rows(lines: Any, names: list[str | None], fed: _Fed, skipped: int) -> Iterator[Row]:
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
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell.strip()
