"""A stand-in for Meta's Cloud API, after Meta's own documentation. Start reading at `stand_in.py`."""

from rehearsal.whatsapp.stand_in import WhatsAppStandIn

__all__ = ["WhatsAppStandIn"]
