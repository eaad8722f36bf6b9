// The tabs of the studio, in the order of a designer's day. Each is a module of its own, fetched when it is opened.
// To add one: `web/static/studio/<id>.js`, whose default export is a component given `{path, go, user}` (`path`: what
// follows in the address, decoded; `go("intents", "greet")` goes elsewhere), and one line here. Styles: its own
// `studio/<id>.css`, linked in templates/studio.html. The API below /api/v1/studio: see inbox/http/studio.py.
export const TABS = [
  { id: "intents", name: "Intents", load: () => import("./intents.js") },
  { id: "words", name: "Entities", load: () => import("./words.js") },
  { id: "responses", name: "Responses", load: () => import("./responses.js") },
  { id: "slots", name: "Slots & forms", load: () => import("./slots.js") },
  { id: "dialogues", name: "Dialogues", load: () => import("./dialogues.js") },
  { id: "advice", name: "Advice", load: () => import("./advice.js") },
  { id: "history", name: "History", load: () => import("./history.js") },
  { id: "files", name: "Files", load: () => import("./files.js") },
  { id: "review", name: "Review", load: () => import("./review.js") },
  { id: "models", name: "Models", load: () => import("./models.js") },
  { id: "try", name: "Try it", load: () => import("./try.js") },
  { id: "evaluate", name: "Evaluate", load: () => import("./evaluate.js") },
];
