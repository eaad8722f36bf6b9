"""Channels by the API: checked before they are saved, tried out, watched; their secrets never come out."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors.contract import Capabilities, Outbound, Receipt
from connectors.events import Identity, IdentityKind
from connectors.registry import KINDS
from inbox.actions.channel_checks import Workshop
from inbox.model.ids import new_id
from inbox.model.people import Role
from tests.connectors.far_side import FarSide, far_side
from tests.inbox.http.test_media import Phone, conversation_of
from tests.parley import Client, Parley, until

SECRETS = {"access_token": "EAA-very-secret", "app_secret": "hush-hush", "verify_token": "open-sesame"}
NUMBER = {"display_phone_number": "+1 555-0100", "verified_name": "The shop"}


@pytest.fixture
async def admin(parley: Parley) -> Client:
    return await parley.an_agent(f"Admin {new_id()}", Role.ADMIN)


@pytest.fixture
async def meta() -> AsyncIterator[FarSide]:
    async with far_side() as side:
        side.body = json.dumps(NUMBER)
        yield side


def settings(meta: FarSide, **more: str) -> dict[str, str]:
    return {"phone_number_id": "555", "api_base": meta.url, **SECRETS, **more}


async def added(admin: Client, meta: FarSide, **more: Any) -> dict[str, Any]:
    body = {"kind": "whatsapp", "id": f"wa-{new_id()[-8:]}", "settings": settings(meta), **more}
    made: dict[str, Any] = await admin.post("/channels", body)
    return made


async def test_the_kinds_describe_their_forms(admin: Client) -> None:
    kinds = {kind["name"]: kind for kind in (await admin.get("/channel_kinds"))["items"]}
    assert set(kinds) == set(KINDS)
    fields = {field["name"]: field for field in kinds["whatsapp"]["settings"]}
    assert fields["access_token"]["secret"] and fields["access_token"]["required"]
    assert fields["phone_number_id"]["label"] == "Phone number ID"
    assert fields["api_base"]["default"] == "https://graph.facebook.com"
    assert [name for name, field in fields.items() if field["ours"]] == ["verify_token"]
    assert next(f for f in kinds["rcs"]["settings"] if f["name"] == "service_account")["lines"] > 1
    assert all(field["help"] for kind in kinds.values() for field in kind["settings"])


async def test_a_channel_is_saved_once_its_provider_knows_it(admin: Client, meta: FarSide) -> None:
    made = await added(admin, meta)
    assert made["hook_url"].endswith(f"/hooks/{made['id']}")
    assert made["secrets_set"] == sorted(SECRETS)
    assert meta.calls[0].headers["Authorization"] == "Bearer EAA-very-secret"
    shown = json.dumps([made, await admin.get(f"/channels/{made['id']}"), await admin.get("/channels")])
    assert not any(secret in shown for secret in SECRETS.values()) and "sealed:" not in shown


async def test_a_channel_whose_provider_says_no_is_not_saved(admin: Client, meta: FarSide) -> None:
    meta.status, meta.body = 401, json.dumps({"error": {"code": 190, "message": "EAA-very-secret is void"}})
    body = {"kind": "whatsapp", "id": "void", "settings": settings(meta)}
    status, problem = await admin.call("POST", "/channels", body)
    assert (status, problem["code"]) == (422, "check_failed")
    assert "no longer valid" in problem["detail"] and "EAA" not in problem["detail"]
    assert (await admin.call("GET", "/channels/void"))[0] == 404
    assert (await admin.call("POST", "/channels", body | {"check": False}))[0] == 201


async def test_settings_can_be_tried_without_saving_them(admin: Client, meta: FarSide) -> None:
    body = {"kind": "whatsapp", "settings": settings(meta)}
    assert (await admin.post("/channels/check", body))["summary"] == "+1 555-0100, “The shop”"
    for wrong in ({"colour": "red"}, {"phone_number_id": ""}):
        status, problem = await admin.call(
            "POST", "/channels/check", body | {"settings": body["settings"] | wrong}
        )
        assert (status, problem["code"]) == (422, "invalid")


async def test_what_is_left_out_of_a_change_stays(admin: Client, meta: FarSide, parley: Parley) -> None:
    made = await added(admin, meta)
    at = f"/channels/{made['id']}"
    change = {"name": "Shop two", "settings": {"access_token": "", "phone_number_id": "777"}}
    status, changed = await admin.call("PATCH", at, change)
    assert status == 200 and changed["name"] == "Shop two" and changed["settings"]["phone_number_id"] == "777"
    assert meta.calls[-1].path.endswith("/777")
    assert meta.calls[-1].headers["Authorization"] == "Bearer EAA-very-secret"
    stored = await parley.store.channels.get(made["id"])
    assert stored is not None and stored.account == "777"
    assert stored.settings["access_token"].startswith("sealed:")
    assert (await admin.call("PATCH", at, {"enabled": False}))[1]["enabled"] is False
    meta.status = 401
    assert (await admin.call("PATCH", at, {"settings": {"access_token": "EAA-new"}}))[0] == 422
    assert (await admin.call("DELETE", at))[0] == 204
    assert (await admin.call("PATCH", at, {"name": "x"}))[0] == 404


async def test_no_secret_is_sent_to_an_address_of_ones_own(
    admin: Client, meta: FarSide, parley: Parley
) -> None:
    """Who took an admin's session would have every provider's token by one change of an address."""
    made = await added(admin, meta)
    at, calls = f"/channels/{made['id']}", len(meta.calls)
    async with far_side() as mine:
        mine.body = json.dumps(NUMBER)
        for check in (True, False):
            change = {"settings": {"api_base": mine.url, "access_token": "EAA-new"}, "check": check}
            status, problem = await admin.call("PATCH", at, change)
            assert status == 422 and "app_secret, verify_token" in problem["detail"]
        assert mine.calls == [] and len(meta.calls) == calls
        kept = await parley.store.channels.get(made["id"])
        assert kept and kept.settings["api_base"] == meta.url
        same = {"settings": {"api_base": meta.url, "waba_id": "9"}}
        assert (await admin.call("PATCH", at, same))[0] == 200
        whole = {"settings": {"api_base": mine.url, **SECRETS}}
        assert (await admin.call("PATCH", at, whole))[0] == 200
        assert mine.calls


async def test_a_test_message_goes_out_or_says_why_not(admin: Client, meta: FarSide) -> None:
    made = await added(admin, meta)
    at = f"/channels/{made['id']}"
    meta.body = json.dumps({"messages": [{"id": "wamid.9"}]})
    assert await admin.post(f"{at}/test", {"to": "+39 02 123 4567"}) == {"external_id": "wamid.9"}
    assert meta.calls[-1].body["to"] == "39021234567"
    assert (await admin.get(f"{at}/health"))["token"] == "good"
    meta.status, meta.body = 400, json.dumps({"error": {"code": 131047, "message": "Re-engagement"}})
    status, problem = await admin.call("POST", f"{at}/test", {"to": "+39021234567"})
    assert status == 422 and "24 hours" in problem["detail"]
    assert (await admin.call("POST", f"{at}/test", {"to": "nobody"}))[0] == 422


async def test_a_test_message_goes_to_whoever_the_channel_can_name(
    admin: Client, meta: FarSide, parley: Parley, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await added(admin, meta)
    line = await parley.parts.lines.get(made["id"])
    assert line is not None
    sent: list[Outbound] = []

    class ById:
        capabilities = Capabilities(contents=frozenset({"text"}), text_length=9, reached_by=IdentityKind.USER)

        async def send(self, message: Outbound) -> Receipt:
            sent.append(message)
            return Receipt(external_id="1")

    monkeypatch.setattr(Workshop, "connector", lambda *_, **__: ById())
    for typed in ("991", " whatsapp:991 "):
        await admin.post(f"/channels/{made['id']}/test", {"to": typed})
        assert sent.pop().to == (Identity(IdentityKind.USER, "whatsapp:991"),)
    assert (await admin.call("POST", f"/channels/{made['id']}/test", {"to": " "}))[0] == 422


async def test_what_has_no_stand_in_is_not_rehearsed_in_earnest(admin: Client) -> None:
    line = {"host": "127.0.0.1", "system_id": "x", "password": "y"}
    body = {"kind": "smpp", "id": f"smpp-{new_id()[-8:]}", "settings": line, "check": False}
    status, problem = await admin.call("POST", "/channels", body | {"rehearsal": True})
    assert status == 422 and "cannot be rehearsed" in problem["detail"]
    at = f"/channels/{(await admin.post('/channels', body))['id']}"
    for wanted, answer in ((True, 422), (False, 200)):
        assert (await admin.call("PATCH", at, {"rehearsal": wanted, "check": False}))[0] == answer


async def test_a_page_is_told_what_each_channel_can(admin: Client) -> None:
    can = {channel["id"]: channel for channel in (await admin.get("/channels"))["items"]}
    of = ("rcs", "sms", "webchat", "whatsapp")
    assert [name for name in of if can[name]["short_messages"]] == ["sms"]
    assert [name for name in of if can[name]["lists_templates"]] == ["whatsapp"]
    assert "template" in can["whatsapp"]["carries"] and can["whatsapp"]["reached_by"] == "phone"


async def test_a_revoked_token_turns_the_channel_red(admin: Client, meta: FarSide, parley: Parley) -> None:
    made = await added(admin, meta)
    at = f"/channels/{made['id']}"
    await admin.post(f"{at}/check")
    assert (await admin.get(f"{at}/health"))["health"]["state"] == "good"
    meta.status, meta.body = 401, json.dumps({"error": {"code": 190, "message": "revoked"}})
    await parley.store.channels.note(made["id"], upkeep_at=None)
    await parley.parts.upkeep.look()
    health = await admin.get(f"{at}/health")
    assert (health["health"]["state"], health["token"]) == ("bad", "refused")
    meta.status, meta.body = 200, json.dumps(NUMBER)
    await parley.store.channels.note(made["id"], upkeep_at=None)
    await parley.parts.upkeep.look()
    assert (await admin.get(f"{at}/health"))["token"] == "good"
    assert await parley.parts.upkeep.look() == 0, "it was looked after within the hour"


async def test_a_provider_that_is_down_does_not_turn_the_channel_red(
    admin: Client, meta: FarSide, parley: Parley
) -> None:
    made = await added(admin, meta)
    meta.status = 503
    await parley.store.channels.note(made["id"], upkeep_at=None)
    await parley.parts.upkeep.look()
    assert (await admin.get(f"/channels/{made['id']}/health"))["health"]["state"] == "new"


async def test_webhooks_and_refused_ones_are_noted(admin: Client, parley: Parley, number: str) -> None:
    await parley.customer_says("Hello", phone=number)
    async with parley.http.post(f"{parley.url}/hooks/whatsapp", data=b"{}") as answer:
        assert answer.status == 401
    await parley.parts.pulse.write()
    health = await admin.get("/channels/whatsapp/health")
    assert health["last_webhook_at"] and health["last_refused_at"]


async def test_templates_are_listed_and_tried_before_they_are_sent(
    admin: Client, parley: Parley, agent: Client
) -> None:
    phone = Phone(parley, "whatsapp")
    customer = await phone.write(kind="text", text="Hello")
    assert (await admin.post("/channels/whatsapp/templates/sync"))["templates"] == 6
    names = [(t["name"], t["status"]) for t in (await agent.get("/channels/whatsapp/templates"))["items"]]
    assert ("order_update", "approved") in names and ("autumn_sale", "paused") in names
    conversation = await conversation_of(parley, customer)
    await agent.post(f"/conversations/{conversation.id}/take_over", {"epoch": conversation.speaker.epoch})
    at = f"/conversations/{conversation.id}/messages"

    def template(name: str, language: str = "en_US", *values: str) -> dict[str, Any]:
        parameters = [{"type": "text", "text": value} for value in values]
        body = [{"type": "body", "parameters": parameters}] if values else []
        return {"content": {"type": "template", "name": name, "language": language, "components": body}}

    for wrong, words in (
        (template("order_update", "it", "Ada"), "needs 3 values; 1 given"),
        (template("order_update", "de"), "no template order_update in the language de"),
        (template("autumn_sale"), "paused"),
    ):
        status, problem = await agent.call("POST", at, wrong)
        assert status == 422 and words in problem["detail"]
    said = await agent.post(at, template("order_update", "it", "Ada", "48213", "venerdì"))
    assert said["content"]["text"] == "Ciao Ada, il tuo ordine 48213 è in viaggio e arriva il venerdì."

    async def arrived() -> Any:
        return [b for b in await phone.bubbles(customer) if "48213" in b["text"]]

    assert await until(arrived)


async def test_a_template_that_meta_has_dropped_is_dropped_here(
    admin: Client, meta: FarSide, parley: Parley
) -> None:
    made = await added(admin, meta, settings=settings(meta, waba_id="9"))
    at = f"/channels/{made['id']}/templates"
    one = {"name": "a", "language": "en", "status": "APPROVED", "components": []}
    meta.body = json.dumps({"data": [one, one | {"name": "b"}]})
    await admin.post(f"{at}/sync")
    meta.body = json.dumps({"data": [one | {"status": "PAUSED"}]})
    await admin.post(f"{at}/sync")
    assert [(t["name"], t["status"]) for t in (await admin.get(at))["items"]] == [("a", "paused")]
    meta.status = 500
    assert (await admin.call("POST", f"{at}/sync"))[0] == 422
    assert len((await admin.get(at))["items"]) == 1
