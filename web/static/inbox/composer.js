// Where an agent writes. A reply goes to the customer and a note stays here; colour, label and button all say which.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "language";
import { AttachButton, Attachments, contentOf, takesFiles, useAttachments, useDrop } from "./attachments.js";
import { EmojiButton } from "./emoji.js";
import { Excess, Meter, Preview, usePreview } from "./fitted.js";
import { Icon } from "./icons.js";
import { Scheduled, SendLater } from "./later.js";
import { html, isMac, names, useInbox, usePref, useStore } from "./lib.js";
import { namedIn, useMention } from "./mention.js";
import { readDraft, writeDraft } from "./prefs.js";
import { useQuoted } from "./quoting.js";
import { useSlash } from "./slash.js";
import { full } from "./time.js";
import { useWindow } from "./window.js";
import { speakerName } from "./words.js";

const TYPING_MS = 3000;
const QUIET_MS = 4000;
const SEND_KEYS = isMac ? "⌘↵" : "Ctrl ↵";

export function Composer({ conversation }) {
  const { act, ui } = useInbox();
  const { id } = conversation;
  const attached = useAttachments(id, (...words) => ui.say(...words));
  const [me, longest, draftRev, agents, channel] = useStore((s) => [s.me, s.longest, s.draftRev, s.agents, s.channels.find((c) => c.id === conversation.channel_id)]);
  const window = useWindow(conversation);
  const [enterSends] = usePref("enterSends");
  const [shows, setShows] = useState(false);
  const [draft, setDraft] = useDraft(id, draftRev);
  const field = useRef();
  const tellTyping = useTyping(conversation, draft.mode);
  const barrier = barrierFor(conversation, me, window);
  const isNote = draft.mode === "note";
  const text = draft[draft.mode];
  const mayWrite = isNote || !barrier;
  const fits = usePreview(conversation, channel, isNote || barrier ? "" : text, shows);
  const setText = (words) => setDraft({ ...draft, [draft.mode]: words, moved: false });
  const slash = useSlash(conversation, field, setText);
  const mention = useMention(conversation, field, setText);
  const [answers, quoting, letGo] = useQuoted(id, mayWrite && !isNote);
  useGrowing(field, text);
  useModeKeys(field, (mode) => switchTo(mode));

  const switchTo = (mode) => {
    if (mode !== draft.mode) setDraft(moved(draft, mode));
    field.current?.focus();
  };
  const mayAttach = mayWrite && !isNote;
  const addFiles = (list) => { if (mayAttach) attached.add(list); else ui.say(t("Files go to the customer: take over and choose Reply first."), "bad"); };
  const isOver = useDrop(addFiles);
  const excess = [...text.trim()].length - longest;
  const isReady = mayWrite && excess <= 0 && (isNote || attached.files.length === 0 ? Boolean(text.trim()) : attached.areReady);
  const send = (event) => {
    event?.preventDefault();
    if (!isReady) return;
    const files = isNote ? [] : attached.take();
    files.forEach((one, i) => act.send(id, "", { content: { ...contentOf(one.file), local: one.local }, answers: i ? null : answers }));
    if (text.trim()) act.send(id, text.trim(), { note: isNote, mentions: isNote ? namedIn(text, agents) : [], answers: files.length ? null : answers });
    if (!isNote) letGo();
    setDraft({ ...draft, [draft.mode]: "", moved: false });
    tellTyping(false);
    field.current.focus();
  };
  const later = async (at) => {
    const all = [...attached.files.map((one) => ({ key: one.key, content: contentOf(one.file) })), ...(text.trim() ? [{ text: text.trim() }] : [])];
    for (const [i, { key, ...said }] of all.entries()) {  // a millisecond apart, so that they go in their order
      if (!(await act.schedule(id, said, new Date(at.getTime() + i)))) break;
      if (key) attached.remove(key);
      else setDraft({ ...readDraft(id), reply: "", moved: false });
      letGo();  // said then, it quotes nothing
    }
    field.current?.focus();
  };
  const put = (sign) => {
    const { selectionStart: from, selectionEnd: to, value } = field.current;
    setText(value.slice(0, from) + sign + value.slice(to));
    requestAnimationFrame(() => { field.current?.focus(); field.current?.setSelectionRange(from + sign.length, from + sign.length); });
  };
  const onInput = (event) => {
    setDraft({ ...draft, [draft.mode]: event.target.value, moved: false });
    if (mayWrite) tellTyping(event.target.value !== "");
    slash.look();
    if (isNote) mention.look();
  };
  const onKeyDown = (event) => {
    if (slash.onKeyDown(event) || mention.onKeyDown(event)) return;
    if (event.key === "Escape") return field.current.blur();
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.metaKey || event.ctrlKey || (enterSends && !event.shiftKey && !event.altKey)) send(event);
  };
  return html`<form class=${names("composer", isNote && "isnote")} onSubmit=${send} aria-label=${isNote ? t("Private note") : t("Reply")}>
    ${!isNote && barrier && html`<${Barrier} barrier=${barrier} conversation=${conversation} hasDraft=${Boolean(draft.reply.trim())}
      onNote=${() => switchTo("note")} />`}
    <${Scheduled} id=${id} />
    <div class=${names("box", isOver && mayAttach && "over")} ...${takesFiles(addFiles)}>
      <div class="mode" role="group" aria-label=${t("What to write")}>
        <button type="button" aria-pressed=${String(!isNote)} onClick=${() => switchTo("reply")}><${Icon} name="reply" size=${15} />${t("Reply")}</button>
        <button type="button" class="tonote" aria-pressed=${String(isNote)} onClick=${() => switchTo("note")}><${Icon} name="lock" size=${15} />${t("Private note")}</button>
      </div>
      ${quoting}${mayWrite && (slash.list || (isNote && mention.list))}
      <textarea ref=${field} rows="1" dir="auto" value=${text} aria-controls=${slash.active ? "slash" : mention.active && "mention"} aria-activedescendant=${slash.active ?? mention.active} onInput=${onInput} onKeyDown=${onKeyDown} onBlur=${() => tellTyping(false)}
        readOnly=${!mayWrite} aria-label=${isNote ? t("Private note, seen by colleagues only") : t("Reply to {name}", { name: conversation.contact.name })}
        placeholder=${placeholder(conversation, isNote, barrier)} aria-invalid=${excess > 0 ? "true" : undefined} enterKeyHint=${enterSends ? "send" : "enter"}></textarea>
      ${isOver && mayAttach && html`<div class="dropzone" aria-hidden="true"><${Icon} name="clip" />${t("Let go to attach")}</div>`}
      ${!isNote && html`<${Attachments} of=${attached} />`}
      <${Excess} count=${excess} />
      <${Preview} shown=${fits} open=${shows && !isNote} onPlain=${(words) => { setText(words); field.current?.focus(); }} />
      <div class="bar">
        ${!isNote && html`<${AttachButton} disabled=${!mayAttach} onFiles=${addFiles} />`}
        ${!isNote && channel?.carries?.includes("template") && html`<button type="button" class="iconbtn" aria-label=${t("Templates")} title=${t("Templates")}
          disabled=${Boolean(barrier) && (barrier.isFinal || !window.isClosed)} onClick=${() => ui.ask("templates", { id })}><${Icon} name="template" /></button>`}
        <${EmojiButton} disabled=${!mayWrite} onPick=${put} />
        ${!isNote && html`<button type="button" class=${names("iconbtn", shows && "on")} aria-pressed=${String(shows)} aria-label=${t("What the customer will see")} title=${t("What the customer will see")}
          disabled=${!mayWrite} onClick=${() => setShows(!shows)}><${Icon} name="eye" /></button>`}
        <${Meter} sms=${isNote ? null : fits.sms} />
        <span class="grow">${isNote ? html`<${Icon} name="lock" size=${13} /> ${t("Only colleagues see this")}` : hintFor(conversation, barrier) || window.words}</span>
        <button type="submit" class=${names("btn", isNote ? "amber" : "primary")} disabled=${!isReady}>
          ${isNote ? t("Add note") : conversation.speaker.kind === "nobody" && !barrier ? t("Take and send") : t("Send")}
          <kbd aria-hidden="true">${enterSends ? "↵" : SEND_KEYS}</kbd></button>
        ${!isNote && html`<${SendLater} disabled=${!isReady} onPick=${later} />`}
      </div>
    </div>
  </form>`;
}

