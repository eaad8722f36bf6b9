"""What Meta is asked about an account: its credentials, its templates, its files."""

import io
import json
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.content import Document, Image, Template
from connectors.contract import ChecksItself, FileToSend, HasTemplates, KeepsMedia, TakesFiles, TemplateForm
from connectors.errors import ContentRefused, CredentialsRefused, SendFailed
from connectors.whatsapp.templates import misfit
from tests.connectors.far_side import FarSide
from tests.connectors.whatsapp.samples import NUMBER_ID, a_connector

REVOKED = {
    "error": {"message": "Error validating access token: EAA-secret", "code": 190, "type": "OAuthException"}
}


def at(provider: FarSide, http: aiohttp.ClientSession, **more: str) -> Any:
    return a_connector(http, api_base=provider.url, **more)


async def test_meta_tells_which_number_it_is(http: aiohttp.ClientSession, provider: FarSide) -> None:
    said = {"display_phone_number": "+1 555-0100", "verified_name": "The shop", "quality_rating": "GREEN"}
    provider.body = json.dumps(said)
    connector = at(provider, http)
    assert isinstance(connector, ChecksItself)
    checked = await connector.check()
    assert checked.summary == "+1 555-0100, “The shop”"
    assert checked.facts == {"Quality": "GREEN"}
    (call,) = provider.calls
    assert call.path == f"/v26.0/{NUMBER_ID}" and call.headers["Authorization"].startswith("Bearer ")


async def test_a_void_token_is_told_without_repeating_it(
    http: aiohttp.ClientSession, provider: FarSide
) -> None:
    provider.status, provider.body = 401, json.dumps(REVOKED)
    with pytest.raises(CredentialsRefused) as refused:
        await at(provider, http).check()
    assert "EAA" not in str(refused.value)


async def test_templates_are_read_page_by_page(http: aiohttp.ClientSession, provider: FarSide) -> None:
    page = {
        "data": [
            {
                "name": "order",
                "language": "en_US",
                "status": "APPROVED",
                "category": "UTILITY",
                "components": [],
            },
            {"name": "odd"},
            "nonsense",
        ],
        "paging": {"cursors": {"after": "abc"}},
    }
    provider.body = json.dumps(page)
    connector = at(provider, http, waba_id="500")
    assert isinstance(connector, HasTemplates)
    (form,) = await connector.templates()
    assert (form.name, form.status, form.category) == ("order", "approved", "utility")
    provider.body = json.dumps(
        page | {"paging": {"cursors": {"after": "abc"}, "next": "https://evil.example/"}}
    )
    assert len(await connector.templates()) == 60
    assert all(call.path == "/v26.0/500/message_templates" for call in provider.calls)


async def test_without_a_business_account_there_are_no_templates(http: aiohttp.ClientSession) -> None:
    with pytest.raises(SendFailed, match="waba_id"):
        await a_connector(http).templates()


async def test_a_files_address_is_asked_for(http: aiohttp.ClientSession, provider: FarSide) -> None:
    provider.body = json.dumps(
        {
            "url": "https://lookaside.fbsbx.com/1",
            "mime_type": "image/jpeg",
            "sha256": "ab" * 32,
            "file_size": 9,
        }
    )
    connector = at(provider, http)
    assert isinstance(connector, KeepsMedia)
    located = await connector.locate(Image(media_id="12345"))
    assert (located.url, located.sha256, located.size) == ("https://lookaside.fbsbx.com/1", "ab" * 32, 9)
    assert "lookaside.fbsbx.com" in located.hosts
    with pytest.raises(ContentRefused):
        await connector.locate(Image(media_id="../12345/messages"))
    assert len(provider.calls) == 1


async def test_a_file_is_handed_over_whole(http: aiohttp.ClientSession) -> None:
    seen: dict[str, Any] = {}

    async def take(request: web.Request) -> web.Response:
        form = await request.post()
        given = form["file"]
        assert isinstance(given, web.FileField)
        seen.update(
            path=request.path,
            product=form["messaging_product"],
            name=given.filename,
            kind=given.content_type,
            body=given.file.read(),
            length=request.headers.get("Content-Length"),
        )
        return web.json_response({"id": "998877"})

    app = web.Application()
    app.router.add_post("/{rest:.*}", take)
    server = TestServer(app)
    await server.start_server()
    connector = a_connector(http, api_base=str(server.make_url("")))
    assert isinstance(connector, TakesFiles)
    file = FileToSend(name="ä.pdf", mime_type="application/pdf", size=8, body=io.BytesIO(b"%PDF-1.7"))
    uploaded = await connector.upload(file, account=None)
    await server.close()
    assert (uploaded.media_id, seen["body"], seen["name"]) == ("998877", b"%PDF-1.7", "ä.pdf")
    assert (seen["path"], seen["product"]) == (f"/v26.0/{NUMBER_ID}/media", "whatsapp")
    assert seen["length"], "Meta wants to know how much is coming"


