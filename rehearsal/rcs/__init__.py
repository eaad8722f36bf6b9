"""A stand-in for RCS for Business, after Google's own documentation. Start reading at `stand_in.py`."""

from rehearsal.rcs.stand_in import RcsStandIn

__all__ = ["RcsStandIn"]