/** Why one may not reply now, with the way out; null when one may. */
function barrierFor({ status, speaker, consent }, me, window) {
  if (consent?.purpose === "conversation") {
    const said = consent.words ? `“${consent.words}”, ` : "";
    return { text: t("The customer opted out ({words}{at}). Nothing can be sent to them here until they write START.", { words: said, at: full(consent.at) }), isFinal: true };
  }
  if (status === "resolved") return { text: t("This conversation is resolved. Reopen it to reply."), verb: t("Reopen"), run: (act, ui, id) => act.reopen(id) };
  if (speaker.kind === "nobody" || speaker.id === me.id) {
    if (!window.isClosed) return null;
    const told = t("More than a day has passed since the customer wrote. Only a template may be sent.");
    return { text: told, verb: t("Choose a template"), run: (act, ui, id) => ui.ask("templates", { id }) };
  }
  const text = speaker.kind === "bot" ? t("The bot is answering. Take over to reply.")
    : t("{name} is answering. Take over to reply.", { name: speakerName(speaker, me) });
  return { text, verb: t("Take over"), run: (act, ui, id) => ui.ask("takeOver", { id }) };
}

function Barrier({ barrier, conversation, hasDraft, onNote }) {
  const { act, ui } = useInbox();
  const { kind } = conversation.speaker;
  const icon = barrier.isFinal ? "alert" : conversation.status === "resolved" ? "check" : kind === "bot" ? "bot" : "person";
  return html`<div class="barrier" role="status"><${Icon} name=${icon} /><span class="grow">${barrier.text}</span>
    ${hasDraft && html`<button type="button" class="link" onClick=${onNote}>${t("Make my draft a note")}</button>`}
    ${barrier.run && html`<button type="button" class="btn" onClick=${() => barrier.run(act, ui, conversation.id)}>${barrier.verb}</button>`}</div>`;
}

