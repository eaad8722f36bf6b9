"""Saved replies: filled in from the conversation, and no way out of the sandbox."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.model.replies import BadReply, check, fill_in

VALUES = {
    "contact": {"name": "Ada Lovelace", "first_name": "Ada", "address": "+39"},
    "agent": {"name": "Marco", "first_name": "Marco"},
    "conversation": {"id": "1", "channel": "sms"},
    "slots": {"order_number": "48213"},
}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hello {{ contact.first_name }}!", "Hello Ada!"),
        ("Order {{ slots.order_number }}", "Order 48213"),
        ("Order {{ slots.unknown }}.", "Order ."),
        ("Order {{ slots.unknown.deeper }}.", "Order ."),
        ("{{ slots.unknown | default('your order') }}", "your order"),
        ("{{ contact.name | upper }}", "ADA LOVELACE"),
        ("{% if conversation.channel == 'sms' %}Hi{% else %}Good morning{% endif %}", "Hi"),
        ("<b>{{ contact.name }}</b>", "<b>Ada Lovelace</b>"),
        ("50 % {off}", "50 % {off}"),
        ("{{ contact.name }}. " * 30, "Ada Lovelace. " * 30),
    ],
)
def test_places_are_filled_in(text: str, filled: str) -> None:
    assert fill_in(text, VALUES) == filled


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "{{ contact.name",
        "{% for i in range(9) %}x{% endfor %}",
        "{{ 'x' * 1000000000 }}",
        "{{ 2 ** 99999999 }}",
        "{{ contact.name.__class__ }}",
        "{{ contact.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ contact['__class__'] }}",
        "{{ contact.name.upper() }}",
        "{{ self }}",
        "{{ config }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ contact | attr('__class__') }}",
        "{{ contact | tojson }}",
        "{% include '/etc/passwd' %}",
        "{% macro m() %}x{% endmacro %}",
        "{% set x = 1 %}",
        "{{ agent.password }}",
        "{{ [1, 2] }}",
        "x" * 4001,
        "{{ " + "not " * 900 + "contact.name }}",
        "{{ " + "(" * 1500 + "contact.name" + ")" * 1500 + " }}",
        "{{ '}}'" + " | d" * 900 + " }}",
        "{{ slots" + ".a" * 1900 + " }}",
        "{{ " + "- " * 1900 + "1 }}",
        "{% if 1 %}" * 120 + "x" + "{% endif %}" * 120,
    ],
)
def test_nothing_else_is_let_through(text: str) -> None:
    with pytest.raises(BadReply):
        check(text)
    with pytest.raises(BadReply):
        fill_in(text, VALUES)


@given(st.text(st.sampled_from("{}%_. |()[]'contactnamefilsdx0"), max_size=40))
def test_whatever_is_written_is_either_refused_or_filled_in(text: str) -> None:
    try:
        check(text)
    except BadReply:
        return
    assert isinstance(fill_in(text, VALUES), str)
