"""The description of `/api/v1`, read off the code that answers: see `document`."""