function placeholder(conversation, isNote, barrier) {
  if (isNote) return t("Write a note for colleagues, @ to name one…");
  return barrier ? "" : t("Write to {name}, or / for a saved reply…", { name: shortened(conversation.contact.name) });
}

/** A name that leaves room on a phone for what is said of it. */
const shortened = (name) => ([...name].length > 24 ? `${[...name].slice(0, 23).join("")}…` : name);

function hintFor({ speaker }, barrier) {
  return !barrier && speaker.kind === "nobody" ? t("Nobody has this yet: sending makes it yours.") : "";
}

/** The other mode, with the words one has just typed if its own field is empty; going back takes them back. */
function moved(draft, mode) {
  const from = draft.mode;
  const carries = (mode === "note" || draft.moved) && draft[from] && !draft[mode];
  return carries ? { ...draft, mode, [mode]: draft[from], [from]: "", moved: mode === "note" } : { ...draft, mode, moved: false };
}

/** The draft of a conversation, kept across reloads. */
function useDraft(id, rev) {
  const key = `${id}:${rev}`;
  const [held, setHeld] = useState({ key, draft: readDraft(id) });
  let current = held;
  if (held.key !== key) {
    current = { key, draft: readDraft(id) };
    setHeld(current);
  }
  return [current.draft, (draft) => { writeDraft(id, draft); setHeld({ key, draft }); }];
}

function useGrowing(field, text) {
  useLayoutEffect(() => {
    const box = field.current;
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, innerHeight * 0.4)}px`;
  }, [text]);
}

/** Tells others that one types, not more often than needed, and that one has stopped. */
function useTyping({ id }, mode) {
  const { act } = useInbox();
  const held = useRef({ told: 0 });
  const tell = (on) => {
    const h = held.current;
    clearTimeout(h.quiet);
    if (on) h.quiet = setTimeout(() => tell(false), QUIET_MS);
    if (on ? Date.now() - h.told < TYPING_MS : !h.told) return;
    h.told = on ? Date.now() : 0;
    act.live.typing(id, on, mode === "note");
  };
  useEffect(() => () => tell(false), [id, mode]);
  return tell;
}

/** The keys R and N, and whoever else asks to write. */
function useModeKeys(field, switchTo) {
  const { bus } = useInbox();
  const latest = useRef();
  latest.current = switchTo;
  useEffect(() => {
    const listen = (event) => latest.current(event.detail);
    bus.addEventListener("write", listen);
    return () => bus.removeEventListener("write", listen);
  }, [bus]);
}
