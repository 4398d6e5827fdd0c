import { findChanges, findWays, newDraft, toBody, toDraft, toGoalBody, toGoalDraft } from "../../src/features/plan/form";
import type { PlanItem } from "../../src/features/plan/form";

const rent: PlanItem = {
  id: 7,
  name: "Rent",
  amount: "1000.00",
  currency: "EUR",
  frequency: "monthly",
  due_date: "2026-05-03",
  days: null,
  start_date: null,
  end_date: null,
  adjust: "none",
  next_occurrence: "2026-06-03",
  updated_at: "2026-05-01T08:00:00Z",
};

test("a form that is opened and saved changes nothing", () => {
  const changes = findChanges(rent as never, toBody("expense", toDraft("expense", rent), 2)!);
  expect(changes).toEqual({});
  expect(findWays(rent, changes)).toBe("nothing");
});

test("a form shows the stored anchor, not the next date", () => {
  expect(toDraft("expense", rent).date).toBe("2026-05-03");
});

test("another amount may hold from a date on or always; another name is no such question", () => {
  const draft = toDraft("expense", rent);
  const dearer = findChanges(rent as never, toBody("expense", { ...draft, amount: "1,050" }, 2)!);
  expect(dearer).toEqual({ amount: "1050.00" });
  expect(findWays(rent, dearer)).toBe("either");
  const renamed = findChanges(rent as never, toBody("expense", { ...draft, name: " Flat " }, 2)!);
  expect(renamed).toEqual({ name: "Flat" });
  expect(findWays(rent, renamed)).toBe("always");
});

test("what comes once, has no date to come, or gets a start is corrected as a whole", () => {
  expect(findWays({ ...rent, frequency: "once" }, { amount: "5.00" })).toBe("always");
  expect(findWays({ ...rent, next_occurrence: null }, { amount: "5.00" })).toBe("always");
  expect(findWays(rent, { amount: "5.00", start_date: "2026-05-01" })).toBe("always");
});

test("days of the month belong to twice a month alone, and left empty they are the server's to choose", () => {
  const draft = { ...newDraft("EUR", "2026-05-01"), amount: "10", days: ["1", "15"] as const };
  expect(toBody("income", draft, 2)).toEqual({
    name: "",
    amount: "10.00",
    currency: "EUR",
    frequency: "monthly",
    next_payment_date: "2026-05-01",
    start_date: null,
    end_date: null,
    adjust: "none",
  });
  expect(toBody("income", { ...draft, frequency: "semi-monthly" }, 2)).toMatchObject({ days: [1, 15] });
  expect(toBody("income", { ...draft, frequency: "semi-monthly", days: ["1", ""] }, 2)).not.toHaveProperty("days");
});

test("what comes daily knows no weekends, and no amount makes no body", () => {
  const draft = { ...newDraft("EUR", "2026-05-01"), amount: "10", frequency: "daily", adjust: "before" as const };
  expect(toBody("expense", draft, 2)).toMatchObject({ adjust: "none" });
  for (const amount of ["", "0", "-3"]) expect(toBody("expense", { ...draft, amount }, 2)).toBeNull();
});

test("a goal is a part of income or an amount by a day, never both", () => {
  const draft = toGoalDraft(null);
  expect(toGoalBody({ ...draft, percentage: "12,5" }, 2)).toEqual({
    name: "",
    percentage: "12.50",
    target_amount: null,
    target_date: null,
  });
  expect(toGoalBody({ ...draft, kind: "target", amount: "900", date: "2027-01-01" }, 2)).toEqual({
    name: "",
    percentage: null,
    target_amount: "900.00",
    target_date: "2027-01-01",
  });
  expect(toGoalBody(draft, 2)).toBeNull();
});
