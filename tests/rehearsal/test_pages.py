"""The small API behind the page with the phones."""

import asyncio
from typing import Any

import pytest

from rehearsal.registry import stand_ins
from tests.rehearsal.conftest import Rehearsal


async def get(rehearsal: Rehearsal, path: str) -> Any:
    async with rehearsal.http.get(f"{rehearsal.url}/api/{path}") as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def ask(rehearsal: Rehearsal, method: str, path: str, body: Any) -> tuple[int, Any]:
    async with rehearsal.http.request(method, f"{rehearsal.url}/api/{path}", json=body) as answer:
        return answer.status, await answer.json()


async def test_the_page_needs_nothing_from_elsewhere(rehearsal: Rehearsal) -> None:
    async with rehearsal.http.get(rehearsal.url) as answer:
        page = await answer.text()
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    assert "http://" not in page and "https://" not in page and "style=" not in page
    assert "<script>" not in page


async def test_a_message_typed_on_the_phone_is_on_the_phone(rehearsal: Rehearsal) -> None:
    (phone,) = (await get(rehearsal, "phones"))["phones"]
    customer = phone["customers"][0]["id"]
    action = {"customer": customer, "kind": "text", "text": "Hi"}
    status, said = await ask(rehearsal, "POST", "phones/wa/send", action)
    assert status == 200
    await rehearsal.until(lambda: bool(rehearsal.inbox.taken))
    shown = await get(rehearsal, "phones/wa?wire")
    assert shown["bubbles"][0]["id"] == said["bubble"]["id"]
    assert shown["wire"][0]["status"] == 200 and "app_secret" not in str(shown) and "hush" not in str(shown)


@pytest.mark.parametrize(
    "action",
    [
        {},
        {"customer": "nobody", "kind": "text", "text": "x"},
        {"kind": "text", "text": " "},
        {"kind": "dance"},
        {"kind": "choice", "message": "none", "choice": "x"},
        {"kind": "image", "file": "../../etc/passwd"},
        {"kind": "location", "latitude": "north"},
    ],
)
async def test_what_a_phone_cannot_do_is_explained(rehearsal: Rehearsal, action: dict[str, Any]) -> None:
    status, said = await ask(rehearsal, "POST", "phones/wa/send", {"customer": rehearsal.giulia} | action)
    assert status == 422 and said["detail"]


async def test_only_json_is_taken(rehearsal: Rehearsal) -> None:
    url = f"{rehearsal.url}/api/phones/wa/send"
    async with rehearsal.http.post(url, data=b"{}", headers={"Content-Type": "text/plain"}) as answer:
        assert answer.status == 415
    for body in (b"{", b"[]", b"\xff"):
        async with rehearsal.http.post(
            url, data=body, headers={"Content-Type": "application/json"}
        ) as answer:
            assert answer.status == 400


async def test_a_new_customer_gets_a_phone(rehearsal: Rehearsal) -> None:
    _, shown = await ask(rehearsal, "POST", "phones/wa/customers", {"name": "Arjun"})
    _, shy = await ask(rehearsal, "POST", "phones/wa/customers", {"hidden": True})
    assert shown["customer"]["number"] and not shy["customer"].get("number")
    assert len((await get(rehearsal, "phones/wa"))["customers"]) == 3


async def test_switches_are_thrown_and_wrong_ones_refused(rehearsal: Rehearsal) -> None:
    status, _ = await ask(rehearsal, "PUT", "phones/wa/trouble", {"batch": 5, "duplicate": True})
    assert status == 200 and rehearsal.stand_in.trouble.batch == 5
    for wrong in ({"batch": -1}, {"magic": True}, {"delay": "long"}):
        status, _ = await ask(rehearsal, "PUT", "phones/wa/trouble", wrong)
        assert status == 422


async def test_a_file_of_this_computer_can_be_sent_and_is_shown_safely(rehearsal: Rehearsal) -> None:
    for kind, disposition in (("image/png", "inline"), ("text/html", "attachment")):
        headers = {"Content-Type": kind, "X-Filename": "a"}
        url = f"{rehearsal.url}/api/files"
        async with rehearsal.http.post(url, data=b"<b>", headers=headers) as answer:
            file_id = (await answer.json())["file"]["id"]
        async with rehearsal.http.get(f"{url}/{file_id}") as answer:
            assert answer.headers["Content-Disposition"] == disposition
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    rehearsal.write("image", file=file_id)
    async with rehearsal.http.get(f"{rehearsal.url}/api/files/1") as answer:
        assert answer.status == 404


async def test_a_change_is_told_to_who_watches(rehearsal: Rehearsal) -> None:
    async with rehearsal.http.get(f"{rehearsal.url}/api/live") as answer:
        assert answer.content_type == "text/event-stream"
        rehearsal.write()
        async with asyncio.timeout(30):
            while (await answer.content.readline()) != b'data: "wa"\n':
                pass


def test_a_stand_in_is_found_by_its_kind_and_no_list_names_it() -> None:
    kinds = [each.kind for each in stand_ins()]
    assert kinds == ["infobip", "kaleyra", "rcs", "sinch", "twilio", "vonage", "whatsapp"]
