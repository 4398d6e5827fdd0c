/** The picture of a pay period: into which parts its money goes, as whole thousandths of the bar. */

import { add, isNegative, parseDecimal, zero } from "../../money";
import type { Decimal } from "../../money";

export type Part = { readonly what: "bills" | "savings" | "spent" | "left"; readonly amount: string; readonly share: number };

type Sums = {
  readonly expenses: string;
  readonly savings: string;
  readonly spent_before: string;
  readonly pool: string;
};

const positive = (text: string): Decimal => {
  const value = parseDecimal(text);
  return isNegative(value) ? zero : value;
};

/** `left`: what is there for this day and those to the next payday. Only the widths are computed here. */
export function makePicture(sums: Sums, left: string): Part[] {
  const parts = (
    [
      ["bills", sums.expenses],
      ["savings", sums.savings],
      ["spent", sums.spent_before],
      ["left", left],
    ] as const
  ).map(([what, amount]) => ({ what, amount, value: positive(amount) }));
  const total = parts.reduce((sum, { value }) => add(sum, value), zero);
  if (total.units === BigInt(0)) return [];
  const align = (value: Decimal) => value.units * BigInt(10) ** BigInt(total.scale - value.scale);
  return parts
    .map(({ what, amount, value }) => ({ what, amount, share: Number((align(value) * BigInt(1000)) / total.units) }))
    .filter(({ share }) => share > 0);
}
