"""`parley doctor`: what is wrong and how to mend it."""


def doctor() -> None:
    """Look at everything that Parley needs and say what is wrong and how to mend it."""
