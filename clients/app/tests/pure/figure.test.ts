import { calculateShown, dayAt } from "../../src/figure";
import type { Shown } from "../../src/figure";
import { addEntry, emptyBox } from "../../src/outbox";
import type { Today, Values } from "../../src/outbox";

/** The contract's first example: 1700.00 for nine days, 22 to 30 November. */
const today: Today = {
  id: 1,
  date: "2026-11-22",
  currency: "EUR",
  amount: "188.88",
  remaining_amount: "188.88",
  spent: "0.00",
  left: "1700.00",
  tomorrow: "212.50",
  status: "ok",
  shortfall: "0.00",
  revision: "1",
  day_ends_at: "2026-11-22T23:00:00Z",
  weights_ahead: [1, 1, 1, 1, 1, 1, 1, 1],
  period: { start: "2026-11-01", end: "2026-12-01", days: 30, days_left: 9 },
};
const figure = { seq: 1, at: 0, today };
const purchase = (values: Partial<Values>): Values => ({
  date: "2026-11-22",
  amount: "100.00",
  currency: "EUR",
  kind: "spend",
  category: "",
  description: "",
  expense: null,
  income: null,
  occurrence: null,
  ...values,
});
const waiting = (...values: Partial<Values>[]) =>
  values.reduce((box, one, index) => addEntry(box, `c${index}`, purchase(one), 0), emptyBox).entries;
const show = (entries = waiting(), options: Partial<Parameters<typeof calculateShown>[2]> = {}) =>
  calculateShown(figure, entries, { day: "2026-11-22", rates: {}, ...options }) as Shown;

test("what waits is taken off, and tomorrow follows by the sentence on the weights", () => {
  const shown = show(waiting({}));
  expect([shown.remaining, shown.spent, shown.left, shown.tomorrow]).toEqual(["88.88", "100.00", "1600.00", "200.00"]);
  expect(shown.isTomorrowEstimated).toBe(true);
});

test("untouched, everything is as the server said", () => {
  const shown = show();
  expect([shown.remaining, shown.tomorrow, shown.isTomorrowEstimated]).toEqual(["188.88", "212.50", false]);
});

test("a refund is added, and what is typed counts like what waits", () => {
  expect(show(waiting({ kind: "refund", amount: "10.00" })).remaining).toBe("198.88");
  expect(show(waiting(), { typing: purchase({ amount: "8.88" }) }).remaining).toBe("180.00");
});

test("other days and bills stand below", () => {
  const shown = show(waiting({ date: "2026-11-20" }, { kind: "bill" }, { kind: "income" }));
  expect(shown.remaining).toBe("188.88");
  expect(shown.below).toEqual(["c0", "c1", "c2"]);
});

test("a currency with a rate is taken at it and marked; one without stands below", () => {
  const shown = show(waiting({ currency: "USD", amount: "10.00" }, { currency: "XAU" }), { rates: { USD: "0.9137" } });
  expect([shown.remaining, shown.isApproximate, shown.below]).toEqual(["179.74", true, ["c1"]]);
});

test("after an offline midnight the day is estimated from what is left", () => {
  const shown = show(waiting({}, { date: "2026-11-23", amount: "20.00" }), { day: "2026-11-23" });
  // (1700 - 100) / 8 = 200, less the 20 of that day.
  expect([shown.amount, shown.remaining, shown.isEstimated, shown.daysLeft]).toEqual(["200.00", "180.00", true, 8]);
});

test("past the payday there is no figure", () => {
  expect(show(waiting(), { day: "2026-12-01" })).toEqual({ type: "past_payday", payday: "2026-12-01" });
});

test("equal parts where only zeros are left, nothing where nothing is left", () => {
  const zeros = { ...figure, today: { ...today, weights_ahead: [0, 0, 0, 0] } };
  const shown = calculateShown(zeros, waiting({}), { day: "2026-11-22", rates: {} }) as Shown;
  expect(shown.tomorrow).toBe("400.00");
  expect(show(waiting({ amount: "1800.00" })).tomorrow).toBe("0.00");
});

test("the day is the profile's, over midnight and with other calendars", () => {
  const instant = Date.parse("2026-11-22T23:30:00Z");
  expect(dayAt(instant, "Europe/Berlin")).toBe("2026-11-23");
  expect(dayAt(instant, "America/New_York")).toBe("2026-11-22");
  expect(dayAt(instant, "No/Where")).toBe("2026-11-22");
});
