"""The words by which people stop, resume, or ask for help: the one list of them.

`EVERYWHERE` is the union of what US carriers, Twilio, AWS and Telnyx act upon and what 47 CFR 64.1200(a)(10)
names. It always counts. The words of a language count where the customer is known to speak it, and those of a
country where the number is from there: a word such as “baja” is an everyday one elsewhere.
"""

import msgspec


class Words(msgspec.Struct, frozen=True):
    """Whole messages, in any case. `yes` counts as opt-in only from somebody who has opted out."""

    out: tuple[str, ...] = ()
    into: tuple[str, ...] = ()
    help: tuple[str, ...] = ()
    yes: tuple[str, ...] = ()


EVERYWHERE = Words(
    out=(
        *("stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke"),
        *("optout", "opt-out", "opt out", "remove", "arret", "td"),
    ),
    into=("start", "unstop"),
    help=("help", "info"),
    yes=("yes",),
)

LANGUAGES: dict[str, Words] = {
    "ar": Words(
        out=("إيقاف", "ايقاف", "توقف", "إلغاء", "الغاء", "إلغاء الاشتراك", "الغاء الاشتراك"),
        into=("ابدأ", "ابدا", "اشتراك"),
        help=("مساعدة",),
        yes=("نعم",),
    ),
    "bn": Words(out=("বন্ধ", "বন্ধ করুন", "থামুন"), into=("শুরু", "চালু"), help=("সাহায্য",), yes=("হ্যাঁ",)),
    "cs": Words(out=("odhlásit", "odhlasit", "zrušit"), help=("pomoc",), yes=("ano",)),
    "da": Words(out=("afmeld", "stoppe"), into=("tilmeld",), help=("hjælp",), yes=("ja",)),
    "de": Words(
        out=("stopp", "abmelden", "abmeldung", "abbestellen", "austragen"),
        into=("anmelden",),
        help=("hilfe",),
        yes=("ja",),
    ),
    "es": Words(
        out=("parar", "alto", "baja", "cancelar", "detener", "eliminar"),
        into=("iniciar", "alta", "empezar"),
        help=("ayuda",),
        yes=("sí", "si"),
    ),
    "fi": Words(out=("lopeta", "peruuta"), into=("aloita",), help=("apua",), yes=("kyllä",)),
    "fr": Words(
        out=("arrêt", "arrêter", "arreter", "désabonner", "desabonner", "désinscription", "fin"),
        into=("démarrer", "demarrer", "reprendre"),
        help=("aide",),
        yes=("oui",),
    ),
    "gu": Words(out=("બંધ", "બંધ કરો"), into=("શરૂ",), help=("મદદ",), yes=("હા",)),
    "he": Words(out=("הסר", "הסרה", "עצור", "להסרה"), into=("התחל",), help=("עזרה",), yes=("כן",)),
    "hi": Words(
        out=("बंद", "बंद करो", "बंद करें", "रोको", "रोकें", "स्टॉप"),
        into=("शुरू", "चालू"),
        help=("मदद", "सहायता"),
        yes=("हाँ", "हां"),
    ),
    "id": Words(out=("berhenti", "batal"), into=("mulai",), help=("bantuan",), yes=("ya",)),
    "it": Words(
        out=("ferma", "basta", "annulla", "disiscrivi", "disiscrivimi", "cancellami"),
        into=("inizia",),
        help=("aiuto",),
        yes=("sì", "si"),
    ),
    "ja": Words(
        out=("停止", "配信停止", "解除", "退会", "ストップ"), into=("開始",), help=("ヘルプ",), yes=("はい",)
    ),
    "kn": Words(out=("ನಿಲ್ಲಿಸಿ",), into=("ಪ್ರಾರಂಭಿಸಿ",), help=("ಸಹಾಯ",), yes=("ಹೌದು",)),
    "ko": Words(out=("수신거부", "중지", "그만", "해지"), into=("시작",), help=("도움말",), yes=("네",)),
    "ml": Words(out=("നിർത്തുക",), into=("തുടങ്ങുക",), help=("സഹായം",), yes=("അതെ",)),
    "mr": Words(out=("थांबवा", "बंद"), into=("सुरू",), help=("मदत",), yes=("होय",)),
    "nl": Words(
        out=("stoppen", "afmelden", "uitschrijven"), into=("aanmelden",), help=("hulp",), yes=("ja",)
    ),
    "no": Words(out=("stopp", "avmeld"), into=("påmeld",), help=("hjelp",), yes=("ja",)),
    "pa": Words(out=("ਬੰਦ", "ਬੰਦ ਕਰੋ"), into=("ਸ਼ੁਰੂ",), help=("ਮਦਦ",), yes=("ਹਾਂ",)),
    "pl": Words(out=("wypisz", "rezygnuję", "rezygnuje"), help=("pomoc",), yes=("tak",)),
    "pt": Words(
        out=("parar", "pare", "sair", "cancelar", "remover", "descadastrar"),
        into=("iniciar", "voltar"),
        help=("ajuda",),
        yes=("sim",),
    ),
    "ru": Words(
        out=("стоп", "отписаться", "отписка", "отмена"),
        into=("старт", "подписаться"),
        help=("помощь",),
        yes=("да",),
    ),
    "sv": Words(out=("stopp", "avsluta", "avregistrera"), into=("starta",), help=("hjälp",), yes=("ja",)),
    "ta": Words(out=("நிறுத்து", "நிறுத்தவும்"), into=("தொடங்கு",), help=("உதவி",), yes=("ஆம்",)),
    "te": Words(out=("ఆపు", "ఆపండి"), into=("ప్రారంభించు",), help=("సహాయం",), yes=("అవును",)),
    "th": Words(out=("หยุด", "ยกเลิก"), into=("เริ่ม",), help=("ช่วยเหลือ",), yes=("ใช่",)),
    "tr": Words(
        out=("dur", "iptal", "ret", "abonelikten çık"),
        into=("başla", "basla"),
        help=("yardım",),
        yes=("evet",),
    ),
    "uk": Words(out=("стоп", "відписатися"), into=("старт",), help=("допомога",), yes=("так",)),
    "ur": Words(out=("بند", "بند کرو", "روکو"), into=("شروع",), help=("مدد",), yes=("ہاں",)),
    "vi": Words(out=("dừng", "hủy", "huy"), into=("bắt đầu",), help=("trợ giúp",), yes=("có",)),
    "zh": Words(
        out=("停止", "退订", "退訂", "取消订阅", "取消訂閱"),
        into=("开始", "開始"),
        help=("帮助", "幫助"),
        yes=("是",),
    ),
}
"""By ISO 639 code."""

