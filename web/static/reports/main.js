// The reports: how much was written in a time, who answered it, and how long customers waited. The address says
// which time: `/reports?days=7`, or `/reports?since=2026-11-01&until=2026-11-30` with both days in it.
import { render } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import { t } from "language";
import { get } from "../inbox/api.js";
import { html, Inbox } from "../inbox/lib.js";
import { Empty } from "../inbox/parts.js";
import { Prefs } from "../inbox/prefs.js";
import { Rail } from "../inbox/rail.js";
import { clock } from "../inbox/time.js";
import { Ui } from "../inbox/ui.js";
import { Toasts } from "../settings/section.js";
import { Days } from "./days.js";
import { Periods, periodIn, queryOf } from "./periods.js";
import { Labels, Lines, Promises, Ratings, Reasons } from "./tables.js";
import { Tiles } from "./tiles.js";

const root = document.getElementById("app");
const user = JSON.parse(root.dataset.user);
const ui = new Ui();

/** The period in the address, and a way to another one that Back leads back from. */
function usePeriod() {
  const read = () => periodIn(location.search, new Date());
  const [period, set] = useState(read);
  useEffect(() => {
    const moved = () => set(read());
    addEventListener("popstate", moved);
    return () => removeEventListener("popstate", moved);
  }, []);
  const choose = useCallback((search) => {
    history.pushState(null, "", `/reports${search}`);
    set(read());
  }, []);
  return [period, choose];
}

async function fetched(period) {
  const query = queryOf(period);
  const [overview, ratings, promises, teams] = await Promise.all([get(`/reports/overview?${query}`), get(`/reports/csat?${query}`), get(`/reports/sla?${query}`), get("/teams")]);
  return { overview, ratings, promises: promises.items, teams: teams.items };
}

function Reports() {
  const [period, choose] = usePeriod();
  const [held, set] = useState({});
  useEffect(() => {
    let isOver = false;
    set((before) => ({ ...before, error: null, isLoading: true }));
    fetched(period).then((found) => isOver || set({ found }), (error) => isOver || set({ error }));
    return () => { isOver = true; };
  }, [period]);
  const { found, error, isLoading } = held;
  const at = found?.overview.counted_at;
  return html`<div class="adminframe"><${Rail} user=${user} page="chart" rehearsal=${root.dataset.rehearsal === "yes"} />
    <main class="admin reports" aria-busy=${Boolean(isLoading)}>
      <header class="reporthead"><div><h1>${t("Reports")}</h1><p class="quiet" role="status">${at ? t("Counted up to {time}", { time: clock(at) }) : isLoading ? t("Loading…") : ""}</p></div>
        <${Periods} period=${period} onChoose=${choose} /></header>
      ${error && html`<p class="problem" role="alert">${error.message}</p>`}
      ${found && !at && html`<${Empty} icon="chart" title=${t("Nothing has been counted yet")}><p>${t("A minute after the first message there is something to see.")}</p><//>`}
      ${found && at && html`<${Found} ...${found} period=${period} />`}</main></div><${Toasts} />`;
}

function Found({ overview, ratings, promises, teams, period }) {
  const query = queryOf(period);
  return html`<${Tiles} total=${overview.total} before=${overview.before} ratings=${ratings} />
    <${Days} days=${overview.days} period=${period} query=${query} />
    <${Lines} id="channels" by="channel" title=${t("Channels")} one=${t("Channel")} lines=${overview.channels} query=${query} />
    <${Lines} id="teams" by="team" title=${t("Teams")} one=${t("Team")} lines=${overview.teams} query=${query} />
    <${Lines} id="agents" by="agent" title=${t("Agents")} one=${t("Agent")} lines=${overview.agents} query=${query} />
    <div class="pair"><${Reasons} lines=${overview.reasons} /><${Ratings} ratings=${ratings} /></div>
    <${Labels} lines=${overview.labels} query=${query} />
    <${Promises} promises=${promises} teams=${teams} />`;
}

root.replaceChildren();
render(html`<${Inbox.Provider} value=${{ prefs: new Prefs(), ui }}><${Reports} /><//>`, root);
