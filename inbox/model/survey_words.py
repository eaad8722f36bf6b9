"""How a customer is asked how it was, in their language where it is known. It may be an SMS."""

import msgspec


class Asked(msgspec.Struct, frozen=True):
    """The question, its answers from bad to good, what opens a list of them, the thanks, which ask why,
    and what answers the reasons: it says how to be heard again, for whoever meant something else.
    Then how people write a score out, without capitals: the numbers 1 to 5, "stars", and "out of" five."""

    question: str
    scores: tuple[str, str, str, str, str]
    button: str
    thanks: str
    why: str
    noted: str
    numbers: tuple[str, str, str, str, str]
    stars: tuple[str, ...]
    out_of: str


_ENGLISH = Asked(
    "How was our help?",
    ("Very bad", "Bad", "So-so", "Good", "Very good"),
    "Answer",
    "Thank you for telling us.",
    "If you like, write us why.",
    "We have kept that with your answer. If you need us, just write again.",
    ("one", "two", "three", "four", "five"),
    ("star", "stars"),
    "out of",
)

ASKED: dict[str, Asked] = {
    "en": _ENGLISH,
    "de": Asked(
        "Wie war unsere Hilfe?",
        ("Sehr schlecht", "Schlecht", "Mittelmäßig", "Gut", "Sehr gut"),
        "Antworten",
        "Danke für Ihre Rückmeldung.",
        "Schreiben Sie uns gern, warum.",
        "Das steht nun bei Ihrer Antwort. Wenn Sie uns brauchen, schreiben Sie einfach wieder.",
        ("eins", "zwei", "drei", "vier", "fünf"),
        ("stern", "sterne"),
        "von",
    ),
    "es": Asked(
        "¿Qué tal nuestra ayuda?",
        ("Muy mala", "Mala", "Regular", "Buena", "Muy buena"),
        "Responder",
        "Gracias por su respuesta.",
        "Si quiere, escríbanos por qué.",
        "Lo hemos guardado con su respuesta. Si nos necesita, vuelva a escribirnos.",
        ("uno", "dos", "tres", "cuatro", "cinco"),
        ("estrella", "estrellas"),
        "de",
    ),
    "fr": Asked(
        "Comment était notre aide ?",
        ("Très mauvaise", "Mauvaise", "Moyenne", "Bonne", "Très bonne"),
        "Répondre",
        "Merci pour votre réponse.",
        "Si vous voulez, écrivez-nous pourquoi.",
        "C’est noté avec votre réponse. Si vous avez besoin de nous, écrivez-nous à nouveau.",
        ("un", "deux", "trois", "quatre", "cinq"),
        ("étoile", "étoiles"),
        "sur",
    ),
    "hi": Asked(
        "हमारी मदद कैसी रही?",
        ("बहुत खराब", "खराब", "ठीक-ठाक", "अच्छी", "बहुत अच्छी"),
        "जवाब दें",
        "बताने के लिए धन्यवाद।",
        "चाहें तो लिखें कि ऐसा क्यों लगा।",
        "हमने इसे आपके जवाब के साथ रख लिया है। ज़रूरत हो तो फिर से लिखें।",
        ("एक", "दो", "तीन", "चार", "पांच"),
        ("सितारा", "सितारे", "स्टार"),
        "/",
    ),
    "it": Asked(
        "Come è stata la nostra assistenza?",
        ("Pessima", "Scarsa", "Discreta", "Buona", "Ottima"),
        "Rispondi",
        "Grazie per averci risposto.",
        "Se vuole, ci scriva perché.",
        "Lo abbiamo unito alla sua risposta. Se ha bisogno di noi, ci scriva di nuovo.",
        ("uno", "due", "tre", "quattro", "cinque"),
        ("stella", "stelle"),
        "su",
    ),
}


def asked_in(language: str | None) -> Asked:
    """The words in a language; English where it is not among them."""
    return ASKED.get((language or "").partition("-")[0].casefold(), _ENGLISH)
