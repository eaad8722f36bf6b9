"""The stand-ins: do they speak as the providers do, and do the connectors understand them."""
