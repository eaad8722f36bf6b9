"""Contacts from a file: known again, told by line what is wrong, and the same twice."""

import asyncio
import io
import tracemalloc
from collections.abc import Iterable
from typing import Any

import pytest

from inbox.actions import profiles
from inbox.actions.errors import Forbidden
from inbox.actions.import_contacts import Outcome, import_rows
from inbox.model.contact import Contact
from inbox.model.contact_file import cells_of, columns, lines_of
from inbox.model.contact_reading import ENCODINGS, UNICODE, BadFile, Table
from inbox.model.contact_reading import read as read_file
from inbox.model.people import Role
from inbox.model.profile import Attribute, AttributeKind
from tests.inbox.factories import a_contact, an_agent, heard, phone
from tests.inbox.office import Office

ADMIN = an_agent("Anna", Role.ADMIN)


def read(raw: bytes, attributes: Iterable[Attribute] = (), encoding: str = UNICODE) -> Table:
    return read_file(io.BytesIO(raw), attributes, encoding)


async def taken(office: Office, text: str, *, preview: bool = False) -> list[Outcome]:
    table = read(text.encode(), await office.store.attributes.list())
    steps = import_rows(office.desk, ADMIN, table.rows(), count=table.count, preview=preview)
    return [outcome async for some in steps for outcome in some]


async def what(office: Office, text: str, **how: Any) -> list[str]:
    return [outcome.what for outcome in await taken(office, text, **how)]


async def everyone(office: Office) -> list[Contact]:
    return [contact async for contact in office.store.contacts.every()]


FILE = """name,phone,email,plan,visits
Giulia Bianchi,+39 333 123 4567,giulia@example.com,Gold,3
Ada,,ADA@example.com,,
,+390212345678,,Silver,0.5
"""


async def defined(office: Office) -> None:
    plan = {"label": "Plan", "kind": AttributeKind.CHOICE, "choices": ("Gold", "Silver")}
    await profiles.define(office.desk, ADMIN, "plan", **plan)
    await profiles.define(office.desk, ADMIN, "visits", label="Visits", kind=AttributeKind.NUMBER)


async def test_the_same_file_twice_changes_nothing(office: Office) -> None:
    await defined(office)
    assert await what(office, FILE, preview=True) == ["new", "new", "new"]
    assert await everyone(office) == []
    assert await what(office, FILE) == ["new", "new", "new"]
    before = await everyone(office)
    office.clock.forward(days=1)
    assert await what(office, FILE, preview=True) == ["same", "same", "same"]
    assert await what(office, FILE) == ["same", "same", "same"]
    assert await everyone(office) == before
    assert await what(office, FILE.replace("Silver", "Gold")) == ["same", "same", "changed"]


async def test_who_is_in_a_file_is_known_when_they_write(office: Office) -> None:
    await defined(office)
    await taken(office, FILE)
    await office.take(heard("Hi", phone("+393331234567"), name="giuli"))
    assert (await office.conversation()).contact.name == "Giulia Bianchi"
    assert len(await everyone(office)) == 3
    assert await what(office, "phone,name\n+393331234567,Giulia Rossi\n") == ["changed"]
    assert (await office.conversation()).contact.name == "Giulia Rossi"


async def test_what_we_export_changes_nothing_when_it_comes_back(office: Office) -> None:
    await defined(office)
    await taken(office, FILE)
    odd = a_contact(
        phone("+390299900001"),
        phone("+390299900002"),
        name="=1+1\n  two  lines",
        attributes={"email": "odd@example.com", "phone": "+390288888888"},
    )
    visitor = a_contact(name="-", attributes={"phone": "+390277777777"}, identities=(), identity_keys=())
    from inbox.model.commit import Commit, ContactChange

    async def work(session: Any) -> tuple[Commit, None]:
        return Commit(contacts=[ContactChange(None, odd), ContactChange(None, visitor)]), None

    await office.store.change(work)
    attributes = await office.store.attributes.list()
    before = await everyone(office)
    text = lines_of([columns(attributes), *(cells_of(c, attributes) for c in before)])
    assert await what(office, text) == ["same"] * 5
    assert await everyone(office) == before


async def test_a_bad_row_is_told_by_its_line_and_the_others_are_taken(office: Office) -> None:
    await defined(office)
    text = (
        'name;phone;email;plan;visits\nAda;12;;;\n"Two\nlines";+390212340001;;;\nBob;;nobody;;\n'
        ";;;;\nNobody;;;;\nCarl;+390212340002;;tin;\nDora;+390212340003;;;many\nEve;+390212340004;;;;;\n"
        "Fine;+390212340005;;;\n"
    )
    found = await taken(office, text)
    assert {o.line: o.reason for o in found if o.what == "bad"} == {
        2: "A number begins with + and the country's code.",
        3: "A name, an address and a number are short texts.",
        5: "This is not an email address.",
        7: "There is neither a number nor an email address to know them by.",
        8: "Plan is one of: Gold, Silver.",
        9: "Visits is a number, with a point for decimals.",
        10: "The line has more cells than there are columns.",
    }
    assert [c.name for c in await everyone(office)] == ["Fine"]


