// Every word of ours that a visitor reads, by language. A language that lacks one shows English.

const EN = {
  chat: "Chat", close: "Close chat", menu: "More", log: "Conversation", composer: "Your message", placeholder: "Write a message…", send: "Send",
  you: "You", assistant: "Assistant", agent: "Support", said: "{name}:", typing: "{name} is writing…",
  attach: "Attach a file", uploading: "Uploading {name}", uploadFailed: "The file did not get through.", tooLarge: "At most {n} MB, please.", typeRefused: "Files of this type cannot be sent here.",
  sending: "Sending…", waits: "Waiting for a connection", sent: "Sent", failed: "Not sent", retry: "Retry", remove: "Remove",
  offline: "You are offline. What you write is sent when you are back.", reconnecting: "Reconnecting…", connecting: "Connecting…", back: "Connected again",
  refused: "This chat is not available here.", busy: "Many people are writing at the moment. We keep trying.",
  tooLong: "{n} characters too many", left: "{n} characters left", notSent: "The message could not be sent.",
  person: "Talk to a person", transcript: "Download transcript", restart: "End chat and start again",
  restartTitle: "Start again?", restartText: "This ends the conversation and removes it from this device.", restartDo: "End chat", cancel: "Keep chatting",
  botOnline: "Answers right away · team online", botAway: "Answers right away", queued: "Someone will be with you soon", withAgent: "You are talking to {name}", resolved: "Conversation closed",
  handed_over: "We are getting a person for you", taken_over: "{name} joined", taken_over_anon: "Someone from our team joined", handed_back: "The assistant is back", resolved_line: "This conversation was closed. Write again whenever you like.", reopened: "The conversation was reopened",
  newMessages: "New messages", answers: "Answers to choose from", newTab: "(opens in a new tab)", photo: "Picture", noPhoto: "The picture could not be loaded", file: "File", audio: "Sound", video: "Video", location: "Location", map: "Open the map", cards: "Cards, scroll sideways", unsupported: "This kind of message cannot be shown here.",
  later: "Not now", askFirst: "Before we begin:", ask_name: "Your name", ask_email: "Email", ask_phone: "Telephone, with country code", optional: "(optional)", phoneHint: "Begin with + and the country code", startChat: "Start the chat", keep: "Save", away: "Nobody is here at the moment. Leave a message.", awayUntil: "We are back {when}", promised: "Someone answers {promise}", rateAsk: "How was it?", rateOf: "{n} of 5", rateWhy: "Would you like to say why?", rateThanks: "Thank you!",
};

const IT = {
  chat: "Chat", close: "Chiudi la chat", menu: "Altro", log: "Conversazione", composer: "Il tuo messaggio", placeholder: "Scrivi un messaggio…", send: "Invia",
  you: "Tu", assistant: "Assistente", agent: "Assistenza", said: "{name}:", typing: "{name} sta scrivendo…",
  attach: "Allega un file", uploading: "Caricamento di {name}", uploadFailed: "Il file non è arrivato.", tooLarge: "Al massimo {n} MB.", typeRefused: "File di questo tipo non si possono inviare qui.",
  sending: "Invio…", waits: "In attesa di connessione", sent: "Inviato", failed: "Non inviato", retry: "Riprova", remove: "Elimina",
  offline: "Sei offline. Invieremo quello che scrivi appena torni in linea.", reconnecting: "Riconnessione…", connecting: "Connessione…", back: "Di nuovo in linea",
  refused: "Questa chat non è disponibile qui.", busy: "In questo momento scrivono in tanti. Continuiamo a provare.",
  tooLong: "{n} caratteri di troppo", left: "{n} caratteri rimasti", notSent: "Non è stato possibile inviare il messaggio.",
  person: "Parla con una persona", transcript: "Scarica la trascrizione", restart: "Termina e ricomincia",
  restartTitle: "Ricominciare?", restartText: "La conversazione finisce e viene tolta da questo dispositivo.", restartDo: "Termina la chat", cancel: "Continua",
  botOnline: "Risponde subito · il team è in linea", botAway: "Risponde subito", queued: "Qualcuno sarà presto da te", withAgent: "Stai parlando con {name}", resolved: "Conversazione chiusa",
  handed_over: "Ti mettiamo in contatto con una persona", taken_over: "{name} è in chat", taken_over_anon: "Una persona del team è in chat", handed_back: "È tornato l’assistente", resolved_line: "La conversazione è stata chiusa. Scrivi di nuovo quando vuoi.", reopened: "La conversazione è stata riaperta",
  newMessages: "Nuovi messaggi", answers: "Risposte da scegliere", newTab: "(si apre in una nuova scheda)", photo: "Immagine", noPhoto: "Non è stato possibile caricare l’immagine", file: "File", audio: "Audio", video: "Video", location: "Posizione", map: "Apri la mappa", cards: "Schede, scorri di lato", unsupported: "Questo tipo di messaggio non può essere mostrato qui.",
  later: "Non ora", askFirst: "Prima di iniziare:", ask_name: "Il tuo nome", ask_email: "Email", ask_phone: "Telefono, con prefisso internazionale", optional: "(facoltativo)", phoneHint: "Inizia con + e il prefisso del paese", startChat: "Inizia la chat", keep: "Salva", away: "Al momento non c’è nessuno. Lascia un messaggio.", awayUntil: "Torniamo {when}", promised: "Qualcuno risponde {promise}", rateAsk: "Com’è andata?", rateOf: "{n} su 5", rateWhy: "Vuoi dirci perché?", rateThanks: "Grazie!",
};

