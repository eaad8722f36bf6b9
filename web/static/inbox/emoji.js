// A small choice of emoji, found by name, in the page's language and in English. People who know their system's picker have many more.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { LANGUAGE, t } from "language";
import { Icon } from "./icons.js";
import { html } from "./lib.js";

const ALL = `😀 grin happy|😃 smile happy|😄 laugh|😁 beam|😅 sweat relief|😂 joy tears laugh|🙂 slight smile|😉 wink|😊 blush smile|😇 angel|😍 love eyes|🤩 star wow|😘 kiss|😋 yummy|😎 cool sunglasses|🤗 hug|🤔 think|😐 neutral|🙄 roll eyes|😬 grimace awkward|😌 relieved calm|😴 sleep|🤒 ill sick|😕 confused|🙁 sad frown|😮 surprised oh|😢 cry sad|😭 sob cry|😤 huff|😡 angry|😱 shock scream|🤯 mind blown|🥳 party celebrate|🥺 please|👋 wave hello bye|👌 ok perfect|✌️ peace victory|🤞 fingers crossed luck|👍 thumbs up yes good|👎 thumbs down no bad|👏 clap bravo|🙌 hooray hands|🙏 please thanks pray|🤝 handshake deal|💪 strong|👀 eyes look|❤️ heart love red|🧡 heart orange|💛 heart yellow|💚 heart green|💙 heart blue|💜 heart purple|💔 broken heart|🔥 fire hot|✨ sparkles|⭐ star|🎉 party tada celebrate|🎁 gift present|🎂 cake birthday|🌹 rose flower|🌞 sun|🌧️ rain|⚡ lightning fast|☕ coffee|🍕 pizza|🍷 wine|✅ done check yes|❌ no cross wrong|⚠️ warning careful|❓ question|❗ exclamation important|💯 hundred|💡 idea light|🔒 lock secure|🔑 key|🔗 link|📌 pin|📍 place location|📞 phone call|📧 email|📦 parcel box package order|🚚 delivery truck shipping|✈️ plane flight|🚗 car|🏠 home house|🏬 shop store|💳 card payment|💶 euro money|💵 dollar money|🧾 receipt invoice|🛒 cart basket shopping|🛠️ repair tools fix|⏰ alarm time|⏳ wait hourglass|📅 date calendar|📷 camera photo|📎 attachment clip|📝 note form|🌍 world earth|🇮🇹 italy|🇬🇧 britain uk|🇪🇸 spain|🇮🇳 india|🇺🇸 usa`
  .split("|").map((one) => { const [sign, ...words] = one.split(" "); return { sign, words: words.join(" ") }; });

let own = LANGUAGE === "en" ? ALL.map(({ words }) => words) : null;

/** The signs' words in the page's language, in their order; the English ones until they are there. */
function useNames() {
  const [names, set] = useState(own);
  useEffect(() => {
    if (own) return;
    import("./emoji_words.js").then((all) => { own = all[LANGUAGE] ?? []; set(own); }, () => {});
  }, []);
  return (at) => names?.[at] ?? ALL[at].words;
}

const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

export function EmojiButton({ disabled, onPick }) {
  const [open, setOpen] = useState(false);
  const root = useRef();
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event) => root.current?.contains(event.target) || setOpen(false);
    const events = ["pointerdown", "focusin"];
    for (const name of events) document.addEventListener(name, outside);
    return () => { for (const name of events) document.removeEventListener(name, outside); };
  }, [open]);
  const close = () => { setOpen(false); root.current?.querySelector("button")?.focus(); };
  const pick = (sign) => { setOpen(false); onPick(sign); };
  return html`<div class="menuroot" ref=${root} onKeyDown=${(event) => { if (open && event.key === "Escape") { event.preventDefault(); event.stopPropagation(); close(); } }}>
    <button type="button" class="iconbtn" aria-label=${t("Emoji")} title=${t("Emoji")} aria-expanded=${String(open)} disabled=${disabled} onClick=${() => setOpen(!open)}><${Icon} name="smile" /></button>
    ${open && html`<${Picker} onPick=${pick} />`}</div>`;
}

function Picker({ onPick }) {
  const [text, setText] = useState("");
  const field = useRef();
  useLayoutEffect(() => field.current.focus(), []);
  const nameOf = useNames();
  const sought = plain(text.trim());
  const found = ALL.map(({ sign, words }, at) => ({ sign, words, name: nameOf(at) })).filter(({ words, name }) => words.includes(sought) || plain(name).includes(sought));
  const onKeyDown = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    if (found.length) onPick(found[0].sign);
  };
  return html`<div class="emojis" role="dialog" aria-label=${t("Emoji")}>
    <input ref=${field} type="text" aria-label=${t("Find an emoji")} placeholder=${t("Find…")} autocomplete="off" value=${text} onInput=${(event) => setText(event.target.value)} onKeyDown=${onKeyDown} />
    <div class="signs">${found.map(({ sign, name }) => html`<button type="button" key=${sign} aria-label=${name} title=${name} onClick=${() => onPick(sign)}>${sign}</button>`)}</div>
    ${!found.length && html`<p class="quiet" role="status">${t("Nothing of that name.")}</p>`}</div>`;
}
