"""The rooms of how the bot learns, which are part of the studio's API."""

from inbox.http import studio_evaluations, studio_jobs, studio_models, studio_review, studio_try

ROOMS = (studio_jobs, studio_models, studio_evaluations, studio_review, studio_try)