const ES = {
  chat: "Chat", close: "Cerrar el chat", menu: "Más", log: "Conversación", composer: "Tu mensaje", placeholder: "Escribe un mensaje…", send: "Enviar",
  you: "Tú", assistant: "Asistente", agent: "Atención", said: "{name}:", typing: "{name} está escribiendo…",
  attach: "Adjuntar un archivo", uploading: "Subiendo {name}", uploadFailed: "El archivo no llegó.", tooLarge: "Como máximo {n} MB.", typeRefused: "Aquí no se pueden enviar archivos de este tipo.",
  sending: "Enviando…", waits: "Esperando conexión", sent: "Enviado", failed: "No enviado", retry: "Reintentar", remove: "Eliminar",
  offline: "No tienes conexión. Enviaremos lo que escribas en cuanto vuelvas.", reconnecting: "Reconectando…", connecting: "Conectando…", back: "Conexión recuperada",
  refused: "Este chat no está disponible aquí.", busy: "Ahora mismo escribe mucha gente. Seguimos intentándolo.",
  tooLong: "Sobran {n} caracteres", left: "Quedan {n} caracteres", notSent: "No se pudo enviar el mensaje.",
  person: "Hablar con una persona", transcript: "Descargar la conversación", restart: "Terminar y empezar de nuevo",
  restartTitle: "¿Empezar de nuevo?", restartText: "La conversación termina y se borra de este dispositivo.", restartDo: "Terminar el chat", cancel: "Seguir",
  botOnline: "Responde al momento · equipo en línea", botAway: "Responde al momento", queued: "Enseguida te atenderá alguien", withAgent: "Hablas con {name}", resolved: "Conversación cerrada",
  handed_over: "Te ponemos con una persona", taken_over: "{name} se ha unido", taken_over_anon: "Alguien del equipo se ha unido", handed_back: "Vuelve el asistente", resolved_line: "La conversación se cerró. Escribe de nuevo cuando quieras.", reopened: "La conversación se ha reabierto",
  newMessages: "Mensajes nuevos", answers: "Respuestas para elegir", newTab: "(se abre en otra pestaña)", photo: "Imagen", noPhoto: "No se pudo cargar la imagen", file: "Archivo", audio: "Audio", video: "Vídeo", location: "Ubicación", map: "Abrir el mapa", cards: "Tarjetas, desplaza a los lados", unsupported: "Este tipo de mensaje no se puede mostrar aquí.",
  later: "Ahora no", askFirst: "Antes de empezar:", ask_name: "Tu nombre", ask_email: "Correo electrónico", ask_phone: "Teléfono, con prefijo internacional", optional: "(opcional)", phoneHint: "Empieza con + y el prefijo del país", startChat: "Empezar el chat", keep: "Guardar", away: "Ahora no hay nadie. Deja un mensaje.", awayUntil: "Volvemos {when}", promised: "Alguien responde {promise}", rateAsk: "¿Qué tal ha ido?", rateOf: "{n} de 5", rateWhy: "¿Quieres decirnos por qué?", rateThanks: "¡Gracias!",
};