async def test_rows_about_one_person_are_one_contact(office: Office) -> None:
    text = (
        "phone,email,name\n+390212340001,a@example.com,Ada\n+390212340001,,Augusta\n,A@EXAMPLE.com,Ada L.\n"
    )
    for preview in (True, False):
        assert await what(office, text, preview=preview) == ["new", "changed", "changed"]
    (contact,) = await everyone(office)
    assert contact.name == "Ada L."


async def test_numbers_of_two_people_are_left_alone(office: Office) -> None:
    await taken(office, "phone\n+390212340001\n+390212340002\n")
    (bad,) = await taken(office, "phone\n+390212340001 +390212340002\n")
    assert bad.what == "bad" and "Merge them first" in (bad.reason or "")
    assert await what(office, "phone\n+390212340001 +390212340003\n") == ["changed"]


async def test_two_who_bring_the_same_file_at_once_make_nobody_twice(office: Office) -> None:
    lines = "".join(f"P {n},+39021234{n:04}\n" for n in range(250))
    await asyncio.gather(*(what(o, f"name,phone\n{lines}") for o in (office, office.another())))
    assert len(await everyone(office)) == 250


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"name\nAda\n",
        b"phone,PHONE\n+39,+39\n",
        "phone\nÄ\n".encode("latin-1"),
        b"phone\n" + b"9" * 200_000,
        b"phone," * 200_000,
        b"phone\n" + b"+390212345678\n" * 20_000 + b"\xff\n",
    ],
)
def test_what_is_no_list_of_contacts_is_refused(raw: bytes) -> None:
    with pytest.raises(BadFile):
        read(raw, [])


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b"sep=;\r\nname;phone\r\nAda;+390212345678\r\n", 3),
        (b'"sep=\t"\nname\tphone\nAda\t+390212345678', 3),
        ("name\tphone\r\nAda\t+390212345678\r\n".encode("utf-16"), 2),
        (b"\xef\xbb\xbfname;phone\nAda;0039 02 12345678\n", 2),
        (b'name,phone\n"Ada\nLovelace",+390212345678\n', 2),
    ],
    ids=["named delimiter", "quoted delimiter", "UTF-16", "mark and 00", "two lines"],
)
async def test_files_as_spreadsheets_write_them_are_read(office: Office, raw: bytes, line: int) -> None:
    (row,) = read(raw).rows()
    assert row.line == line
    ((outcome,),) = [o async for o in import_rows(office.desk, ADMIN, [row], count=1, preview=False)]
    assert outcome.what == ("bad" if "\n" in row.cells["name"] else "new")
    (contact,) = await office.store.contacts.known_as(["phone:+390212345678"]) or [None]
    assert (contact is None) is (outcome.what == "bad")


@pytest.mark.parametrize("before", ["", "sep=,\n", "Ada,+390212345678\n"])
def test_a_quotation_mark_that_is_never_closed_swallows_no_rows_unseen(before: str) -> None:
    head, rest = (before, "") if before.startswith("sep") else ("", before)
    text = f'{head}name,phone\n{rest}"Eve,+390212345679\nGrace,+390212345670\n'
    line = text.splitlines().index('"Eve,+390212345679') + 1
    with pytest.raises(BadFile, match=f"line {line} is never closed"):
        read(text.encode(), [])
    read(text.replace('"', "").encode(), [])


def test_columns_that_mean_nothing_are_told() -> None:
    assert read(b"Phone,Shoe size,Email\n+39,42,x\n", []).unknown == ["Shoe size"]


async def test_only_an_admin_may(office: Office) -> None:
    with pytest.raises(Forbidden):
        async for _ in import_rows(office.desk, an_agent(), [], count=0, preview=True):
            pass


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_file_that_is_not_in_unicode_is_read_as_it_is_said_to_be_written(encoding: str) -> None:
    name = "Юлия" if encoding == "windows-1251" else "Zoë"
    raw = f"name;phone\n{name};+390212345678\n".encode("utf-8" if encoding == UNICODE else encoding)
    assert [row.cells["name"] for row in read(raw, encoding=encoding).rows()] == [name]
    if encoding != UNICODE:
        with pytest.raises(BadFile, match="not in Unicode"):
            read(raw)


def test_a_long_file_is_read_row_by_row() -> None:
    """Twice from the start, and never more of it than the row at hand."""
    raw = b"name,phone\n" + b"".join(b"P,+39021%07d\n" % n for n in range(20_000))
    table = read(raw)
    assert table.count == 20_000
    for _ in range(2):
        tracemalloc.start()
        rows = table.rows()
        assert next(rows).line == 2 and sum(1 for _ in rows) == 19_999
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert most < 200_000


async def test_a_preview_forgets_who_came_long_before(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says `new` once too often, and holds no more than so many."""
    monkeypatch.setattr("inbox.actions.import_contacts._IMAGINED", 150)
    lines = [f"+39021234{n:04}" for n in range(300)]
    again = await what(office, "\n".join(["phone", *lines, lines[0], lines[299], ""]), preview=True)
    assert again[300:] == ["new", "same"] and await everyone(office) == []
    assert (await what(office, "\n".join(["phone", *lines, lines[0], ""])))[300:] == ["same"]
