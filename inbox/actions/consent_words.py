"""What a customer is told about their consent, in their language where it is known. It may be an SMS."""

from functools import lru_cache

import msgspec


class Said(msgspec.Struct, frozen=True):
    """`out` confirms that nothing more will come, `into` that messages come again, `help` answers HELP."""

    out: str
    into: str
    help: str


_ENGLISH = Said(
    "You are unsubscribed and will get no more messages from us here. Reply START to get them again.",
    "You will get messages from us again. Reply STOP to end them.",
    "Write to us here and we will answer. Reply STOP to get no more messages.",
)

SAID: dict[str, Said] = {
    "en": _ENGLISH,
    "de": Said(
        "Sie sind abgemeldet und erhalten hier keine Nachrichten mehr von uns. Mit START geht es weiter.",
        "Sie erhalten wieder Nachrichten von uns. Mit STOP enden sie.",
        "Schreiben Sie uns hier, wir antworten. Mit STOP erhalten Sie keine Nachrichten mehr.",
    ),
    "es": Said(
        "Se ha dado de baja y no recibirá más mensajes aquí. Responda START para recibirlos de nuevo.",
        "Volverá a recibir nuestros mensajes. Responda STOP para dejar de recibirlos.",
        "Escríbanos aquí y le responderemos. Responda STOP para no recibir más mensajes.",
    ),
    "fr": Said(
        "Vous êtes désinscrit et ne recevrez plus de messages ici. Répondez START pour en recevoir.",
        "Vous recevrez à nouveau nos messages. Répondez STOP pour les arrêter.",
        "Écrivez-nous ici, nous vous répondrons. Répondez STOP pour ne plus recevoir de messages.",
    ),
    "hi": Said(
        "अब आपको यहाँ हमारे संदेश नहीं मिलेंगे। फिर से पाने के लिए START लिखें।",
        "अब आपको हमारे संदेश फिर मिलेंगे। बंद करने के लिए STOP लिखें।",
        "यहाँ लिखें, हम उत्तर देंगे। संदेश बंद करने के लिए STOP लिखें।",
    ),
    "it": Said(
        "Iscrizione annullata: non riceverà più nostri messaggi qui. Risponda START per riceverli di nuovo.",
        "Riceverà di nuovo i nostri messaggi. Risponda STOP per non riceverli più.",
        "Ci scriva qui e le risponderemo. Risponda STOP per non ricevere più messaggi.",
    ),
    "nl": Said(
        "U bent afgemeld en krijgt hier geen berichten meer van ons. Antwoord START om ze weer te krijgen.",
        "U krijgt weer berichten van ons. Antwoord STOP om te stoppen.",
        "Schrijf ons hier en wij antwoorden. Antwoord STOP om geen berichten meer te krijgen.",
    ),
    "pt": Said(
        "A sua inscrição foi cancelada e não receberá mais mensagens aqui. Responda START para voltar.",
        "Voltará a receber as nossas mensagens. Responda STOP para parar.",
        "Escreva-nos aqui e responderemos. Responda STOP para não receber mais mensagens.",
    ),
}
"""By ISO 639 code."""


@lru_cache(maxsize=256)
def said_in(language: str | None) -> Said:
    """The words of a language, whatever its region; English where it is not known."""
    return SAID.get((language or "en").replace("_", "-").split("-")[0].lower(), _ENGLISH)