const HI = {
  chat: "चैट", close: "चैट बंद करें", menu: "और", log: "बातचीत", composer: "आपका संदेश", placeholder: "संदेश लिखें…", send: "भेजें",
  you: "आप", assistant: "सहायक", agent: "सहायता टीम", said: "{name}:", typing: "{name} लिख रहे हैं…",
  attach: "फ़ाइल जोड़ें", uploading: "{name} अपलोड हो रही है", uploadFailed: "फ़ाइल नहीं पहुँची।", tooLarge: "ज़्यादा से ज़्यादा {n} MB।", typeRefused: "इस प्रकार की फ़ाइलें यहाँ नहीं भेजी जा सकतीं।",
  sending: "भेजा जा रहा है…", waits: "कनेक्शन की प्रतीक्षा", sent: "भेजा गया", failed: "नहीं भेजा गया", retry: "फिर कोशिश करें", remove: "हटाएँ",
  offline: "आप ऑफ़लाइन हैं। वापस आते ही आपका संदेश भेज दिया जाएगा।", reconnecting: "फिर से जोड़ा जा रहा है…", connecting: "जोड़ा जा रहा है…", back: "फिर से जुड़ गए",
  refused: "यह चैट यहाँ उपलब्ध नहीं है।", busy: "अभी बहुत लोग लिख रहे हैं। हम कोशिश जारी रखे हैं।",
  tooLong: "{n} अक्षर ज़्यादा हैं", left: "{n} अक्षर बाकी", notSent: "संदेश नहीं भेजा जा सका।",
  person: "किसी व्यक्ति से बात करें", transcript: "बातचीत डाउनलोड करें", restart: "चैट समाप्त कर नई शुरू करें",
  restartTitle: "नई चैट शुरू करें?", restartText: "यह बातचीत समाप्त होगी और इस डिवाइस से हटा दी जाएगी।", restartDo: "चैट समाप्त करें", cancel: "जारी रखें",
  botOnline: "तुरंत जवाब · टीम ऑनलाइन है", botAway: "तुरंत जवाब", queued: "जल्द ही कोई आपसे बात करेगा", withAgent: "आप {name} से बात कर रहे हैं", resolved: "बातचीत बंद",
  handed_over: "हम आपको किसी व्यक्ति से जोड़ रहे हैं", taken_over: "{name} जुड़ गए", taken_over_anon: "हमारी टीम से कोई जुड़ गया", handed_back: "सहायक वापस आ गया", resolved_line: "यह बातचीत बंद कर दी गई। जब चाहें फिर लिखें।", reopened: "बातचीत फिर खोली गई",
  newMessages: "नए संदेश", answers: "चुनने के लिए जवाब", newTab: "(नए टैब में खुलेगा)", photo: "तस्वीर", noPhoto: "तस्वीर लोड नहीं हो सकी", file: "फ़ाइल", audio: "ऑडियो", video: "वीडियो", location: "स्थान", map: "नक्शा खोलें", cards: "कार्ड, बगल में खिसकाएँ", unsupported: "इस तरह का संदेश यहाँ नहीं दिखाया जा सकता।",
  later: "अभी नहीं", askFirst: "शुरू करने से पहले:", ask_name: "आपका नाम", ask_email: "ईमेल", ask_phone: "फ़ोन, देश कोड के साथ", optional: "(वैकल्पिक)", phoneHint: "+ और देश कोड से शुरू करें", startChat: "चैट शुरू करें", keep: "सहेजें", away: "अभी कोई उपलब्ध नहीं है। संदेश छोड़ दें।", awayUntil: "हम {when} लौटेंगे", promised: "कोई {promise} जवाब देगा", rateAsk: "अनुभव कैसा रहा?", rateOf: "5 में से {n}", rateWhy: "क्या आप बताना चाहेंगे क्यों?", rateThanks: "धन्यवाद!",
};

