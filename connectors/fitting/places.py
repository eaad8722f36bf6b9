"""Links to maps, for channels that cannot show a place."""

from urllib.parse import quote


def map_link(latitude: float | None, longitude: float | None, query: str | None = None) -> str:
    """An address that shows the point, or what is looked for, on any phone; empty without either.

    https://developers.google.com/maps/documentation/urls/get-started
    """
    if latitude is not None and longitude is not None:
        return f"https://maps.google.com/?q={_degrees(latitude)},{_degrees(longitude)}"
    return f"https://maps.google.com/?q={quote(query)}" if query else ""


def _degrees(value: float) -> str:
    """Six digits behind the point are a tenth of a metre."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
