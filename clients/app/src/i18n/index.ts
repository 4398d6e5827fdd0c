/** Words, numbers and dates in the person's language. */

import { parseDecimal } from "../money";
import { en } from "./en";
import type { MessageKey } from "./en";

export type { MessageKey } from "./en";

type Forms = { readonly one?: string; readonly two?: string; readonly few?: string; readonly many?: string; readonly other: string };

const RTL = ["ar", "fa", "he", "ur"];
const catalogues: Record<string, Record<string, string | Forms>> = { en };

let locale = "en";
let language = "en";

/** Use the first language that there are words for; its region stays, for numbers and dates. */
export function chooseLanguage(wanted: readonly string[]): void {
  for (const tag of wanted) {
    const found = tag.toLowerCase().split("-")[0] ?? "";
    if (catalogues[found]) {
      language = found;
      // A language without a region: numbers and dates as the device writes them.
      const regional = [tag, ...wanted].find((one) => one.toLowerCase().startsWith(`${found}-`) && isKnown(one));
      locale = regional ?? found;
      return;
    }
  }
}

function isKnown(tag: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

export const getLocale = () => locale;
export const isRightToLeft = () => RTL.includes(language);

function choosePlural(forms: Forms, n: number): string {
  // Hermes has no PluralRules; English needs none.
  const rules = typeof Intl.PluralRules === "function" ? new Intl.PluralRules(language) : null;
  const form = rules ? rules.select(n) : n === 1 ? "one" : "other";
  return forms[form as keyof Forms] ?? forms.other;
}

export function t(key: MessageKey, values: Readonly<Record<string, string | number>> = {}): string {
  const message: string | Forms = catalogues[language]?.[key] ?? en[key];
  const text = typeof message === "string" ? message : choosePlural(message, Number(values["n"] ?? 0));
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

const formats = new Map<string, Intl.NumberFormat>();

/** An amount as people write it. The text keeps its decimals: "12.50" in EUR is €12.50. */
export function formatMoney(amount: string, currency: string, options: { sign?: boolean } = {}): string {
  const { scale } = parseDecimal(amount);
  const key = `${locale}/${currency}/${scale}/${options.sign}`;
  let format = formats.get(key);
  if (!format) {
    const digits = { minimumFractionDigits: scale, maximumFractionDigits: scale };
    const sign = options.sign ? ({ signDisplay: "exceptZero" } as const) : {};
    try {
      format = new Intl.NumberFormat(locale, { style: "currency", currency, ...digits, ...sign });
    } catch {
      format = new Intl.NumberFormat(locale, { ...digits, ...sign });
    }
    formats.set(key, format);
  }
  // The text itself: up to 15 digits are exact also where an engine makes a number of it.
  return format.format(amount as unknown as number);
}

/** The sign between whole and fraction. */
export function getDecimalSign(): string {
  const part = new Intl.NumberFormat(locale).formatToParts(1.5).find(({ type }) => type === "decimal");
  return part?.value ?? ".";
}

export function formatDay(day: string, style: "long" | "short" = "long"): string {
  const options: Intl.DateTimeFormatOptions =
    style === "long"
      ? { weekday: "long", day: "numeric", month: "long" }
      : { weekday: "short", day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
}

export function formatInstant(instant: number): string {
  return new Intl.DateTimeFormat(locale, { weekday: "short", hour: "numeric", minute: "2-digit" }).format(
    new Date(instant),
  );
}
