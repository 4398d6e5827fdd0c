import { useEffect, useState, useSyncExternalStore } from "react";

import { live } from "../../api/live";
import type { Account } from "../../api/live";
import { now } from "../../api/clock";
import { calculateShown, dayAt } from "../../figure";
import type { Problem, Shown } from "../../figure";
import type { Values } from "../../outbox";
import { platform } from "../../platform";

export const useLive = () => useSyncExternalStore(live.subscribe, live.get, live.get);

/** The present day in the account's zone; screens follow it over midnight. */
export function useDay(account: Account): string {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 20_000);
    return () => clearInterval(timer);
  }, []);
  return readDay(account);
}

export function readDay(account: Account): string {
  const date = account.box.figure?.today.date ?? "";
  const zone = account.profile?.timezone;
  if (!zone) return date || dayAt(now(), "UTC");
  const day = dayAt(now(), zone);
  return day > date ? day : date;
}

export function ratesOf(account: Account): Record<string, string | null> {
  return Object.fromEntries(Object.entries(account.rates).map(([code, { rate }]) => [code, rate]));
}

export function showFigure(account: Account, day: string, typing: Values | null = null): Shown | Problem {
  return calculateShown(account.box.figure, account.box.entries, { day, rates: ratesOf(account), typing });
}

/** Whether amounts are hidden, on this device. */
export function useHidden(): [boolean, () => void] {
  const [isHidden, setHidden] = useState(() => platform.getFlag("hidden") === "1");
  return [
    isHidden,
    () => {
      platform.setFlag("hidden", isHidden ? null : "1");
      setHidden(!isHidden);
    },
  ];
}

/** The decimals of a currency: as the figure has them, else as the list says. */
export function decimalsOf(account: Account, currency: string): number {
  const today = account.box.figure?.today;
  if (today?.currency === currency) return (today.amount.split(".")[1] ?? "").length;
  return account.rates[currency]?.decimals ?? 2;
}
