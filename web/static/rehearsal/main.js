/** The page: one tab for each channel, and a phone that stays in step with the stand-in. */
import * as api from "./api.js";
import { h } from "./dom.js";
import { Phone } from "./phone.js";

const tabs = document.getElementById("channels");
const stage = document.getElementById("stage");
const line = document.getElementById("line");
const phones = new Map();
let shown = null;
let refreshing = null;

function show(channel) {
  shown = channel;
  history.replaceState(null, "", `#${encodeURIComponent(channel)}`);
  if (!phones.has(channel)) phones.set(channel, new Phone(channel));
  stage.replaceChildren(phones.get(channel).element);
  for (const tab of tabs.children) {
    tab.setAttribute("aria-current", String(tab.dataset.channel === channel));
    if (tab.dataset.channel === channel) document.body.dataset.medium = tab.dataset.medium;
  }
  refresh();
}

/** Draw the shown phone anew; what changes while a call is under way is fetched by one more. */
async function refresh() {
  if (refreshing) return void (refreshing.again = true);
  const mine = (refreshing = { again: false });
  try {
    await phones.get(shown)?.refresh();
  } catch (error) {
    line.textContent = error.message;
  }
  refreshing = null;
  if (mine.again) refresh();
}

const SMS = ["twilio", "kaleyra", "vonage", "infobip", "sinch"];
const KINDS = ["whatsapp", "rcs", ...SMS];
const place = ({ kind }) => (KINDS.includes(kind) ? KINDS.indexOf(kind) : KINDS.length);
const byKind = (a, b) => place(a) - place(b);
const medium = (kind) => (SMS.includes(kind) ? "sms" : kind);

async function list() {
  const found = (await api.phones()).sort(byKind);
  tabs.replaceChildren(...found.map((each) => h("button", {
    type: "button", "data-channel": each.channel, "data-medium": medium(each.kind), onclick: () => show(each.channel),
  }, [h(`i.dot.${medium(each.kind)}`), each.name])));
  tabs.hidden = found.length < 2;
  const names = found.map((each) => each.channel);
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (!names.length) stage.replaceChildren(h("p.empty", "There is no channel in rehearsal. Add one with parley channel add."));
  else if (!names.includes(shown)) show(names.includes(wanted) ? wanted : names[0]);
}

api.watch(
  (channel) => (channel === null || !phones.has(channel) ? list().then(refresh) : channel === shown && refresh()),
  (isOnline) => (line.textContent = isOnline ? "" : "No connection. Trying again…"),
);
