"""All rooms of the studio's API. Each is a module `studio_<what>.py` with `routes` below `/api/v1/studio/`.

Every route asks for the permission `STUDIO` and stands in the table of
`tests/inbox/http/test_permissions.py`.
"""

from inbox.http import (
    assistants_api,
    studio_advice,
    studio_data,
    studio_edits,
    studio_files,
    studio_find,
    teaching,
)

ROOMS = (assistants_api, studio_advice, studio_data, studio_edits, studio_files, studio_find, *teaching.ROOMS)
