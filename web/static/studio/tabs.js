// The tabs of the studio, in the order of a designer's day. Each is a module of its own, fetched when it is opened.
// To add one: `web/static/studio/<id>.js`, whose default export is a component given `{path, go, user}` (`path`: what
// follows in the address, decoded; `go("intents", "greet")` goes elsewhere), and one line here. Styles: its own
// `studio/<id>.css`, linked in templates/studio.html. The API below /api/v1/studio: see inbox/http/studio.py.
import { t } from "language";
export const TABS = [
  { id: "intents", name: t("Intents"), load: () => import("./intents.js") },
  { id: "words", name: t("Entities"), load: () => import("./words.js") },
  { id: "responses", name: t("Responses"), load: () => import("./responses.js") },
  { id: "slots", name: t("Slots & forms"), load: () => import("./slots.js") },
  { id: "dialogues", name: t("Dialogues"), load: () => import("./dialogues.js") },
  { id: "advice", name: t("Advice"), load: () => import("./advice.js") },
  { id: "find", name: t("Find"), load: () => import("./find.js") },
  { id: "history", name: t("History"), load: () => import("./history.js") },
  { id: "files", name: t("Files"), load: () => import("./files.js") },
  { id: "review", name: t("Review"), load: () => import("./review.js") },
  { id: "models", name: t("Models"), load: () => import("./models.js") },
  { id: "try", name: t("Try it"), load: () => import("./try.js") },
  { id: "evaluate", name: t("Evaluate"), load: () => import("./evaluate.js") },
  { id: "assistants", name: t("Assistants"), load: () => import("./assistants.js") },
];
