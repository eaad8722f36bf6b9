"""A template that an agent sends, tried against what the provider approved."""

from typing import Any

import msgspec

from connectors.content import Content, Template
from connectors.contract import HasTemplates
from inbox.actions.errors import Invalid
from inbox.model.template import KeptTemplate
from inbox.store import Store


async def filled_in(content: Content, *, channel_id: str, connector: object, store: Store) -> Content:
    """The template with its own words in it; anything else comes back as it is.

    Raises `Invalid` for a template that the provider would refuse. A channel whose templates we do not know
    is left to its provider.
    """
    if not isinstance(content, Template) or not isinstance(connector, HasTemplates):
        return content
    known = await store.templates.get(channel_id, content.name, content.language)
    if known is None:
        if await store.templates.of(channel_id):
            raise Invalid(f"There is no template {content.name} in the language {content.language}.")
        return content
    if problem := connector.misfit(content, known.form):
        raise Invalid(problem)
    return msgspec.structs.replace(content, text=words_of(known, content) or None)


def words_of(known: KeptTemplate, template: Template) -> str:
    """What the customer will read: header, body and footer with their values, a paragraph each."""
    given = {str(each.get("type", "")).lower(): each.get("parameters") or [] for each in template.components}
    paragraphs = []
    for component in known.components:
        kind, text = str(component.get("type", "")).lower(), component.get("text")
        if kind in ("header", "body", "footer") and isinstance(text, str):
            paragraphs.append(_with_values(text, given.get(kind, [])))
    return "\n\n".join(paragraphs)


def _with_values(text: str, parameters: list[Any]) -> str:
    for number, parameter in enumerate(parameters, 1):
        value = str(parameter.get("text", ""))
        for name in (str(number), parameter.get("parameter_name")):
            if name:
                text = text.replace(f"{{{{{name}}}}}", value)
    return text
