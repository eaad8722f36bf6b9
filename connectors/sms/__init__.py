"""SMS: how a text is coded and cut (`coding/`), who asked for silence (`optout.py`), and the providers."""
