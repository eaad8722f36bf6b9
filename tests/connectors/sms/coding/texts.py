"""Texts to try: what hypothesis makes of Unicode, and what people write."""

from hypothesis import strategies as st

GSM_ONE = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
)
GSM_ONE += "abcdefghijklmnopqrstuvwxyzäöñüà"
GSM_TWO = "\f^{}\\[~]|€"

gsm_texts = st.text(st.sampled_from(GSM_ONE + GSM_TWO * 6), max_size=700)
emoji = st.sampled_from(["🙂", "👩‍👩‍👧‍👦", "👍🏽", "🇩🇪", "❤️", "é", "क्षि", "각", "\r\n", "a", "한"])
emoji_texts = st.lists(emoji, max_size=120).map("".join)
long_texts = st.builds(lambda text, times: text * times, st.text(max_size=40), st.integers(0, 12))
any_text = st.text(max_size=300) | gsm_texts | emoji_texts | long_texts

PEOPLE_WRITE = {
    "english": "Your parcel is at the door. Reply 1 to keep it, 2 to send it back.",
    "german": "Grüße aus Köln: Größe überprüft, Übergabe läuft.",
    "greek": "ΔΦΓΛΩΠΨΣΘΞ",
    "turkish": "İyi günler, siparişiniz yola çıktı. Ağaç, ışık, şeker, ğ.",
    "portuguese": "Não há problema: já está à disposição, João. Função ∞ `até` amanhã.",
    "spanish": "¿Mañana? Está bien: ñandú, pingüino, óptimo, Ávila, çatalà.",
    "hindi": "नमस्ते, आपका ऑर्डर १२३ भेज दिया गया है। धन्यवाद!",
    "bengali": "আপনার অর্ডার পাঠানো হয়েছে ১২৩.",
    "tamil": "உங்கள் ஆர்டர் அனுப்பப்பட்டது ௧௨௩.",
    "urdu": "آپ کا آرڈر بھیج دیا گیا ہے۔ شکریہ",
    "arabic": "تم إرسال طلبك رقم ١٢٣ إلى العنوان.",
    "chinese": "您的订单已经寄出，谢谢惠顾。",
    "japanese": "ご注文の品を発送しました。",
    "russian": "Ваш заказ отправлен, спасибо.",
    "thai": "ส่งคำสั่งซื้อของคุณแล้ว ขอบคุณค่ะ",
    "emoji": "👩‍👩‍👧‍👦 together 🇩🇪🇫🇷 ❤️ 👍🏽",
}
