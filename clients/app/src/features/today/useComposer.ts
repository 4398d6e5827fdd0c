import { useCallback, useEffect, useMemo, useState } from "react";

import type { Account } from "../../api/live";
import { press, readAmount } from "../../money";
import type { Kind, Values } from "../../outbox";
import { platform } from "../../platform";
import { decimalsOf } from "./useToday";

export type Draft = {
  readonly sum: string;
  readonly category: string;
  readonly description: string;
  readonly kind: Kind;
  /** The day at the first digit; null: none is typed. */
  readonly date: string | null;
  readonly currency: string;
  /** The line that is being changed, as it was. */
  readonly editing: { readonly id: string; readonly before: Values } | null;
};

export const emptyDraft = (currency: string): Draft => ({
  sum: "",
  category: "",
  description: "",
  kind: "spend",
  date: null,
  currency,
  editing: null,
});

function readStored(user: number): Draft | null {
  try {
    const stored = JSON.parse(platform.getFlag(`draft.${user}`) ?? "null") as Draft | null;
    return stored && typeof stored.sum === "string" ? stored : null;
  } catch {
    return null;
  }
}

/** What is being typed: it survives a reload, and keeps the day on which it was begun. */
export function useComposer(account: Account, day: string, home: string) {
  const trip = platform.getFlag("trip") ?? home;
  const [draft, setDraft] = useState<Draft>(() => readStored(account.user) ?? emptyDraft(trip));
  const currency = draft.currency || trip;
  const decimals = decimalsOf(account, currency);

  useEffect(() => {
    const isEmpty = draft.sum === "" && draft.editing === null && draft.description === "";
    platform.setFlag(`draft.${account.user}`, isEmpty ? null : JSON.stringify(draft));
  }, [draft, account.user]);

  const type = useCallback(
    (key: string) =>
      setDraft((before) => {
        const sum = press(before.sum, key, decimals);
        const isBegun = before.date === null && sum !== "";
        // An empty keypad has no day, but for one that was chosen for an entry.
        const isCleared = sum === "" && before.editing === null && before.sum !== "";
        return { ...before, sum, date: isBegun ? day : isCleared ? null : before.date };
      }),
    [decimals, day],
  );

  const amount = useMemo(() => readAmount(draft.sum, decimals), [draft.sum, decimals]);
  const values: Values | null = useMemo(
    () =>
      amount === null
        ? null
        : {
            date: draft.date ?? day,
            amount,
            currency,
            kind: draft.kind,
            category: draft.category.trim(),
            description: draft.description.trim(),
            expense: draft.editing?.before.expense ?? null,
            income: draft.editing?.before.income ?? null,
            occurrence: draft.editing?.before.occurrence ?? null,
          },
    [amount, draft, day, currency],
  );

  const clear = useCallback(() => setDraft(emptyDraft(platform.getFlag("trip") ?? home)), [home]);
  return { draft, setDraft, type, values, decimals, currency, clear };
}

export type Composer = ReturnType<typeof useComposer>;
