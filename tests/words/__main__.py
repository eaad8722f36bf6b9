"""`make translations`: renew every catalogue from the code, and say what waits for a translator."""

from tests.words.catalogues import LOCALE, TRANSLATED, catalogue, write


def main() -> None:
    """Write the catalogues and count what they lack."""
    for language in TRANSLATED:
        write(language)
        messages = [message for message in catalogue(language) if message.id]
        lacking = [
            m for m in messages if m.fuzzy or not all([m.string] if isinstance(m.string, str) else m.string)
        ]
        place = LOCALE.name + f"/{language}/LC_MESSAGES/parley.po"
        print(f"{language}: {len(messages)} texts, {len(lacking)} to translate ({place})")


main()
