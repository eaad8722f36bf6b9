// Numbers out of a file, and what was filled into a template.

const MOST = 10_000;
const NUMBER = /^\+?[\d\s().\-/]{7,25}$/;
const DIGITS = 7;

/** The numbers in a list or a CSV file: the first cell of each line that looks like one. */
export function numbersIn(text) {
  const found = text.split(/\r?\n/).map((line) => line.split(/[,;\t]/).map((cell) => cell.trim().replace(/^["']+|["']+$/g, "")).find((cell) => NUMBER.test(cell) && cell.replace(/\D/g, "").length >= DIGITS));
  return found.filter(Boolean).slice(0, MOST);
}

/** By the keys of `fieldsOf`, what a template was filled with. */
export function valuesIn(form, { components }) {
  const values = {};
  for (const { type, index, parameters = [] } of components) {
    parameters.forEach((one, i) => {
      if (type === "button") values[`button:${index}`] = one.text ?? one.coupon_code ?? "";
      else if (one.type === "text") values[`${type}:${one.parameter_name ?? placeAt(form, type, i)}`] = one.text ?? "";
      else values["header:file"] = one[one.type]?.link ?? "";
    });
  }
  return values;
}

function placeAt(form, type, i) {
  const text = form.components.find((one) => one.type.toLowerCase() === type)?.text ?? "";
  return [...new Set([...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map((found) => found[1]))][i] ?? String(i + 1);
}
