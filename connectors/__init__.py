"""Channel connectors: each turns one provider's wire format into Parley's events, and back.

Nothing here imports the rest of the product. Start reading at `contract.py`.
"""
