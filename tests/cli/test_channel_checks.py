"""`parley channel` against a provider that really answers: check, test, templates, set."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from tests.cli.conftest import Parley

FORM = {
    "name": "order_update",
    "language": "it",
    "status": "APPROVED",
    "category": "UTILITY",
    "components": [],
}


class Meta(BaseHTTPRequestHandler):
    """The Graph API as far as these commands need it; one token is good."""

    good: ClassVar[str] = "EAA-good"
    seen: ClassVar[list[Any]] = []

    def do_GET(self) -> None:
        if "message_templates" in self.path:
            self._answer({"data": [FORM]})
        else:
            self._answer(
                {"display_phone_number": "+1 555-0100", "verified_name": "The shop", "name": "Shop Ltd"}
            )

    def do_POST(self) -> None:
        self.seen.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self._answer({"messages": [{"id": "wamid.7"}]})

    def _answer(self, said: Any) -> None:
        is_good = self.headers["Authorization"] == f"Bearer {self.good}"
        body = json.dumps(said if is_good else {"error": {"code": 190, "message": "void"}}).encode()
        self.send_response(200 if is_good else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def shop(parley: Parley) -> Iterator[Parley]:
    """`parley` with a channel at a provider on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Meta)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Meta.seen.clear()
    settings = {
        "phone_number_id": "555",
        "waba_id": "500",
        "access_token": Meta.good,
        "app_secret": "x",
        "verify_token": "y",
        "api_base": f"http://127.0.0.1:{server.server_address[1]}",
    }
    given = [f"--set={name}={value}" for name, value in settings.items()]
    assert parley("channel", "add", "whatsapp", "--id", "shop", *given).exit_code == 0
    yield parley
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_check_tells_which_number_it_is(shop: Parley) -> None:
    checked = shop("channel", "check", "shop")
    assert checked.exit_code == 0, checked.output
    assert "+1 555-0100, “The shop”" in checked.output
    assert "Business account: Shop Ltd" in checked.output


def test_a_void_token_is_told_and_can_be_replaced(shop: Parley) -> None:
    assert shop("channel", "set", "shop", "access_token=EAA-void").exit_code == 0
    checked = shop("channel", "check", "shop")
    assert checked.exit_code != 0
    assert "no longer valid" in checked.output and "EAA-void" not in checked.output
    assert "no longer valid" in shop("channel", "list").output
    assert shop("channel", "set", "shop", f"access_token={Meta.good}").exit_code == 0
    assert shop("channel", "check", "shop").exit_code == 0


def test_a_test_message_is_sent(shop: Parley) -> None:
    sent = shop("channel", "test", "shop", "--to", "+39 02 1234567", "--text", "Hello")
    assert "wamid.7" in sent.output
    assert Meta.seen[0]["to"] == "39021234567" and Meta.seen[0]["text"]["body"] == "Hello"


def test_templates_are_fetched_and_listed(shop: Parley) -> None:
    listed = shop("channel", "templates", "shop")
    assert listed.exit_code == 0, listed.output
    assert "order_update" in listed.output and "approved" in listed.output
    assert "order_update" in shop("channel", "templates", "shop", "--no-sync").output


@pytest.mark.parametrize("words", [("check", "nowhere"), ("templates", "nowhere"), ("set", "nowhere", "a=b")])
def test_a_channel_that_is_not_there_is_told(shop: Parley, words: tuple[str, ...]) -> None:
    said = shop("channel", *words)
    assert said.exit_code != 0
    assert "There is no channel nowhere." in said.output
