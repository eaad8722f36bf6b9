"""What is logged holds no secret and no word of a customer, whatever is asked."""

import logging

import pytest
from structlog.testing import capture_logs

from inbox.actions.tokens import create_token
from inbox.app import now
from inbox.model.ids import new_id
from inbox.model.people import ADMIN, READ, Role
from tests.inbox.http.test_permissions import WHO, asked
from tests.parley import ADMIN_PASSWORD, Parley


async def test_no_secret_and_no_text_is_in_the_logs(
    parley: Parley, number: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with capture_logs() as lines:
        told = await many_requests(parley, number)
    logged = f"{lines!r}\n{caplog.text}"
    assert "channel" in logged  # something was logged at all
    for name, secret in told.items():
        assert secret not in logged, name


async def many_requests(parley: Parley, number: str) -> dict[str, str]:
    """What must not be told, after it has been used at every route and door that takes it."""
    admin = await parley.an_agent(f"Admin {new_id()}", Role.ADMIN)
    token = await create_token("till", (READ, ADMIN), store=parley.store, clock=now)
    told = {
        "cookie": admin.cookie["Cookie"].partition("=")[2],
        "csrf": admin.csrf["X-CSRF-Token"],
        "token": token,
        "password": ADMIN_PASSWORD,
        "app secret": "app-secret-0123456789abcdef",
        "access token": "EAAG-access-token-0123456789",
        "text": f"My card is 4000-{number}",
        "provider's secret": await parley.whatsapp_secret(),
    }
    settings = {
        "phone_number_id": number,
        "access_token": told["access token"],
        "app_secret": told["app secret"],
        "verify_token": "hello",
    }
    at = f"c{number}"
    made = {"kind": "whatsapp", "id": at, "settings": settings, "check": False, "rehearsal": True}
    await admin.post("/channels", made)
    for body in ({"settings": {"access_token": told["access token"] + "x"}}, {"enabled": False}):
        await admin.call("PATCH", f"/channels/{at}", body)
    await parley.customer_says(told["text"], "STOP", phone=number)
    forged = {"X-Hub-Signature-256": f"sha256={told['app secret']}"}
    async with parley.http.post(f"{parley.url}/hooks/whatsapp", data=told["text"], headers=forged) as answer:
        assert answer.status == 401
    form = {"email": "admin@example.com", "password": told["password"] + "x", "csrf_token": told["csrf"]}
    for path in ("/login", "/logout"):
        async with parley.http.post(f"{parley.url}{path}", data=form, headers=admin.cookie) as answer:
            await answer.read()
    for route in WHO:
        if "studio" not in route and not route.endswith(("/end_others", "/test")):
            await asked(parley, route, {"Authorization": f"Bearer {token}"})
    return told
