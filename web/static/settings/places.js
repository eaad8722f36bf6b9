// The pages of the settings, in groups. Each is a module of its own, fetched when it is opened.
// To add one: a module here that exports a component around a `Section`, and a line below. Its id is its address,
// `/settings/<id>`. `counts`: a list of the API whose length is a number that somebody should look at.
import { t } from "language";

const page = (id, name, load, counts) => ({ id, name, load, counts });

export const AUDIT = page("audit", t("Audit log"), () => import("./audit.js").then((its) => its.Audit));

export const GROUPS = [
  { name: t("Customers"), pages: [
    page("channels", t("Channels"), () => import("./channels.js").then((its) => its.Channels)),
    page("quiet-hours", t("Quiet hours"), () => import("./quiet.js").then((its) => its.QuietHours)),
    page("attributes", t("Contact attributes"), () => import("./attributes.js").then((its) => its.Attributes)),
    page("labels", t("Labels"), () => import("./labels.js").then((its) => its.Labels)),
    page("silence", t("After silence"), () => import("./silence.js").then((its) => its.AfterSilence)),
    page("survey", t("How it was"), () => import("./survey.js").then((its) => its.Survey)),
  ] },
  { name: t("People"), pages: [
    page("agents", t("Agents"), () => import("./seats.js").then((its) => its.Seats)),
    page("teams", t("Teams"), () => import("./teams.js").then((its) => its.Teams)),
    page("roles", t("Roles"), () => import("./roles.js").then((its) => its.Roles)),
    page("invitations", t("Invitations"), () => import("./invitations.js").then((its) => its.Invitations)),
    page("people", t("Signing in"), () => import("./people.js").then((its) => its.People)),
    page("single-sign-on", t("Single sign-on"), () => import("./sso.js").then((its) => its.SingleSignOn)),
  ] },
  { name: t("Work"), pages: [
    page("replies", t("Saved replies"), () => import("./saved_replies.js").then((its) => its.SavedReplies)),
    page("macros", t("Macros"), () => import("./macros.js").then((its) => its.Macros)),
    page("rules", t("Rules"), () => import("./rules.js").then((its) => its.Rules)),
    page("sla", t("Service levels"), () => import("./promises.js").then((its) => its.Promises)),
  ] },
  { name: t("Programs"), pages: [
    page("tokens", t("Programs’ keys"), () => import("./tokens.js").then((its) => its.Tokens)),
    page("webhooks", t("Webhooks"), () => import("./webhooks.js").then((its) => its.Webhooks)),
  ] },
  { name: t("Records"), pages: [
    AUDIT,
    page("retention", t("Retention"), () => import("./retention.js").then((its) => its.Retention)),
    page("quarantine", t("Quarantine"), () => import("./trouble.js").then((its) => its.Quarantine), "/quarantine"),
    page("dead-letters", t("Dead letters"), () => import("./trouble.js").then((its) => its.DeadLetters), "/dead_letters"),
    page("set-aside", t("Set aside"), () => import("./set_aside.js").then((its) => its.SetAside), "/setbacks"),
  ] },
];

export const PAGES = GROUPS.flatMap((group) => group.pages);
