import { useCallback, useEffect, useRef, useState } from "react";

import { call } from "../../api/call";
import type { Account } from "../../api/live";
import { toRow } from "../../api/transactions";
import type { Row } from "../../outbox";
import { applySettled, toPath } from "./list";

export type DaySums = { date: string; currency: string; amount: string; spent: string; remaining_amount: string };

type Loaded = {
  readonly path: string;
  readonly rows: readonly Row[];
  readonly days: Readonly<Record<string, DaySums>>;
  readonly next: string | null;
};

type RowsPage = { results: unknown[]; next: string | null };

async function readPage(path: string): Promise<{ rows: Row[]; days: Record<string, DaySums>; next: string | null } | null> {
  const reply = await call<RowsPage>("get", path);
  if (reply.type !== "data") return null;
  const rows = reply.data.results.map(toRow);
  const dates = rows.map((row) => row.values.date).sort();
  const days: Record<string, DaySums> = {};
  if (dates.length > 0) {
    const range = `date_after=${dates[0]}&date_before=${dates[dates.length - 1]}`;
    const sums = await call<{ results: DaySums[] }>("get", `/api/allowance/?page_size=200&${range}`);
    if (sums.type === "data") for (const one of sums.data.results) days[one.date] = one;
  }
  return { rows, days, next: toPath(reply.data.next) };
}

/** The transactions of a path, page after page; as many pages again once something has changed. */
export function useList(account: Account, path: string) {
  const revision = account.box.figure?.today.revision ?? "";
  const { entries } = account.box;
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const [tries, setTries] = useState(0);
  const turn = useRef(0);
  const isBusy = useRef(false);
  const wanted = useRef({ path, count: 0 });

  useEffect(() => {
    const mine = ++turn.current;
    isBusy.current = true;
    if (wanted.current.path !== path) wanted.current = { path, count: 0 };
    void (async () => {
      let whole: Loaded = { path, rows: [], days: {}, next: path };
      do {
        const page: Awaited<ReturnType<typeof readPage>> = await readPage(whole.next!);
        if (turn.current !== mine) return;
        if (!page) {
          setFailed(true);
          isBusy.current = false;
          return;
        }
        whole = { path, rows: [...whole.rows, ...page.rows], days: { ...whole.days, ...page.days }, next: page.next };
      } while (whole.next !== null && whole.rows.length < wanted.current.count);
      isBusy.current = false;
      setFailed(false);
      setLoaded(whole);
    })();
  }, [path, revision, tries]);

  const more = useCallback(() => {
    if (isBusy.current || !loaded?.next || loaded.path !== path) return;
    const mine = ++turn.current;
    isBusy.current = true;
    void readPage(loaded.next).then((page) => {
      if (turn.current !== mine) return;
      isBusy.current = false;
      setFailed(page === null);
      if (!page) return;
      wanted.current = { path, count: loaded.rows.length + page.rows.length };
      setLoaded({ path, rows: [...loaded.rows, ...page.rows], days: { ...loaded.days, ...page.days }, next: page.next });
    });
  }, [loaded, path]);

  // What was sent from here is known before the list is read anew.
  const [before, setBefore] = useState(entries);
  if (before !== entries) {
    setBefore(entries);
    if (loaded) {
      const rows = applySettled(loaded.rows, entries);
      if (rows !== loaded.rows) setLoaded({ ...loaded, rows });
    }
  }

  return {
    loaded: loaded?.path === path ? loaded : null,
    hasFailed,
    more,
    retry: () => setTries((count) => count + 1),
  };
}
