"""What a tap on an option does on the customer's phone, beside sending its payload."""

from typing import TypeAlias

import msgspec


class Dial(msgspec.Struct, frozen=True, tag_field="type", tag="dial"):
    """Call `number`, in E.164 with its plus sign."""

    number: str


class ShareLocation(msgspec.Struct, frozen=True, tag_field="type", tag="share_location"):
    """Send us where one is."""


class ShowPlace(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="show_place"):
    """Show a point in WGS 84 degrees on a map, or look for `query` near the customer."""

    latitude: float | None = None
    longitude: float | None = None
    label: str | None = None
    query: str | None = None


class SaveDate(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="save_date"):
    """Put an appointment into the customer's calendar; times as in RFC 3339, with their zone."""

    title: str
    starts_at: str
    ends_at: str
    description: str | None = None


Action: TypeAlias = Dial | ShareLocation | ShowPlace | SaveDate
