"""What customers call themselves, and how it leaves the house."""

import csv
import io

import pytest

from inbox.model.contact import name_said
from inbox.model.contact_file import lines_of


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("Zoë ‍👩‍🚒", "Zoë ‍👩‍🚒"),
        ("नमस्ते ‍क", "नमस्ते ‍क"),
        ("شركة\u200f 1", "شركة\u200f 1"),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
        ("a\0b\x1b[31m", "ab[31m"),
        (" two\n\nlines\t", "two lines"),
        ("x" * 70_000, "x" * 200),
        ("\u202e\u202e ", None),
        ("", None),
        (None, None),
    ],
)
def test_a_name_is_one_line_and_turns_nothing_around_it(said: str | None, kept: str | None) -> None:
    assert (name_said(said) or None) == kept


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x"])
def test_no_spreadsheet_runs_a_cell(cell: str) -> None:
    (row,) = csv.reader(io.StringIO(lines_of([[cell, "as it is"]]), newline=""))
    assert row == [f"'{cell}", "as it is"]
