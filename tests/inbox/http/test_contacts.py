"""Contacts over HTTP: pages of the list, and all of them as a file."""

import asyncio
import csv
import io
import json
from typing import Any

import pytest
from aiohttp import ClientPayloadError

from inbox.model.commit import Commit, ContactChange
from inbox.model.people import Role
from inbox.store import StoreUnavailable
from tests.inbox.factories import a_contact, phone
from tests.parley import Client, Parley


async def known(parley: Parley, *contacts: Any) -> None:
    async def work(session: Any) -> tuple[Commit, None]:
        return Commit(contacts=[ContactChange(None, contact) for contact in contacts]), None

    await parley.store.change(work)


async def test_the_pages_of_a_search_meet_and_end(parley: Parley, agent: Client) -> None:
    await known(parley, *(a_contact(phone(f"+39021230{n:04}"), name=f"Zeno {n}") for n in range(23)))
    seen: list[str] = []
    cursor = None
    while True:
        page = await agent.get(f"/contacts?q=zeno&limit=10{f'&cursor={cursor}' if cursor else ''}")
        seen += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == 23 and set(seen) == {f"Zeno {n}" for n in range(23)}
    assert (await agent.get("/contacts?q=%22%22"))["items"] == []
    status, problem = await agent.call("GET", "/contacts?cursor=nonsense")
    assert (status, problem["code"]) == (422, "invalid")


async def rows_of(parley: Parley, admin: Client) -> list[dict[str, str]]:
    async with parley.http.get(f"{parley.url}/api/v1/contact_export", headers=admin.cookie) as answer:
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.headers["Transfer-Encoding"] == "chunked"
        text = (await answer.read()).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_every_contact_is_in_the_file_and_no_cell_is_a_formula(parley: Parley) -> None:
    admin = await parley.an_agent("Exporting Admin", Role.ADMIN)
    status, _ = await admin.call("PUT", "/contact_attributes/export_vip", {"label": "VIP", "kind": "boolean"})
    assert status == 200
    evil = '=HYPERLINK("http://evil.example","click")'
    odd = a_contact(
        phone("+390299900001"),
        phone("+390299900002"),
        name=evil,
        attributes={"email": '"a,b"@example.com', "export_vip": True, "undefined": "x"},
    )
    multi = a_contact(phone("+390299900003"), name="Zoë\n@SUM(A1), “quoted”")
    many = [a_contact(phone(f"+39028{n:07}"), name=f"Many {n}") for n in range(1203)]
    await known(parley, odd, multi, *many)
    rows = await rows_of(parley, admin)
    by_id = {row["id"]: row for row in rows}
    assert len(by_id) == len(rows) and {c.id for c in many} <= set(by_id)
    assert by_id[odd.id]["name"] == f"'{evil}"
    assert by_id[odd.id]["phone"] == "'+390299900001 +390299900002"
    assert (by_id[odd.id]["email"], by_id[odd.id]["export_vip"]) == ('"a,b"@example.com', "yes")
    assert by_id[multi.id]["name"] == multi.name
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


@pytest.mark.parametrize("error", [StoreUnavailable("gone"), RuntimeError("a fault of ours")])
async def test_what_fails_on_the_way_breaks_the_file_off(
    parley: Parley, monkeypatch: Any, error: Exception
) -> None:
    admin = await parley.an_agent(f"Unlucky {type(error).__name__}", Role.ADMIN)

    async def breaks(self: Any, query: Any) -> Any:
        for _ in range(700):
            yield a_contact(name="One")
        raise error

    monkeypatch.setattr(type(parley.store.contacts), "every", breaks)
    async with asyncio.timeout(60):
        try:
            await rows_of(parley, admin)
        except ClientPayloadError:
            return
    raise AssertionError("half a file looks like a whole one")


async def brought(parley: Parley, admin: Client, raw: bytes, preview: str = "no") -> tuple[int, list[Any]]:
    url = f"{parley.url}/api/v1/contact_import?preview={preview}"
    async with parley.http.post(
        url, data=io.BytesIO(raw), headers={**admin._headers, "Content-Type": "text/csv"}
    ) as answer:
        return answer.status, [json.loads(line) for line in (await answer.read()).splitlines()]


async def test_a_file_is_looked_at_brought_and_told_of(parley: Parley) -> None:
    admin = await parley.an_agent("Importing Admin", Role.ADMIN)
    rows = "".join(f"Imported {n},+39027{n:07},x\n" for n in range(250))
    raw = f"name,phone,shoe\n{rows}Odd,12,\n".encode()
    for preview, counts in (("yes", (250, 0, 1)), ("no", (250, 0, 1)), ("no", (0, 250, 1))):
        status, steps = await brought(parley, admin, raw, preview)
        assert status == 200
        assert [(s["done"], s["of"]) for s in steps] == [(100, 251), (200, 251), (251, 251), (251, 251)]
        report = steps[-1]["report"]
        assert tuple(report["counts"][what] for what in ("new", "same", "bad")) == counts
        assert report["bad"] == [{"line": 252, "reason": "A number begins with + and the country's code."}]
        assert report["unknown"] == ["shoe"]


async def test_what_cannot_be_brought_is_told_in_words(parley: Parley) -> None:
    admin = await parley.an_agent("Hopeful Admin", Role.ADMIN)
    for raw, words in (
        (b"name,phone\nJos\xe9,+390212345678\n", "Unicode"),
        (b"name\n", "phone or email"),
        (b"phone\n" + b" " * 5_000_000, "a million characters"),
    ):
        status, (problem,) = await brought(parley, admin, raw)
        assert status == 422 and words in problem["detail"]
    status, steps = await brought(
        parley, admin, b"name,phone\nJos\xe9,+390212345678\n", "yes&encoding=windows-1252"
    )
    assert status == 200 and steps[-1]["report"]["rows"][0]["name"] == "José"


async def test_a_file_larger_than_any_other_body_is_brought_and_one_larger_still_is_not(
    parley: Parley,
) -> None:
    admin, settings = await parley.an_agent("Admin of Many", Role.ADMIN), parley.parts.settings
    empty = b",".ljust(500) + b"\n"
    raw = b"phone,name\n" + empty * (settings.max_body // len(empty) + 1) + b"+390213340002,Near\n"
    status, steps = await brought(parley, admin, raw, "yes")
    assert status == 200 and steps[-1]["report"]["counts"]["new"] == 1
    url = f"{parley.url}/api/v1/contact_import"
    large = {**admin._headers, "Content-Length": str(settings.max_file + 1)}
    async with parley.http.post(url, data=b"phone", headers=large) as answer:
        assert answer.status == 422 and "Split" in (await answer.json())["detail"]
