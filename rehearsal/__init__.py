"""Rehearsal: stand-ins for the providers, with phones to write on, so that every channel can be tried.

A stand-in speaks its provider's real wire format on its own, without a line from `connectors/`: a mistake
must not hide by being made on both sides. Start reading at `app.py`.
"""
