/** The list of History as plain values: what is asked for, and how rows and what waits become days. */

import type { Entry, Row, Values } from "../../outbox";

export type Filters = {
  readonly search: string;
  readonly kind: "" | Values["kind"];
  readonly category: string;
  readonly after: string;
  readonly before: string;
};

export const noFilters: Filters = { search: "", kind: "", category: "", after: "", before: "" };

export const hasFilters = (filters: Filters): boolean =>
  filters.kind !== "" || filters.category !== "" || filters.after !== "" || filters.before !== "";

const DATE = /^\d{4}-\d{2}-\d{2}$/;
export const PAGE_SIZE = 50;

/** The path of the first page. A day that is not whole yet does not filter. */
export function pathOf(filters: Filters): string {
  const wanted: [string, string][] = [
    ["search", filters.search.trim()],
    ["kind", filters.kind],
    ["category", filters.category],
    ["date_after", DATE.test(filters.after) ? filters.after : ""],
    ["date_before", DATE.test(filters.before) ? filters.before : ""],
  ];
  const query = wanted.filter(([, value]) => value !== "").map(([name, value]) => `&${name}=${encodeURIComponent(value)}`);
  return `/api/transaction/?page_size=${PAGE_SIZE}${query.join("")}`;
}

/** The path of an address that the API gave: the host may be another one than the app talks to. */
export const toPath = (address: string | null): string | null => address?.replace(/^https?:\/\/[^/]+/, "") ?? null;

export type Line = { readonly row: Row; readonly entry: Entry | null; readonly values: Values };
export type Day = { readonly date: string; readonly lines: readonly Line[] };

/** Rows by day, newest day first, with what was said here since over them; what is being deleted is left out. */
export function groupByDay(rows: readonly Row[], entries: readonly Entry[]): Day[] {
  const days = new Map<string, Line[]>();
  for (const row of rows) {
    const entry = entries.find((one) => one.row?.id === row.id) ?? null;
    if (entry?.gone || (entry && entry.want === null && !entry.parked)) continue;
    const values = entry?.want ?? row.values;
    days.set(values.date, [...(days.get(values.date) ?? []), { row, entry, values }]);
  }
  return [...days.entries()]
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .map(([date, lines]) => ({ date, lines }));
}

/** The rows after what the outbox has sent: as it was answered, without what is gone. */
export function applySettled(rows: readonly Row[], entries: readonly Entry[]): readonly Row[] {
  const known = new Map(entries.flatMap((entry) => (entry.row ? [[entry.row.id, entry] as const] : [])));
  if (!rows.some((row) => known.has(row.id))) return rows;
  return rows.flatMap((row) => {
    const entry = known.get(row.id);
    if (!entry) return [row];
    return entry.gone ? [] : [entry.row!];
  });
}
