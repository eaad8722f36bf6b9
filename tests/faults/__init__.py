"""Faults on purpose: real processes under load, something breaks, and a ledger kept outside is compared.

`python -m tests.faults --list` names the faults; `docs/faults.md` says how to run it and what it found.
"""
