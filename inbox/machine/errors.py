"""What keeps a machine from running Parley."""


class MachineTrouble(Exception):
    """Parley cannot run like this. The text says what is wrong and how to mend it, for a person."""
