"""The few words that fitting adds, in the customer's language where it is known."""

from functools import lru_cache

import msgspec


class Phrases(msgspec.Struct, frozen=True):
    """`reply` has places for the number and the title; `choose` stands above answers without a question."""

    reply: str
    choose: str


_ENGLISH = Phrases("Reply {n} for {title}", "Please choose:")

PHRASES: dict[str, Phrases] = {
    "ar": Phrases("أرسل {n}: {title}", "يرجى الاختيار:"),
    "bg": Phrases("Отговорете {n} за: {title}", "Моля, изберете:"),
    "bn": Phrases("{n} লিখে উত্তর দিন: {title}", "অনুগ্রহ করে বেছে নিন:"),
    "ca": Phrases("Respon {n} per a: {title}", "Trieu una opció:"),
    "cs": Phrases("Odpovězte {n} pro: {title}", "Vyberte prosím:"),
    "da": Phrases("Svar {n} for {title}", "Vælg venligst:"),
    "de": Phrases("Antworten Sie {n} für {title}", "Bitte wählen Sie:"),
    "el": Phrases("Απαντήστε {n} για: {title}", "Παρακαλώ επιλέξτε:"),
    "en": _ENGLISH,
    "es": Phrases("Responda {n} para {title}", "Por favor, elija:"),
    "fa": Phrases("برای {title} عدد {n} را بفرستید", "لطفاً انتخاب کنید:"),
    "fi": Phrases("Vastaa {n}: {title}", "Valitse:"),
    "fr": Phrases("Répondez {n} pour {title}", "Veuillez choisir :"),
    "gu": Phrases("{title} માટે {n} લખો", "કૃપા કરીને પસંદ કરો:"),
    "he": Phrases("השיבו {n} עבור {title}", "נא לבחור:"),
    "hi": Phrases("{title} के लिए {n} लिखें", "कृपया चुनें:"),
    "hr": Phrases("Odgovorite {n} za: {title}", "Molimo odaberite:"),
    "hu": Phrases("Válasz {n}: {title}", "Kérjük, válasszon:"),
    "id": Phrases("Balas {n} untuk {title}", "Silakan pilih:"),
    "it": Phrases("Rispondi {n} per {title}", "Scegli, per favore:"),
    "ja": Phrases("{n} と返信: {title}", "お選びください:"),
    "kn": Phrases("{title} ಗಾಗಿ {n} ಎಂದು ಉತ್ತರಿಸಿ", "ದಯವಿಟ್ಟು ಆಯ್ಕೆಮಾಡಿ:"),
    "ko": Phrases("{n} 회신: {title}", "선택해 주세요:"),
    "ml": Phrases("{title}: {n} എന്ന് മറുപടി നൽകുക", "ദയവായി തിരഞ്ഞെടുക്കുക:"),
    "mr": Phrases("{title} साठी {n} लिहा", "कृपया निवडा:"),
    "ms": Phrases("Balas {n} untuk {title}", "Sila pilih:"),
    "nl": Phrases("Antwoord {n} voor {title}", "Maak een keuze:"),
    "no": Phrases("Svar {n} for {title}", "Vennligst velg:"),
    "pa": Phrases("{title} ਲਈ {n} ਲਿਖੋ", "ਕਿਰਪਾ ਕਰਕੇ ਚੁਣੋ:"),
    "pl": Phrases("Odpisz {n}: {title}", "Proszę wybrać:"),
    "pt": Phrases("Responda {n} para {title}", "Escolha, por favor:"),
    "ro": Phrases("Răspundeți {n} pentru: {title}", "Vă rugăm să alegeți:"),
    "ru": Phrases("Ответьте {n}: {title}", "Пожалуйста, выберите:"),
    "sk": Phrases("Odpovedzte {n} pre: {title}", "Vyberte, prosím:"),
    "sl": Phrases("Odgovorite {n} za: {title}", "Prosimo, izberite:"),
    "sv": Phrases("Svara {n} för {title}", "Välj, tack:"),
    "ta": Phrases("{title}: {n} எனப் பதிலளிக்கவும்", "தயவுசெய்து தேர்ந்தெடுக்கவும்:"),
    "te": Phrases("{title} కోసం {n} అని పంపండి", "దయచేసి ఎంచుకోండి:"),
    "th": Phrases("ตอบ {n} สำหรับ {title}", "โปรดเลือก:"),
    "tl": Phrases("Sumagot ng {n} para sa {title}", "Pumili:"),
    "tr": Phrases("{title} için {n} yazın", "Lütfen seçin:"),
    "uk": Phrases("Відповідь {n}: {title}", "Будь ласка, виберіть:"),
    "ur": Phrases("{title} کے لیے {n} لکھیں", "براہ کرم منتخب کریں:"),
    "vi": Phrases("Trả lời {n} để chọn {title}", "Vui lòng chọn:"),
    "zh": Phrases("回复 {n}：{title}", "请选择："),
}
"""By ISO 639 code."""


@lru_cache(maxsize=256)
def phrases_of(language: str | None) -> Phrases:
    """The phrases of a language, whatever its region (``pt-BR``); English where it is not known."""
    code = (language or "en").replace("_", "-").split("-")[0].lower()
    return PHRASES.get({"nb": "no", "nn": "no", "fil": "tl"}.get(code, code), _ENGLISH)