const AR = {
  chat: "الدردشة", close: "إغلاق الدردشة", menu: "المزيد", log: "المحادثة", composer: "رسالتك", placeholder: "اكتب رسالة…", send: "إرسال",
  you: "أنت", assistant: "المساعد", agent: "الدعم", said: "{name}:", typing: "{name} يكتب…",
  attach: "إرفاق ملف", uploading: "جارٍ رفع {name}", uploadFailed: "لم يصل الملف.", tooLarge: "بحد أقصى {n} ميغابايت.", typeRefused: "لا يمكن إرسال ملفات من هذا النوع هنا.",
  sending: "جارٍ الإرسال…", waits: "في انتظار الاتصال", sent: "أُرسلت", failed: "لم تُرسل", retry: "إعادة المحاولة", remove: "حذف",
  offline: "أنت غير متصل. سنرسل ما تكتبه فور عودة الاتصال.", reconnecting: "جارٍ إعادة الاتصال…", connecting: "جارٍ الاتصال…", back: "عاد الاتصال",
  refused: "هذه الدردشة غير متاحة هنا.", busy: "يكتب كثيرون الآن. نواصل المحاولة.",
  tooLong: "عدد الأحرف الزائدة: {n}", left: "الأحرف المتبقية: {n}", notSent: "تعذّر إرسال الرسالة.",
  person: "التحدث إلى شخص", transcript: "تنزيل المحادثة", restart: "إنهاء الدردشة والبدء من جديد",
  restartTitle: "هل تريد البدء من جديد؟", restartText: "ستنتهي المحادثة وتُحذف من هذا الجهاز.", restartDo: "إنهاء الدردشة", cancel: "متابعة",
  botOnline: "يجيب فورًا · الفريق متصل", botAway: "يجيب فورًا", queued: "سيكون أحدنا معك قريبًا", withAgent: "أنت تتحدث إلى {name}", resolved: "أُغلقت المحادثة",
  handed_over: "نصلك بأحد أفراد فريقنا", taken_over: "انضم {name}", taken_over_anon: "انضم أحد أفراد فريقنا", handed_back: "عاد المساعد", resolved_line: "أُغلقت هذه المحادثة. اكتب مجددًا متى شئت.", reopened: "أُعيد فتح المحادثة",
  newMessages: "رسائل جديدة", answers: "إجابات للاختيار", newTab: "(يُفتح في علامة تبويب جديدة)", photo: "صورة", noPhoto: "تعذّر تحميل الصورة", file: "ملف", audio: "صوت", video: "فيديو", location: "موقع", map: "فتح الخريطة", cards: "بطاقات، مرّر جانبًا", unsupported: "لا يمكن عرض هذا النوع من الرسائل هنا.",
  later: "ليس الآن", askFirst: "قبل أن نبدأ:", ask_name: "اسمك", ask_email: "البريد الإلكتروني", ask_phone: "الهاتف مع رمز الدولة", optional: "(اختياري)", phoneHint: "ابدأ بعلامة + ورمز الدولة", startChat: "ابدأ الدردشة", keep: "حفظ", away: "لا أحد هنا الآن. اترك رسالة.", awayUntil: "نعود {when}", promised: "سيجيبك أحدنا {promise}", rateAsk: "كيف كانت التجربة؟", rateOf: "{n} من 5", rateWhy: "هل تود أن تخبرنا بالسبب؟", rateThanks: "شكرًا لك!",
};

const TABLES = { en: EN, it: IT, es: ES, hi: HI, ar: AR };
const RIGHT_TO_LEFT = new Set(["ar"]);

/**
 * @param wanted language tags, best first.
 * @returns `{language, direction, say(name, values)}` in the first language that we speak, else English.
 */
export function wordsFor(wanted) {
  const language = wanted.map((tag) => String(tag ?? "").slice(0, 2).toLowerCase()).find((tag) => Object.hasOwn(TABLES, tag)) ?? "en";
  const table = { ...EN, ...TABLES[language] };
  return {
    language,
    direction: RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr",
    say: (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, () => value), table[name]),
  };
}
