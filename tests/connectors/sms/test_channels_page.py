"""docs/channels.md says what the connectors are: each setting, each limit."""

import re
from pathlib import Path

import pytest

from connectors.contract import ChecksItself
from connectors.registry import KINDS
from tests.connectors.test_every_kind import a_connector

PAGE = (Path(__file__).parents[3] / "docs" / "channels.md").read_text("utf-8")
PROVIDERS = ("twilio", "kaleyra", "vonage", "infobip", "sinch")


def _section(title: str) -> str:
    return re.split(r"\n## ", PAGE.partition(f"\n## {title}\n")[2])[0]


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_setting_is_explained(name: str) -> None:
    title = name.capitalize()
    section = _section(title)
    assert len(section) > 600
    section += _section("SMS by an HTTP provider")
    missing = [each.name for each in KINDS[name].settings if not re.search(rf"\b{each.name}\b", section)]
    assert not missing, f"{title}: {missing}"


def test_the_limits_are_the_connectors_own() -> None:
    (row,) = re.findall(r"\| characters in one message \|(.*)\|", PAGE)
    told = [cell.strip() for cell in row.split("|")]
    made = [f"{a_connector(KINDS[name]).capabilities.text_length:,}" for name in PROVIDERS]
    assert [cell.split()[0] for cell in told] == made
    (row,) = re.findall(r"\| the same message twice is harmless \|(.*)\|", PAGE)
    harmless = [a_connector(KINDS[name]).capabilities.idempotent_send for name in PROVIDERS]
    assert [cell.strip() == "yes" for cell in row.split("|")] == harmless
    (row,) = re.findall(r"\| tries its credentials when it is added \|(.*)\|", PAGE)
    checks = [isinstance(a_connector(KINDS[name]), ChecksItself) for name in PROVIDERS]
    assert [cell.strip() == "yes" for cell in row.split("|")] == checks
