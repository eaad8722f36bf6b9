"""The connector in docs/adding-a-connector.md is run as it stands there."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import aiohttp
import pytest

from connectors import contract, errors
from connectors.content import Text, Unsupported
from connectors.contract import Kind, Webhook
from connectors.errors import Throttled
from connectors.events import MessageReceived, Unreadable
from tests.connectors import test_every_kind as suite
from tests.connectors.far_side import FarSide

PAGE = Path(__file__).parents[2] / "docs" / "adding-a-connector.md"


@pytest.fixture(scope="module")
def telegram() -> Iterator[Kind]:
    (source,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    module: Any = ModuleType("telegram_of_the_docs")
    sys.modules[module.__name__] = module
    exec(compile(source, str(PAGE), "exec"), module.__dict__)
    yield module.KIND
    del sys.modules[module.__name__]


UPDATE = b"""{"update_id":1,"message":{"message_id":7,"date":1749416383,"chat":{"id":42},
"from":{"id":42,"first_name":"Ana","username":"ana"},%s}}"""


def an_update(said: bytes) -> Webhook:
    return suite.a_webhook(UPDATE.replace(b"%s", said))


def test_it_reads_messages_and_loses_none(telegram: Kind) -> None:
    connector = suite.a_connector(telegram)
    (event,) = connector.parse(an_update(b'"text":"Hi"'))
    assert isinstance(event, MessageReceived)
    assert (event.external_id, event.content, event.profile.name) == ("42:7", Text("Hi"), "Ana")
    assert [identity.key for identity in event.identities] == ["user:telegram:42"]
    (event,) = connector.parse(an_update(b'"dice":{"value":6}'))
    assert isinstance(event, MessageReceived) and isinstance(event.content, Unsupported)
    (odd,) = connector.parse(suite.a_webhook(b'{"message":7}'))
    assert isinstance(odd, Unreadable)


async def test_it_sends(telegram: Kind, http: aiohttp.ClientSession, provider: FarSide) -> None:
    provider.body = '{"ok":true,"result":{"message_id":8,"chat":{"id":42}}}'
    connector = suite.a_connector(telegram, http, api_base=provider.url)
    assert (await connector.send(suite.a_message(telegram))).external_id == "42:8"
    assert provider.calls[0].path == "/bot123456:ABC-DEF1234/sendMessage"
    assert provider.calls[0].body == {"chat_id": 42, "text": "Hello"}
    provider.status, provider.body = 429, '{"ok":false,"parameters":{"retry_after":35}}'
    with pytest.raises(Throttled) as caught:
        await connector.send(suite.a_message(telegram))
    assert caught.value.retry_after == 35


async def test_it_passes_the_shared_suite(
    telegram: Kind, http: aiohttp.ClientSession, provider: FarSide
) -> None:
    suite.test_it_is_a_connector_that_carries_known_contents(telegram)
    suite.test_what_names_the_account_is_no_secret(telegram)
    suite.test_an_unsigned_webhook_is_rejected(telegram)
    suite.test_without_a_secret_nothing_is_let_in(telegram)
    suite.test_whatever_comes_in_is_read_and_answered_without_raising(kind=telegram)
    await suite.test_a_refusal_is_translated_and_tells_no_secret(telegram, 429, Throttled, http, provider)
    provider.status = 200
    await suite.test_it_sends_whatever_it_says_it_carries(telegram, http, provider)
    await suite.test_a_success_without_an_id_is_no_success(telegram, http, provider)
    await suite.test_a_provider_that_is_not_there_surely_took_nothing(telegram, http)


def test_every_power_and_error_is_on_the_page() -> None:
    page = PAGE.read_text("utf-8")
    kinds = {name: each for name, each in vars(errors).items() if isinstance(each, type)}
    failures = [name for name, each in kinds.items() if issubclass(each, errors.SendFailed)]
    powers = [name for name, each in vars(contract).items() if getattr(each, "_is_runtime_protocol", False)]
    for name in [*failures, *powers]:
        assert f"`{name}`" in page or name == "Connector", name
