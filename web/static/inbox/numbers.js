// Phone numbers. Nothing is imported here: the rehearsal's page uses it too, without the inbox's libraries.

/** A phone number in groups, as the eye reads it; anything else as it is. */
export function address(value) {
  if (!/^\+\d{7,15}$/.test(value ?? "")) return value ?? "";
  const digits = value.slice(1);
  const code = /^(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/.exec(digits)?.[0] ?? digits.slice(0, 3);
  return `+${code} ${digits.slice(code.length).replace(/(\d{3})(?=\d{3})/g, "$1 ")}`;
}
