"""How a customer is asked how it was, in their language where it is known. It may be an SMS."""

import msgspec


class Asked(msgspec.Struct, frozen=True):
    """The question, its answers from bad to good, what opens a list of them, and the thanks."""

    question: str
    scores: tuple[str, str, str, str, str]
    button: str
    thanks: str


_ENGLISH = Asked(
    "How was our help?",
    ("Very bad", "Bad", "So-so", "Good", "Very good"),
    "Answer",
    "Thank you for telling us.",
)

ASKED: dict[str, Asked] = {
    "en": _ENGLISH,
    "de": Asked(
        "Wie war unsere Hilfe?",
        ("Sehr schlecht", "Schlecht", "Mittelmäßig", "Gut", "Sehr gut"),
        "Antworten",
        "Danke für Ihre Rückmeldung.",
    ),
    "es": Asked(
        "¿Qué tal nuestra ayuda?",
        ("Muy mala", "Mala", "Regular", "Buena", "Muy buena"),
        "Responder",
        "Gracias por su respuesta.",
    ),
    "fr": Asked(
        "Comment était notre aide ?",
        ("Très mauvaise", "Mauvaise", "Moyenne", "Bonne", "Très bonne"),
        "Répondre",
        "Merci pour votre réponse.",
    ),
    "hi": Asked(
        "हमारी मदद कैसी रही?",
        ("बहुत खराब", "खराब", "ठीक-ठाक", "अच्छी", "बहुत अच्छी"),
        "जवाब दें",
        "बताने के लिए धन्यवाद।",
    ),
    "it": Asked(
        "Come è stata la nostra assistenza?",
        ("Pessima", "Scarsa", "Discreta", "Buona", "Ottima"),
        "Rispondi",
        "Grazie per averci risposto.",
    ),
}


def asked_in(language: str | None) -> Asked:
    """The words in a language; English where it is not among them."""
    return ASKED.get((language or "").partition("-")[0].casefold(), _ENGLISH)
