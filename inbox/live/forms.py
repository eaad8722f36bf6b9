"""A form that a visitor filled in: it is one that we asked them to fill in, and holds what it asks for."""

import re
from typing import Any

from connectors.actions import Field, FillForm
from connectors.content import Content, FormAnswer
from connectors.payloads import offered
from inbox.actions.errors import Invalid
from inbox.live.answers import Json, is_text

MOST = 2_000
"""Characters of one answer."""

_FORMS = {
    "email": re.compile(r"[^@\s]+@[^@\s]+"),
    "phone": re.compile(r"\+?[\d ().\-/]{4,30}"),
    "number": re.compile(r"-?\d+(?:[.,]\d+)?"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
}
"""What an answer to a field of that kind looks like; whatever is text may look as it likes."""


def filled_in(said: Json, asked: Content | None) -> FormAnswer:
    """The answers to the form that `asked` offers. Raises `Invalid` in words for the visitor."""
    forms = [(each.action, each.payload) for group in offered(asked) for each in group]
    found = next(
        (
            (form, payload)
            for form, payload in forms
            if isinstance(form, FillForm) and form.fields and form.form_id == said.get("name")
        ),
        None,
    )
    given = said.get("values")
    if found is None or not isinstance(given, dict):
        raise Invalid("There is no such form to fill in.")
    form, token = found[0], found[0].token or found[1]
    answers = {field.name: _answer(field, given.get(field.name)) for field in form.fields}
    told = {name: answer for name, answer in answers.items() if answer}
    lines = [f"{field.label}: {told[field.name]}" for field in form.fields if field.name in told]
    values = told | ({"flow_token": token} if token else {})
    return FormAnswer(name=form.form_id, values=values, text="\n".join(lines) or None)


def _answer(field: Field, given: Any) -> str:
    answer = given.strip() if is_text(given) else ""
    if not answer:
        if field.required:
            raise Invalid(f"“{field.label}” is missing.")
        return ""
    pattern = _FORMS.get(field.kind)
    is_odd = pattern is not None and not pattern.fullmatch(answer)
    if len(answer) > MOST or is_odd or (field.kind == "choice" and answer not in field.choices):
        raise Invalid(f"“{field.label}” is not filled in as it should be.")
    return str(answer)
