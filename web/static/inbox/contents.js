// How each typed content of `connectors/content.py` looks in a bubble. One row in the table for each type; a type
// we do not know yet is shown by its name, never dropped. Text is only ever text: Preact escapes it.
import { full } from "./time.js";
import { LOCALE, mix, n, t } from "language";
import { Icon } from "./icons.js";
import { lines, onMap, written as writtenPoint } from "./globe.js";
import { html } from "./lib.js";
import { Media } from "./media.js";
import { rich } from "./text.js";
import { address, humanise } from "./words.js";

export function Content({ content }) {
  const Kind = KINDS[content.type] ?? Unknown;
  return html`<${Kind} content=${content} />`;
}

const Text = ({ content }) => html`<div class="text" dir="auto">${rich(content.text)}</div>`;

/** Drawn here, from the coordinates alone: no map server hears of where a customer is. */
function Location({ content }) {
  const { latitude, longitude, name, address: street, url } = content;
  const point = writtenPoint(latitude, longitude);
  return html`<figure class="place"><svg viewBox="0 0 100 100" role="img" aria-label=${t("Seen from above {point}", { point })}>
      <circle cx="50" cy="50" r="46" class="sea" /><path d=${lines(latitude, longitude)} class="lines" />
      <path d="M50 50c-7-9-10-13-10-18a10 10 0 0 1 20 0c0 5-3 9-10 18z" class="pin" /><circle cx="50" cy="32" r="3.6" class="hole" /></svg>
    <figcaption><div class="name" dir="auto">${name ?? street ?? t("Location")}</div>
      ${name && street && html`<div class="fact" dir="auto">${street}</div>`}
      <div class="fact"><bdi>${point}</bdi></div>
      <div class="fact"><a href=${onMap(latitude, longitude)} target="_blank" rel="noopener noreferrer">${t("Open in a map")}</a>${isLink(url) && html` · <a href=${url} target="_blank" rel="noopener noreferrer">${t("Open link")}</a>`}</div></figcaption></figure>`;
}

function Contacts({ content }) {
  return content.cards.map((card, i) => html`<div class="card" key=${i}><span class="tile"><${Icon} name="person" size=${20} /></span>
    <div class="grow"><div class="name" dir="auto">${card.name}</div>
      ${card.organisation && html`<div class="fact" dir="auto">${card.organisation}</div>`}
      ${(card.phones ?? []).map((phone) => html`<div class="fact"><bdi>${address(phone.number)}</bdi>${phone.kind && ` · ${phone.kind.toLowerCase()}`}</div>`)}
      ${[...(card.emails ?? []), ...(card.addresses ?? []), ...(card.urls ?? [])].map((line) => html`<div class="fact" dir="auto">${rich(line)}</div>`)}
      ${card.birthday && html`<div class="fact">${t("Born {birthday}", { birthday: card.birthday })}</div>`}
    </div></div>`);
}

const CHOICES = { button: t("Tapped a button"), list: t("Chose from a list"), template: t("Tapped a template’s button"), suggestion: t("Tapped a suggestion") };

const Choice = ({ content }) => html`<div class="choice"><${Icon} name="check" size=${15} />
    <span dir="auto">${content.title}</span></div>
  ${content.description && html`<div class="fact" dir="auto">${content.description}</div>`}
  <div class="fact">${CHOICES[content.source ?? "button"] ?? CHOICES.button}</div>`;

const Chips = ({ options }) => options?.length > 0 && html`<ul class="opts" aria-label=${t("Answers offered")}>${options.map((option, i) => html`
  <li key=${i} title=${option.description ?? option.url ?? undefined} dir="auto">${option.title}
    ${option.url && html`<${Icon} name="external" size=${12} />`}</li>`)}</ul>`;

const Options = ({ content }) => html`${content.header && html`<div class="name" dir="auto">${content.header}</div>`}
  <div class="text" dir="auto">${rich(content.text)}</div>
  ${content.footer && html`<div class="fact" dir="auto">${content.footer}</div>`}
  ${content.button && html`<div class="fact">${t("Opens with “{button}”", { button: content.button })}</div>`}
  <${Chips} options=${content.options} />`;

const RichCard = ({ content }) => html`<div class="rich">
  ${content.image && html`<div class="card"><span class="tile"><${Icon} name="image" size=${20} /></span><div class="fact grow" dir="ltr">${content.image}</div></div>`}
  ${content.title && html`<div class="name" dir="auto">${content.title}</div>`}
  ${content.text && html`<div class="text" dir="auto">${rich(content.text)}</div>`}
  <${Chips} options=${content.options} /></div>`;

const Carousel = ({ content }) => html`<div class="carousel" role="group" tabindex="0" aria-label=${n("{count} card", "{count} cards side by side", content.cards.length)}>
  ${content.cards.map((card, i) => html`<${RichCard} key=${i} content=${card} />`)}</div>`;

