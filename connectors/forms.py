"""What a filled-in form says to a person, and to a bot."""

import msgspec

from connectors.content import FormAnswer

BEHIND = "flow_token"
"""The value that is no answer: what whoever asked put behind the form, as WhatsApp's flows call it."""


def words_of(form: FormAnswer) -> str:
    """The answers as a person reads them."""
    told = [f"{name}: {value}" for name, value in form.values.items() if name != BEHIND]
    return form.text or "\n".join(told) or form.name


def payload_of(form: FormAnswer) -> str | None:
    """What was put behind the form, with the answers, as a bot reads them: ``/order{"size": "7"}``.

    None if it was no command of a bot's.
    """
    token = form.values.get(BEHIND)
    if not isinstance(token, str) or not token.startswith("/"):
        return None
    answers = {name: value for name, value in form.values.items() if name != BEHIND}
    return token + (msgspec.json.encode(answers).decode() if answers and "{" not in token else "")
