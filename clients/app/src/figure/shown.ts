/**
 * The figure that is shown: the last answer of `today/` less what waits to be sent.
 *
 * This is all that the app computes by itself. What it cannot know exactly it marks: `isApproximate` (a currency
 * at the cached rate), `isEstimated` (a day after the one that the server answered for).
 */

import { add, compare, convert, negate, parseDecimal, shareDown, subtract, toText, zero } from "../money";
import type { Decimal } from "../money";
import { isSame } from "../outbox";
import type { Entry, Figure, Row, Values } from "../outbox";
import { daysBetween } from "./days";

/** Rates into the account's currency, by code; null where none is known. */
export type Rates = Readonly<Record<string, string | null | undefined>>;

export type Shown = {
  readonly day: string;
  readonly currency: string;
  readonly decimals: number;
  readonly remaining: string;
  readonly amount: string;
  readonly spent: string;
  /** What may still be spent until the next payday. */
  readonly left: string;
  /** Null where the next day begins a pay period that the app knows nothing of. */
  readonly tomorrow: string | null;
  readonly isTomorrowEstimated: boolean;
  readonly isApproximate: boolean;
  readonly isEstimated: boolean;
  readonly daysLeft: number;
  /** Keys of entries that are not in these amounts. */
  readonly below: readonly string[];
};

export type Problem = { readonly type: "no_figure" } | { readonly type: "past_payday"; readonly payday: string };

type Effect = { readonly date: string; readonly value: Decimal; readonly isApproximate: boolean };

/** What one version of an entry takes from its day. Null: it cannot be told, for want of a rate. */
function effectOf(values: Values | null, row: Row | null, rates: Rates, currency: string, decimals: number) {
  if (values === null || (values.kind !== "spend" && values.kind !== "refund")) return undefined;
  const sign = (value: Decimal) => (values.kind === "refund" ? negate(value) : value);
  const isConverted =
    row !== null &&
    row.values.amount === values.amount &&
    row.values.currency === values.currency &&
    row.values.date === values.date;
  if (isConverted) {
    return { date: values.date, value: sign(parseDecimal(row.baseAmount)), isApproximate: false };
  }
  if (values.currency === currency) {
    return { date: values.date, value: sign(parseDecimal(values.amount)), isApproximate: false };
  }
  const rate = rates[values.currency];
  if (!rate) return null;
  return { date: values.date, value: sign(convert(values.amount, rate, decimals)), isApproximate: true };
}

/** The version of an entry that the person means to hold: of a parked one what the server has. */
function meant(entry: Entry): Values | null {
  if (entry.gone) return null;
  return entry.parked ? (entry.row?.values ?? null) : entry.want;
}

/**
 * Work the shown figure out for `day`. Entries of other days, of the plan, parked ones and those without a rate
 * are listed in `below`, but for those that the figure holds as they are.
 */
export function calculateShown(
  figure: Figure | null,
  entries: readonly Entry[],
  options: { readonly day: string; readonly rates: Rates; readonly typing?: Values | null },
): Shown | Problem {
  if (figure === null) return { type: "no_figure" };
  const { today } = figure;
  const { currency } = today;
  const decimals = parseDecimal(today.amount).scale;
  // A device whose clock is behind stays on the day that the server answered for.
  const day = options.day > today.date ? options.day : today.date;
  if (day >= today.period.end) return { type: "past_payday", payday: today.period.end };

  const below: string[] = [];
  const effects: Effect[] = [];
  for (const entry of entries) {
    const after = effectOf(meant(entry), entry.row, options.rates, currency, decimals);
    const before = effectOf(entry.counted?.values ?? null, entry.counted, options.rates, currency, decimals);
    if (after !== null && before !== null) {
      if (after) effects.push(after);
      if (before) effects.push({ ...before, value: negate(before.value) });
    }
    const isInFigure = !entry.gone && isSame(entry.want, entry.counted?.values ?? null);
    const isTold = after !== null && before !== null && (after?.date === day || before?.date === day);
    if (entry.parked || (!isInFigure && !isTold)) below.push(entry.key);
  }
  if (options.typing) {
    const typed = effectOf(options.typing, null, options.rates, currency, decimals);
    if (typed) effects.push(typed);
  }

  const sum = (wanted: (effect: Effect) => boolean) =>
    effects.filter(wanted).reduce((total, effect) => add(total, effect.value), zero);
  const isPeriods = (effect: Effect) => effect.date >= today.period.start && effect.date < today.period.end;
  const onDay = sum((effect) => effect.date === day);
  const before = sum((effect) => isPeriods(effect) && effect.date < day);
  const isApproximate = effects.some((effect) => effect.isApproximate && isPeriods(effect) && effect.date <= day);

  const ahead = daysBetween(today.date, day);
  const left = subtract(subtract(parseDecimal(today.left), before), onDay);
  const amount =
    ahead === 0
      ? parseDecimal(today.amount)
      : shareOf(subtract(parseDecimal(today.left), before), today.weights_ahead.slice(ahead - 1), decimals);
  const spent = ahead === 0 ? add(parseDecimal(today.spent), onDay) : onDay;
  const remaining =
    ahead === 0 ? subtract(parseDecimal(today.remaining_amount), onDay) : subtract(amount, onDay);
  const weights = today.weights_ahead.slice(ahead);
  const isUntouched = ahead === 0 && effects.every((effect) => !isPeriods(effect) || effect.date > day);
  const tomorrow = isUntouched
    ? today.tomorrow
    : weights.length > 0
      ? toText(shareOf(left, weights, decimals), decimals)
      : null;

  return {
    day,
    currency,
    decimals,
    remaining: toText(remaining, decimals),
    amount: toText(amount, decimals),
    spent: toText(spent, decimals),
    left: toText(left, decimals),
    tomorrow,
    isTomorrowEstimated: !isUntouched && tomorrow !== null,
    isApproximate,
    isEstimated: ahead > 0,
    daysLeft: daysBetween(day, today.period.end),
    below,
  };
}

/** The first day's part of what is left, by weight, in equal parts where only zeros are left, rounded down. */
function shareOf(left: Decimal, weights: readonly number[], decimals: number): Decimal {
  if (compare(left, zero) <= 0) return { units: zero.units, scale: decimals };
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return shareDown(left, 1, Math.max(1, weights.length), decimals);
  return shareDown(left, weights[0] ?? 0, total, decimals);
}
