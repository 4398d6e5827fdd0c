import { applySettled, groupByDay, noFilters, pathOf, toPath } from "../../src/features/history/list";
import { addEntry, adoptRow, changeEntry, deleteEntry, emptyBox } from "../../src/outbox";
import type { Row, Values } from "../../src/outbox";

const values: Values = {
  date: "2026-05-02",
  amount: "4.50",
  currency: "EUR",
  kind: "spend",
  category: "Coffee",
  description: "",
  expense: null,
  income: null,
  occurrence: null,
};
const row = (id: number, date = "2026-05-02"): Row => ({
  id,
  updatedAt: "2026-05-02T10:00:00Z",
  baseAmount: "4.50",
  clientId: null,
  values: { ...values, date },
});

test("the path of a list says what is filtered for, and leaves half a day out", () => {
  expect(pathOf(noFilters)).toBe("/api/transaction/?page_size=50");
  expect(pathOf({ search: " a&b ", kind: "refund", category: "Eating out", after: "2026-05-01", before: "2026-05" })).toBe(
    "/api/transaction/?page_size=50&search=a%26b&kind=refund&category=Eating%20out&date_after=2026-05-01",
  );
});

test("the next page is asked of the host that the app talks to", () => {
  expect(toPath("http://inner:8000/api/transaction/?cursor=bnw%3D&page_size=50")).toBe("/api/transaction/?cursor=bnw%3D&page_size=50");
  expect(toPath(null)).toBeNull();
});

test("days stand newest first, each with its lines in the order of the list", () => {
  const days = groupByDay([row(3, "2026-05-03"), row(2), row(1)], []);
  expect(days.map((day) => [day.date, day.lines.map((line) => line.row.id)])).toEqual([
    ["2026-05-03", [3]],
    ["2026-05-02", [2, 1]],
  ]);
});

test("a change that waits moves its line, a deletion that waits takes it out", () => {
  const rows = [row(2), row(1)];
  const [adopted, first] = adoptRow(emptyBox, rows[0]!, 0);
  const moved = changeEntry(adopted, first, { ...values, date: "2026-05-01", amount: "5.00" }, 0);
  const [both, second] = adoptRow(moved, rows[1]!, 0);
  expect(groupByDay(rows, moved.entries).map((day) => [day.date, day.lines.map((line) => line.values.amount)])).toEqual([
    ["2026-05-02", ["4.50"]],
    ["2026-05-01", ["5.00"]],
  ]);
  expect(groupByDay(rows, deleteEntry(both, second, 0).entries).map((day) => day.date)).toEqual(["2026-05-01"]);
});

test("what was answered replaces the row, and what is gone leaves the list", () => {
  const rows = [row(2), row(1)];
  const [box, key] = adoptRow(emptyBox, { ...rows[0]!, updatedAt: "later" }, 0);
  expect(applySettled(rows, box.entries).map((one) => one.updatedAt)).toEqual(["later", "2026-05-02T10:00:00Z"]);
  const gone = box.entries.map((entry) => ({ ...entry, gone: entry.key === key }));
  expect(applySettled(rows, gone).map((one) => one.id)).toEqual([1]);
  // Entries of other rows change nothing.
  expect(applySettled(rows, addEntry(emptyBox, "new", values, 0).entries)).toBe(rows);
});
