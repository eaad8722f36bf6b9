// Entities, and the lists that help to find them: synonyms, regular expressions, lookups.
import { useState } from "preact/hooks";
import { t } from "language";
import { html } from "../inbox/lib.js";
import { Empty } from "../inbox/parts.js";
import { Conflict, Sure, useEditing } from "./editing.js";
import { Examples } from "./examples.js";
import { Gone, NewEntry, Problems, Split, Title, useKept } from "./lists.js";
import { useData } from "./loading.js";
import { Uses } from "./uses.js";

const KINDS = { entity: t("Entity"), synonym: t("Synonym"), regex: t("Regular expression"), lookup: t("Lookup") };

export default function Words({ path: [kind, name], go }) {
  const { data, error, reload } = useData("/data");
  const [adding, setAdding] = useState(false);
  const editing = useEditing(data?.files, reload);
  const keep = useKept();
  if (!data) return html`<main class="studiomain">${error ? html`<p class="problem" role="alert">${error.message}</p>` : html`<p class="quiet waiting" role="status">${t("Loading…")}</p>`}</main>`;
  const of = (one, items) => items.map((item) => ({ ...item, kind: one, id: `${one}/${item.name}`, path: [one, item.name], hint: KINDS[one].toLowerCase() }));
  const items = [...of("entity", data.entities), ...of("synonym", data.synonyms), ...of("regex", data.regexes), ...of("lookup", data.lookups)];
  const wanted = kind && `${kind}/${name}`;
  const shown = keep(kind ? items.find((item) => item.id === wanted) : items[0], wanted, data.problems);
  const add = async (held) => {
    const made = held.kind === "entity" ? { type: "put_entity", name: held.name.trim(), new: {} } : { type: "add_examples", kind: held.kind, name: held.name.trim(), examples: [held.first] };
    if (held.kind !== "entity" && !held.first.trim()) return;
    if (await editing.edit(made)) { setAdding(false); go("words", held.kind, held.name.trim()); }
  };
  return html`<${Split} tab="words" title=${t("Entities and words")} items=${items} open=${shown?.id} isChosen=${!!kind} go=${go} onNew=${() => setAdding(true)}
      more=${adding && html`<${NewEntry} busy=${editing.busy} onAdd=${add} onClose=${() => setAdding(false)} fields=${[{ name: "kind", label: t("Kind"), options: Object.keys(KINDS), value: "synonym" }, { name: "name", label: t("Name") }, { name: "first", label: t("First entry (not for an entity)"), required: false }]} />`}>
    <${Problems} problems=${data.problems} /><${Gone} entry=${shown} />
    ${!shown ? html`<${Empty} icon="form" title=${kind ? t("There is nothing of the name {name}", { name }) : t("No entity and no list yet")} />` : shown.kind === "entity" ? html`<${Entity} key=${shown.id} entity=${shown} data=${data} reload=${reload} go=${go} />` : html`<${List} key=${shown.id} kind=${shown.kind} list=${shown} data=${data} reload=${reload} go=${go} />`}<//>`;
}

function List({ kind, list: { name }, data, reload, go }) {
  const list = useData(`/examples?kind=${kind}&name=${encodeURIComponent(name)}`);
  const editing = useEditing(data.files, async () => { await Promise.all([reload(), list.reload()]); });
  const rename = async (to) => { const made = await editing.edit({ type: "rename", kind, old: name, new: to }); if (made) go("words", kind, to); return made; };
  const drop = async () => { if (await editing.edit({ type: "delete_list", kind, name })) go("words"); };
  return html`<${Title} name=${name} onRename=${rename}><span class="chip">${KINDS[kind]}</span><span class="grow"></span><${Sure} question=${t("Delete it?")} onSure=${drop}>${t("Delete")}<//><//>
    <${Conflict} editing=${editing} />
    <p class="about">${ABOUT[kind](name)}</p>
    ${list.data && html`<${Examples} kind=${kind} name=${name} items=${list.data.items.map((item) => ({ ...item, text: item.written, entities: [] }))} editing=${editing} />`}`;
}

const ABOUT = {
  synonym: (name) => t("What customers write, and the bot takes for “{name}”.", { name }),
  regex: (name) => t("Patterns that point to {name}.", { name }),
  lookup: (name) => t("Words that are likely to be {name}.", { name }),
};

/** Roles and groups are declared in the domain, so that rules can depend on them. */
function Entity({ entity, data, reload, go }) {
  const { name } = entity;
  const editing = useEditing(data.files, reload);
  const [roles, setRoles] = useState(entity.roles.join(", "));
  const [groups, setGroups] = useState(entity.groups.join(", "));
  const words = (text) => text.split(",").map((word) => word.trim()).filter(Boolean);
  const save = (event) => {
    event.preventDefault();
    const given = { ...(words(roles).length && { roles: words(roles) }), ...(words(groups).length && { groups: words(groups) }) };
    editing.edit({ type: "put_entity", name, new: given });
  };
  const rename = async (to) => { const made = await editing.edit({ type: "rename", kind: "entity", old: name, new: to }); if (made) go("words", "entity", to); return made; };
  return html`<${Title} name=${name} onRename=${entity.is_declared ? rename : undefined}><span class="chip">${t("Entity")}</span><span class="sub">${t("marked {count} times", { count: entity.count })}</span>${!entity.is_declared && html`<span class="chip bad">${t("not in the domain")}</span>`}
      <span class="grow"></span>${entity.is_declared && html`<${Sure} question=${t("Declare it no more?")} onSure=${async () => { if (await editing.edit({ type: "put_entity", name, new: null })) go("words"); }}>${t("Delete")}<//>`}<//>
    <${Conflict} editing=${editing} />
    <${Uses} kind="entity" name=${name} go=${go} />
    <form class="sheetform" onSubmit=${save}><label>${t("Roles")} <span class="quiet">${t("what it is for, as “from” and “to”")}</span><input value=${roles} onInput=${(event) => setRoles(event.target.value)} /></label>
      <label>${t("Groups")} <span class="quiet">${t("which of several it belongs to")}</span><input value=${groups} onInput=${(event) => setGroups(event.target.value)} /></label>
      <div class="buttons"><button class="btn primary" disabled=${editing.busy}>${entity.is_declared ? t("Save") : t("Declare it")}</button></div></form>`;
}
