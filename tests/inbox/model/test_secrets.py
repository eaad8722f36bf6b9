"""Secrets at rest and visitors' tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.model.secrets import Unsealable, Vault, VisitorTokens

KEY = "a secret key that is long enough"


@given(st.text())
def test_what_is_sealed_opens_again(value: str) -> None:
    vault = Vault(KEY)
    sealed = vault.seal("x" + value.encode(errors="replace").decode())
    assert vault.open(sealed) == "x" + value.encode(errors="replace").decode()
    assert vault.seal(sealed) == sealed


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Unsealable):
        Vault("another key that is long enough too").open(Vault(KEY).seal("token"))


def test_a_visitor_is_known_again_by_the_token() -> None:
    tokens = VisitorTokens(KEY)
    visitor, token = tokens.issue("webchat")
    assert tokens.visitor(token, "webchat") == visitor


def test_a_token_is_good_for_its_channel_and_its_key_alone() -> None:
    _, token = VisitorTokens(KEY).issue("webchat")
    assert VisitorTokens(KEY).visitor(token, "shop") is None
    assert VisitorTokens(KEY + "!").visitor(token, "webchat") is None


@given(st.text(st.characters()))
def test_no_made_up_token_is_anybodys(token: str) -> None:
    assert VisitorTokens(KEY).visitor(token, "webchat") is None


def test_another_visitors_signature_does_not_fit() -> None:
    tokens = VisitorTokens(KEY)
    (mine, token), (theirs, _) = tokens.issue("webchat"), tokens.issue("webchat")
    assert mine != theirs
    assert tokens.visitor(f"{theirs}.{token.partition('.')[2]}", "webchat") is None