def a_form(**more: Any) -> TemplateForm:
    components = [
        {"type": "HEADER", "format": "IMAGE"},
        {"type": "BODY", "text": "Hi {{1}}, order {{2}}: {{1}}"},
        {"type": "FOOTER", "text": "Bye {{9}}"},
        {
            "type": "BUTTONS",
            "buttons": [
                {"type": "QUICK_REPLY", "text": "Yes"},
                {"type": "URL", "url": "https://shop.example/{{1}}"},
            ],
        },
    ]
    return TemplateForm(
        **{"name": "order", "language": "en", "status": "approved", "components": components} | more
    )


IMAGE = {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://x/a.png"}}]}
BODY = {"type": "body", "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "text": "7"}]}
LINK = {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "7"}]}
REPLY = {
    "type": "button",
    "sub_type": "quick_reply",
    "index": "0",
    "parameters": [{"type": "payload", "payload": "y"}],
}


def test_a_file_at_a_templates_head_is_of_its_kind_and_there_once() -> None:
    for header, given in ((Document(media_id="7"), [BODY, LINK]), (Image(media_id="7"), [IMAGE, BODY, LINK])):
        assert "header" in (misfit(Template("order", "en", given, header=header), a_form()) or "")


def test_a_template_that_fits_is_let_through() -> None:
    assert misfit(Template("order", "en", [IMAGE, BODY, LINK]), a_form()) is None
    assert misfit(Template("order", "en", [IMAGE, BODY, LINK, REPLY]), a_form()) is None
    assert misfit(Template("order", "en", [BODY, LINK], header=Image(media_id="7")), a_form()) is None
    assert misfit(Template("plain", "en"), a_form(components=[{"type": "BODY", "text": "Hello"}])) is None


@pytest.mark.parametrize(
    ("components", "words"),
    [
        ([BODY, LINK], "header needs one value; 0 given"),
        ([IMAGE, LINK], "body needs 2 values; 0 given"),
        ([IMAGE, BODY], "button 1 needs one value"),
        ([IMAGE, BODY | {"parameters": BODY["parameters"][:1]}, LINK], "body needs 2 values; 1 given"),
        ([{"type": "header", "parameters": [{"type": "text", "text": "x"}]}, BODY, LINK], "kind “image”"),
        ([IMAGE, BODY | {"parameters": [{"type": "text", "text": " "}] * 2}, LINK], "body is empty"),
        (
            [IMAGE, BODY, LINK, {"type": "footer", "parameters": [{"type": "text", "text": "x"}]}],
            "takes no values",
        ),
        ([IMAGE, {"type": "body", "parameters": "odd"}, LINK], "no list"),
    ],
)
def test_what_meta_would_refuse_is_told_before(components: list[dict[str, Any]], words: str) -> None:
    assert words in (misfit(Template("order", "en", components), a_form()) or "")


def test_named_values_go_by_their_names() -> None:
    form = a_form(components=[{"type": "BODY", "text": "Hi {{name}}, {{ order_id }}"}])
    named = [{"type": "text", "parameter_name": name, "text": "x"} for name in ("name", "order_id")]
    assert misfit(Template("order", "en", [{"type": "body", "parameters": named}]), form) is None
    wrong = [named[0], named[0] | {"parameter_name": "number"}]
    assert "name, order_id" in (
        misfit(Template("order", "en", [{"type": "body", "parameters": wrong}]), form) or ""
    )


@pytest.mark.parametrize("status", ["pending", "rejected", "paused", "disabled", "something_new"])
def test_a_template_that_is_not_approved_is_not_sent(status: str) -> None:
    assert misfit(Template("order", "en", [IMAGE, BODY, LINK]), a_form(status=status))
