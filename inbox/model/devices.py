"""What a browser calls itself, in words by which a person knows their own."""

_BROWSERS = (
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""The first that stands in a `User-Agent` is it: most browsers name others beside themselves."""

_MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)

_LONGEST = 60


def device_of(user_agent: str) -> str:
    """For example “Firefox on Windows”; what is no browser goes by the first word of its own name."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), None)
    machine = next((name for sign, name in _MACHINES if sign in user_agent), None)
    if browser and machine:
        return f"{browser} on {machine}"
    own = user_agent.split("/")[0].strip()
    return (browser or machine or own or "An unknown device")[:_LONGEST]
