/** Incomes, bills and goals between what the API has and what a form holds. */

import { readTyped } from "../../money";

export const FREQUENCIES = [
  "monthly",
  "weekly",
  "bi-weekly",
  "semi-monthly",
  "four-weekly",
  "quarterly",
  "semi-annual",
  "annual",
  "daily",
  "once",
] as const;

export type ItemType = "income" | "expense";
export type Adjust = "none" | "before" | "after";

export type PlanItem = {
  readonly id: number;
  readonly name: string;
  readonly amount: string;
  readonly currency: string;
  readonly frequency: string;
  readonly next_payment_date?: string;
  readonly due_date?: string;
  readonly days: readonly number[] | null;
  readonly start_date: string | null;
  readonly end_date: string | null;
  readonly adjust: Adjust;
  readonly next_occurrence: string | null;
  readonly updated_at: string;
};

export type Goal = {
  readonly id: number;
  readonly name: string;
  readonly percentage: string | null;
  readonly target_amount: string | null;
  readonly target_date: string | null;
  readonly saved: string | null;
  readonly updated_at: string;
};

export type ItemDraft = {
  readonly name: string;
  readonly amount: string;
  readonly currency: string;
  readonly frequency: string;
  readonly date: string;
  readonly days: readonly [string, string];
  readonly start: string;
  readonly end: string;
  readonly adjust: Adjust;
};

export const dateField = (type: ItemType) => (type === "income" ? "next_payment_date" : "due_date");

export function newDraft(currency: string, date: string): ItemDraft {
  return { name: "", amount: "", currency, frequency: "monthly", date, days: ["", ""], start: "", end: "", adjust: "none" };
}

/** A form shows the stored anchor, not the next date. */
export function toDraft(type: ItemType, item: PlanItem): ItemDraft {
  return {
    name: item.name,
    amount: item.amount,
    currency: item.currency,
    frequency: item.frequency,
    date: item[dateField(type)] ?? "",
    days: [String(item.days?.[0] ?? ""), String(item.days?.[1] ?? "")],
    start: item.start_date ?? "",
    end: item.end_date ?? "",
    adjust: item.adjust,
  };
}

export type Body = Readonly<Record<string, unknown>>;

/** The body of a write; null while the amount is none. */
export function toBody(type: ItemType, draft: ItemDraft, decimals: number): Body | null {
  const amount = readTyped(draft.amount, decimals);
  if (amount === null || amount.startsWith("-") || !/[1-9]/.test(amount)) return null;
  const days = draft.days.map((day) => (/^\d{1,2}$/.test(day.trim()) ? Number(day) : null));
  const hasDays = draft.frequency === "semi-monthly" && days.every((day) => day !== null);
  return {
    name: draft.name.trim(),
    amount,
    currency: draft.currency.trim().toUpperCase(),
    frequency: draft.frequency,
    [dateField(type)]: draft.date,
    ...(hasDays ? { days } : {}),
    start_date: draft.start || null,
    end_date: draft.end || null,
    adjust: draft.frequency === "daily" ? "none" : draft.adjust,
  };
}

/** What of a body is other than the item has it. */
export function findChanges(item: Readonly<Record<string, unknown>>, body: Body): Body {
  return Object.fromEntries(Object.entries(body).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(item[name] ?? null)));
}

/** How a change may be stored: at once, or by the person's choice between "from a date on" and "always so". */
export function findWays(item: PlanItem, changes: Body): "nothing" | "always" | "either" {
  const names = Object.keys(changes);
  if (names.length === 0) return "nothing";
  const isLabel = names.every((name) => name === "name");
  // A start is said of the item as it is, and what comes once has no "from then on".
  const isOfTheWhole = names.includes("start_date") || item.frequency === "once" || item.next_occurrence === null;
  return isLabel || isOfTheWhole ? "always" : "either";
}

export type GoalDraft = { readonly name: string; readonly kind: "percentage" | "target"; readonly percentage: string; readonly amount: string; readonly date: string };

export function toGoalDraft(goal: Goal | null): GoalDraft {
  return {
    name: goal?.name ?? "",
    kind: goal?.target_amount ? "target" : "percentage",
    percentage: goal?.percentage ?? "",
    amount: goal?.target_amount ?? "",
    date: goal?.target_date ?? "",
  };
}

/** The body of a goal; null while its number is none. */
export function toGoalBody(draft: GoalDraft, decimals: number): Body | null {
  const isTarget = draft.kind === "target";
  const number = isTarget ? readTyped(draft.amount, decimals) : readTyped(draft.percentage, 2);
  if (number === null || number.startsWith("-") || !/[1-9]/.test(number)) return null;
  return {
    name: draft.name.trim(),
    percentage: isTarget ? null : number,
    target_amount: isTarget ? number : null,
    target_date: isTarget ? draft.date : null,
  };
}
