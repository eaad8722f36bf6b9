"""Templates as the provider approved them, kept so that a message can be tried before it is sent."""

from datetime import datetime
from typing import Any

import msgspec

from connectors.contract import TemplateForm


class KeptTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """One template of a channel in one language."""

    id: str
    channel_id: str
    name: str
    language: str
    status: str
    category: str = ""
    components: list[dict[str, Any]] = []
    synced_at: datetime

    @property
    def form(self) -> TemplateForm:
        """The template as its connector knows it."""
        return TemplateForm(
            name=self.name,
            language=self.language,
            status=self.status,
            category=self.category,
            components=self.components,
        )


def kept(channel_id: str, form: TemplateForm, at: datetime) -> KeptTemplate:
    """A template as the provider told it at that moment."""
    return KeptTemplate(
        id=template_id(channel_id, form.name, form.language),
        channel_id=channel_id,
        name=form.name,
        language=form.language,
        status=form.status,
        category=form.category,
        components=form.components,
        synced_at=at,
    )


def template_id(channel_id: str, name: str, language: str) -> str:
    """Under which a template is kept."""
    return f"{channel_id}|{language}|{name}"
