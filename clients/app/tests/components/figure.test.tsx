import { render, screen } from "@testing-library/react-native";

import type { State } from "../../src/api/live";
import { FigureBlock } from "../../src/features/today/FigureBlock";
import type { Problem, Shown } from "../../src/figure";
import type { Today } from "../../src/outbox";

jest.mock("expo-crypto", () => ({ randomUUID: () => "00000000-0000-4000-8000-000000000000" }));
jest.mock("@react-native-async-storage/async-storage", () =>
  jest.requireActual("@react-native-async-storage/async-storage/jest/async-storage-mock"),
);

const shown: Shown = {
  day: "2026-11-22",
  currency: "EUR",
  decimals: 2,
  remaining: "-20.00",
  amount: "188.88",
  spent: "208.88",
  left: "1491.12",
  tomorrow: "186.39",
  isTomorrowEstimated: true,
  isApproximate: false,
  isEstimated: false,
  daysLeft: 9,
  below: [],
};
const today = { status: "ok", shortfall: "0.00", period: { start: "2026-11-01", end: "2026-12-01", days: 30, days_left: 9 } } as unknown as Today;
const state = { status: "in", account: null, isOnline: true, isUnreachable: false, notice: null, activateUpdate: null } as State;
const show = (what: Shown | Problem, isHidden = false) =>
  render(<FigureBlock shown={what} today={today} state={state} isHidden={isHidden} onToggle={() => undefined} onCorrect={() => undefined} />);

test("overspending is said with what it does to tomorrow", () => {
  show(shown);
  expect(screen.getByText(/€20.00 over for today.*tomorrow €186.39/)).toBeTruthy();
  expect(screen.getByText("Tomorrow ≈ €186.39 · 9 days to payday")).toBeTruthy();
});

test("hidden, no amount stands on the page", () => {
  const page = show({ ...shown, remaining: "168.88" }, true);
  expect(JSON.stringify(page.toJSON())).not.toMatch(/€/);
});

test("past the payday the way to the figure is told", () => {
  show({ type: "past_payday", payday: "2026-12-01" });
  expect(screen.getByText("A new pay period has begun. Connect to see it.")).toBeTruthy();
});