SPOKEN: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("AE", "BH", "DZ", "EG", "IQ", "JO", "KW", "LB", "LY", "OM", "QA", "SA", "SY", "YE"), ("ar",)
    ),
    **dict.fromkeys(("MA", "TN"), ("ar", "fr")),
    **dict.fromkeys(("AT", "DE", "LI"), ("de",)),
    **dict.fromkeys(
        (
            "AR",
            "BO",
            "CL",
            "CO",
            "CR",
            "CU",
            "DO",
            "EC",
            "ES",
            "GT",
            "HN",
            "MX",
            "NI",
            "PA",
            "PE",
            "PR",
            "PY",
            "SV",
            "UY",
            "VE",
        ),
        ("es",),
    ),
    **dict.fromkeys(("BJ", "CI", "FR", "MC", "SN"), ("fr",)),
    **dict.fromkeys(("AO", "BR", "MZ", "PT"), ("pt",)),
    **dict.fromkeys(("CN", "HK", "MO", "TW"), ("zh",)),
    "BD": ("bn",),
    "BE": ("nl", "fr"),
    "CH": ("de", "fr", "it"),
    "CZ": ("cs",),
    "DK": ("da",),
    "FI": ("fi", "sv"),
    "ID": ("id",),
    "IL": ("he",),
    "IN": ("hi",),
    "IT": ("it",),
    "JP": ("ja",),
    "KR": ("ko",),
    "NL": ("nl",),
    "NO": ("no",),
    "PK": ("ur",),
    "PL": ("pl",),
    "RU": ("ru",),
    "SE": ("sv",),
    "SM": ("it",),
    "TH": ("th",),
    "TR": ("tr",),
    "UA": ("uk",),
    "VN": ("vi",),
}
"""What is spoken where a number is from, for customers whose language is not known."""

CLEAR = frozenset(
    {"stop", "stopp", "stopall", "stop all", "unsubscribe", "unsub", "optout", "opt-out", "opt out"}
    | {"start", "unstop", "yes", "abmelden", "abbestellen", "désabonner", "desabonner", "désinscription"}
    | {"disiscrivi", "disiscrivimi", "afmelden", "uitschrijven", "descadastrar", "odhlásit", "wypisz"}
    | {"отписаться", "отписка", "відписатися", "abonelikten çık", "إلغاء الاشتراك", "الغاء الاشتراك"}
    | {"退订", "退訂", "取消订阅", "取消訂閱", "配信停止", "수신거부"}
)
"""Words that mean nothing else, for channels where “cancel” or “end” is more likely about an order."""

COUNTRIES: dict[str, Words] = {
    "CA": Words(out=("arrêt", "arrêter"), help=("aide",)),
    "CN": Words(out=("t", "n", "退订")),
    "FR": Words(out=("arrêt",), help=("aide",)),
    "IN": Words(out=("unsub", "dnd")),
    "PR": Words(out=("parar", "alto"), help=("ayuda",)),
    "TR": Words(out=("ret",)),
}
"""By ISO 3166 code."""
