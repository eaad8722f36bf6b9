// Settings: how people's work is organised, one section for each thing that stands behind the inbox.
import { html } from "../inbox/lib.js";
import { Macros } from "./macros.js";
import { Promises } from "./promises.js";
import { Rules } from "./rules.js";
import { Survey } from "./survey.js";

export function Work(shared) {
  return html`<${Promises} ...${shared} /><${Survey} ...${shared} /><${Rules} ...${shared} /><${Macros} ...${shared} />`;
}