function FormAnswer({ content }) {
  const values = Object.entries(content.values).filter(([name]) => name !== "flow_token");
  return html`<div class="head"><${Icon} name="form" size=${15} />${humanise(content.name)}</div>
    ${content.text && html`<div class="text" dir="auto">${rich(content.text)}</div>`}
    <table class="values"><caption class="hidden">${t("Answers")}</caption><tbody>${values.map(([name, value]) => html`<tr key=${name}>
      <th scope="row" dir="auto">${humanise(name)}</th><td dir="auto">${written(value)}</td></tr>`)}</tbody></table>`;
}

function Order({ content }) {
  const total = content.lines.every((line) => line.price != null) &&
    content.lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
  const { currency } = content.lines[0] ?? {};
  return html`<div class="head"><${Icon} name="cart" size=${15} />${n("Order of {count} product", "Order of {count} products", content.lines.length)}</div>
    ${content.text && html`<div class="text" dir="auto">${rich(content.text)}</div>`}
    <table class="values"><caption class="hidden">${t("Products")}</caption><tbody>
      ${content.lines.map((line, i) => html`<tr key=${i}><th scope="row">${line.quantity} × <bdi>${line.product_id}</bdi></th>
        <td>${money(line.price, line.currency)}</td></tr>`)}
      ${total !== false && content.lines.length > 1 && html`<tr class="sum"><th scope="row">${t("Total")}</th><td>${money(total, currency)}</td></tr>`}
    </tbody></table>`;
}

const Permission = ({ content }) => html`<div class="head"><${Icon} name=${content.granted ? "check" : "close"} size=${15} />
    ${humanise(content.subject)}: ${content.granted ? t("allowed") : t("not allowed")}</div>
  ${content.expires_at && html`<div class="fact">${t("Until {at}", { at: Number.isNaN(Date.parse(content.expires_at)) ? content.expires_at : full(content.expires_at) })}</div>`}`;

const Template = ({ content }) => html`<div class="head"><${Icon} name="template" size=${15} />${t("Template {name}", { name: content.name })}
    <span class="fact">${content.language}</span></div>
  ${content.header && html`<${Media} content=${content.header} />`}
  ${(content.text ? [content.text] : templateTexts(content.components)).map((text, i) => html`<div class="text" dir="auto" key=${i}>${rich(text)}</div>`)}`;

const templateTexts = (components = []) => components.flatMap((component) =>
  [component.text, ...(component.parameters ?? []).map((parameter) => parameter.text)].filter((text) => typeof text === "string"));

// The three below are shown only when what they speak of is not in view.
const Reaction = ({ content }) => html`<div class="aside">${content.emoji ? mix("Reacted {emoji} to an earlier message", { emoji: html`<span class="emoji">${content.emoji}</span>` }) : t("Took back a reaction to an earlier message")}</div>`;
const Edit = ({ content }) => html`<div class="aside">${t("Changed an earlier message to:")}</div><${Content} content=${content.content} />`;
const Revoke = () => html`<div class="aside">${t("Deleted an earlier message")}</div>`;

const System = ({ content }) => html`<div class="aside" dir="auto">${content.text ?? humanise(content.event)}</div>`;

function Unknown({ content }) {
  const { type, raw_type: raw = type, reason } = content;
  return html`<div class="card"><span class="tile"><${Icon} name="puzzle" size=${20} /></span><div class="grow">
    <div class="name">${mix("Cannot be shown here: {raw}", { raw: html`<code>${raw}</code>` })}</div>
    ${reason && html`<div class="fact" dir="auto">${reason}</div>`}</div></div>
    ${content.raw && Object.keys(content.raw).length > 0 && html`<details class="raw"><summary>${t("What was received")}</summary>
      <pre tabindex="0" dir="ltr">${JSON.stringify(content.raw, null, 2)}</pre></details>`}`;
}

const KINDS = { text: Text, note: Text, image: Media, audio: Media, video: Media, document: Media, sticker: Media,
                location: Location, contacts: Contacts, choice: Choice, options: Options, card: RichCard, carousel: Carousel,
                form_answer: FormAnswer, permission: Permission, reaction: Reaction, order: Order, template: Template,
                edit: Edit, revoke: Revoke, system: System, unsupported: Unknown };

const isLink = (url) => /^https?:\/\//i.test(url ?? "");

function written(value) {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return value.map(written).join(", ");
  if (typeof value === "boolean") return value ? t("Yes") : t("No");
  if (typeof value === "object") return Object.entries(value).map(([name, part]) => `${humanise(name)}: ${written(part)}`).join(", ");
  return String(value);
}

function money(amount, currency) {
  if (amount == null) return "";
  try {
    return new Intl.NumberFormat(LOCALE, currency ? { style: "currency", currency } : {}).format(amount);
  } catch {
    return `${amount} ${currency}`;
  }
}
