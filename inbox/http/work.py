"""The rooms of the API for how people's work is organised."""

from types import ModuleType

from inbox.http import (
    campaigns_api,
    joining_api,
    labels_api,
    quiet_api,
    reaching_api,
    reports_api,
    retention_api,
    rules_api,
    segments_api,
    silence_api,
    sla_api,
    surveys_api,
    tokens_api,
    transcripts_api,
    webhooks_api,
)

ROOMS: tuple[ModuleType, ...] = (
    campaigns_api,
    joining_api,
    labels_api,
    quiet_api,
    reaching_api,
    reports_api,
    retention_api,
    rules_api,
    segments_api,
    silence_api,
    sla_api,
    surveys_api,
    tokens_api,
    transcripts_api,
    webhooks_api,
)
