/** What the keypad holds: a sum such as `3.50+2`, in ASCII, typed key by key. */

import { add, compare, isZero, parseDecimal, subtract, toText, zero } from "./decimal";
import type { Decimal } from "./decimal";

const MOST_WHOLE_DIGITS = 12;
const MOST_TERMS = 20;
const DECIMAL_SIGNS = ".,٫";

/** The key for a typed character, or null: digits of any script the app knows, decimal signs, `+`, `-`. */
export function readKey(character: string): string | null {
  if (/^[0-9]$/.test(character)) return character;
  const code = character.length === 1 ? character.charCodeAt(0) : 0;
  // Arabic-Indic and its eastern form.
  if (code >= 0x660 && code <= 0x669) return String(code - 0x660);
  if (code >= 0x6f0 && code <= 0x6f9) return String(code - 0x6f0);
  if (character !== "" && DECIMAL_SIGNS.includes(character)) return ".";
  if (character === "+") return "+";
  if (character === "-" || character === "−") return "-";
  if (character === "Backspace") return "back";
  return null;
}

/** The sum after one more key; a key that makes no sense there changes nothing. */
export function press(sum: string, key: string, decimals: number): string {
  if (key === "back") return sum.slice(0, -1);
  const terms = sum.split(/[+-]/);
  const last = terms[terms.length - 1] ?? "";
  if (key === "+" || key === "-") {
    if (sum === "" || terms.length >= MOST_TERMS) return sum;
    if (last === "") return sum.slice(0, -1) + key;
    return (last.endsWith(".") ? sum.slice(0, -1) : sum) + key;
  }
  if (key === ".") {
    if (decimals === 0 || last.includes(".")) return sum;
    return sum + (last === "" ? "0." : ".");
  }
  if (!/^[0-9]$/.test(key)) return sum;
  const [whole = "", fraction] = last.split(".");
  if (fraction !== undefined) return fraction.length < decimals ? sum + key : sum;
  if (whole === "0") return sum.slice(0, -1) + key;
  return whole.length < MOST_WHOLE_DIGITS ? sum + key : sum;
}

/** What the sum comes to; an unfinished last term counts as far as it goes. */
export function evaluate(sum: string): Decimal {
  let total = zero;
  for (const match of sum.matchAll(/([+-]?)(\d+(?:\.\d+)?)/g)) {
    const term = parseDecimal(match[2]!);
    total = match[1] === "-" ? subtract(total, term) : add(total, term);
  }
  return total;
}

/** The amount to store, or null where the sum is no amount: 0, negative, or 10^12 and more. */
export function readAmount(sum: string, decimals: number): string | null {
  const total = evaluate(sum);
  if (isZero(total) || compare(total, zero) < 0 || compare(total, parseDecimal("999999999999.999")) > 0) return null;
  return toText(total, decimals);
}

/** The text of a field or a link, as the keypad takes it: "1.234,50" → "1234.50". Null where it is no amount. */
export function readTyped(text: string, decimals: number): string | null {
  const keys = [...text.trim()].filter((character) => !/[\s'’_]/.test(character)).map(readKey);
  if (keys.length === 0 || keys.some((key) => key === null || key === "back" || key === "+")) return null;
  let plain = keys.join("");
  const sign = plain.startsWith("-") ? "-" : "";
  plain = plain.slice(sign.length);
  if (plain.includes("-")) return null;
  const parts = plain.split(".");
  const fraction = parts.length > 1 ? parts[parts.length - 1]! : "";
  if (parts.length > 2 || (parts.length === 2 && fraction.length > decimals && fraction.length === 3)) {
    // Several signs, or three digits after one where the currency has fewer: they group thousands.
    const grouped = parts.slice(1, fraction.length === 3 ? undefined : -1).every((part) => part.length === 3);
    // Two kinds of signs: the last is the decimal sign.
    const isMixed = new Set([...text].filter((character) => DECIMAL_SIGNS.includes(character))).size > 1;
    if (!grouped || parts[0] === "" || (isMixed && fraction.length > decimals)) return null;
    plain = fraction.length === 3 ? parts.join("") : `${parts.slice(0, -1).join("")}.${fraction}`;
  }
  const match = /^(\d{0,12})(?:\.(\d*))?$/.exec(plain);
  if (!match || (match[1] === "" && !match[2]) || (match[2] ?? "").length > decimals) return null;
  return toText(parseDecimal(`${sign}${match[1] || "0"}${match[2] ? `.${match[2]}` : ""}`), decimals);
}
