"""Connectors on their own: payloads in, events out; contents in, calls out."""
