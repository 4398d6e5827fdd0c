/**
 * What waits to be sent, and the last figure, as one value: every change of it is a pure function here.
 *
 * The figure and the entries are stored together, so that an entry leaves the sum that is taken off the figure
 * together with a figure that was asked for after the entry's own answer. `seq` orders what matters for that: each
 * sending, each answer and each question for a figure takes the next number.
 */

export type Kind = "spend" | "refund" | "bill" | "income";

/** What a person says about one transaction. Nothing is left to the server's defaults. */
export type Values = {
  readonly date: string;
  readonly amount: string;
  readonly currency: string;
  readonly kind: Kind;
  readonly category: string;
  readonly description: string;
  readonly expense: number | null;
  readonly income: number | null;
  readonly occurrence: string | null;
};

/** A transaction as the server last showed it. `baseAmount` is in the account's currency. */
export type Row = {
  readonly id: number;
  readonly updatedAt: string;
  readonly values: Values;
  readonly baseAmount: string;
  /** The key under which it was made, here or on another device. */
  readonly clientId?: string | null;
};

/** Why an entry is not sent any more, for the person to mend. `theirs`: what the row holds meanwhile. */
export type Parked = {
  readonly status: number;
  readonly code: string;
  readonly messages: readonly string[];
  readonly theirs: Row | null;
};

export type Attempt = {
  readonly what: "create" | "change" | "delete";
  readonly values: Values | null;
  /** Whether an earlier sending was already without an answer. */
  readonly wasInDoubt: boolean;
};

export type Entry = {
  /** The `client_id` of what was made here; `row-<id>` for a row that the server had already. */
  readonly key: string;
  /** What the person wants it to be; null: deleted. */
  readonly want: Values | null;
  /** The body of its creation, frozen when it was first sent. */
  readonly sent: Values | null;
  /** The row as last answered; null: none is known. */
  readonly row: Row | null;
  /** What the figure that is shown holds of it; null: nothing. */
  readonly counted: Row | null;
  /** The last sending that has no answer yet. */
  readonly attempt: Attempt | null;
  /** Whether the server may have acted without our knowing. */
  readonly inDoubt: boolean;
  /** The changes that were sent since the last answer: the row may hold any of them. */
  readonly tried: readonly Values[];
  /** The number of its last answer. */
  readonly answered: number | null;
  /** The row is no more. */
  readonly gone: boolean;
  readonly parked: Parked | null;
  /** Not sent before this instant (milliseconds): the time to undo a deletion, or to wait after a failure. */
  readonly notBefore: number;
  readonly failures: number;
  readonly madeAt: number;
};

/** What `allowance/today/` answers, as far as the app uses it. */
export type Today = {
  readonly id: number;
  readonly date: string;
  readonly currency: string;
  readonly amount: string;
  readonly remaining_amount: string;
  readonly spent: string;
  readonly left: string;
  readonly tomorrow: string;
  readonly status: "ok" | "overspent" | "shortfall" | "no_income";
  readonly shortfall: string;
  readonly revision: string;
  readonly day_ends_at: string;
  readonly weights_ahead: readonly number[];
  readonly period: {
    readonly start: string;
    readonly end: string;
    readonly days: number;
    readonly days_left: number;
  };
};

export type Figure = { readonly seq: number; readonly at: number; readonly today: Today };

export type Box = {
  readonly seq: number;
  readonly figure: Figure | null;
  readonly entries: readonly Entry[];
};

export const emptyBox: Box = { seq: 0, figure: null, entries: [] };

/** How long a deletion may be undone, in milliseconds. */
export const UNDO_MS = 6000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

export function isSame(a: Values | null, b: Values | null): boolean {
  if (a === null || b === null) return a === b;
  return (Object.keys(a) as (keyof Values)[]).every((field) => a[field] === b[field]);
}

/** Whether the server has it as the person wants it; it is only kept until a figure holds it. */
export function isSettled(entry: Entry): boolean {
  if (entry.inDoubt || entry.parked) return false;
  if (entry.gone) return true;
  return entry.row !== null && isSame(entry.want, entry.row.values);
}

/** Whether it has still to be sent. */
export function isWaiting(entry: Entry): boolean {
  return !entry.parked && !isSettled(entry);
}

function replace(box: Box, key: string, change: (entry: Entry) => Entry | null): Box {
  const entries = box.entries.flatMap((entry) => {
    if (entry.key !== key) return [entry];
    const changed = change(entry);
    return changed === null ? [] : [changed];
  });
  return { ...box, entries };
}

export function findEntry(box: Box, key: string): Entry | undefined {
  return box.entries.find((entry) => entry.key === key);
}

// ---- What the person does ---------------------------------------------------------------------------

const fresh = {
  sent: null,
  row: null,
  counted: null,
  attempt: null,
  inDoubt: false,
  tried: [],
  answered: null,
  gone: false,
  parked: null,
  notBefore: 0,
  failures: 0,
} as const;

/** Store something new. The same key twice is one entry. */
export function addEntry(box: Box, key: string, values: Values, now: number): Box {
  if (findEntry(box, key)) return box;
  return { ...box, entries: [...box.entries, { ...fresh, key, want: values, madeAt: now }] };
}

export function keyOf(row: Row): string {
  return `row-${row.id}`;
}

/** The entry of a row that the server has, to change or delete it; the figure is taken to hold the row. */
export function adoptRow(box: Box, row: Row, now: number): [Box, string] {
  const known = box.entries.find((entry) => entry.row?.id === row.id);
  if (known) return [box, known.key];
  const entry = { ...fresh, key: keyOf(row), want: row.values, row, counted: row, madeAt: now };
  return [{ ...box, entries: [...box.entries, entry] }, entry.key];
}

/** Whether it may still be changed: not once its deletion is on its way. */
export function isChangeable(entry: Entry): boolean {
  return !entry.gone && entry.attempt?.what !== "delete";
}

/** Say what an entry shall be. One that is parked is sent again; one that is being deleted stays as it is. */
export function changeEntry(box: Box, key: string, values: Values, now: number): Box {
  return replace(box, key, (entry) =>
    isChangeable(entry) ? { ...entry, want: values, parked: null, notBefore: now, failures: 0 } : entry,
  );
}

/** Delete: after `holdMs`, during which `changeEntry` takes it back. What was never sent simply goes. */
export function deleteEntry(box: Box, key: string, now: number, holdMs: number = 0): Box {
  return replace(box, key, (entry) => {
    if (entry.gone) return entry;
    return { ...entry, want: null, parked: null, notBefore: now + holdMs, failures: 0 };
  });
}

/** Give up a parked entry: the row stays as the server has it. */
export function discardParked(box: Box, key: string): Box {
  return replace(box, key, (entry) => {
    if (!entry.parked) return entry;
    if (entry.row === null) return null;
    const row = entry.parked.theirs ?? entry.row;
    return { ...entry, want: row.values, row, parked: null };
  });
}

/** After a conflict: what the person wants goes over what the row holds meanwhile. */
export function insist(box: Box, key: string, now: number): Box {
  return replace(box, key, (entry) => {
    if (!entry.parked) return entry;
    return { ...entry, row: entry.parked.theirs ?? entry.row, parked: null, notBefore: now, failures: 0 };
  });
}

// ---- Sending -----------------------------------------------------------------------------------------

export type Sending =
  | { readonly key: string; readonly what: "create"; readonly values: Values }
  | { readonly key: string; readonly what: "change"; readonly values: Values; readonly row: Row }
  | { readonly key: string; readonly what: "delete"; readonly row: Row };

export type Next =
  | { readonly type: "send"; readonly sending: Sending }
  | { readonly type: "wait"; readonly until: number }
  | { readonly type: "nothing" };

function planSending(entry: Entry): Sending | null {
  if (entry.row === null) {
    const values = entry.sent ?? entry.want;
    return values === null ? null : { key: entry.key, what: "create", values };
  }
  if (entry.want === null) return { key: entry.key, what: "delete", row: entry.row };
  return { key: entry.key, what: "change", values: entry.want, row: entry.row };
}

/** The oldest entry that may be sent now. Entries are about different rows: none waits for another. */
export function findNext(box: Box, now: number): Next {
  let until = Infinity;
  for (const entry of box.entries) {
    if (!isWaiting(entry)) continue;
    const sending = planSending(entry);
    if (sending === null) continue;
    if (entry.notBefore <= now) return { type: "send", sending };
    until = Math.min(until, entry.notBefore);
  }
  return until === Infinity ? { type: "nothing" } : { type: "wait", until };
}

/** Record that it is being sent, before it is: from here on the server may have acted. The caller holds the lock of senders: there is one at a time. */
export function beginSending(box: Box, sending: Sending): Box {
  const seq = box.seq + 1;
  const changed = replace(box, sending.key, (entry) => ({
    ...entry,
    sent: sending.what === "create" ? sending.values : entry.sent,
    tried: sending.what === "change" ? [...entry.tried, sending.values] : entry.tried,
    attempt: {
      what: sending.what,
      values: sending.what === "delete" ? null : sending.values,
      wasInDoubt: entry.inDoubt,
    },
    inDoubt: true,
  }));
  return { ...changed, seq };
}

export type Outcome =
  /** No answer, or one that does not tell whether it was done. */
  | { readonly type: "unknown"; readonly retryMs?: number }
  /** Surely not done this time: to be sent again. */
  | { readonly type: "later"; readonly retryMs: number }
  | { readonly type: "row"; readonly row: Row }
  | { readonly type: "gone" }
  /** The row is another than the one that was last answered (412). */
  | { readonly type: "conflict"; readonly theirs: Row }
  | { readonly type: "refused"; readonly parked: Parked };

/** Record how a sending ended. */
export function finishSending(box: Box, key: string, outcome: Outcome, now: number): Box {
  const entry = findEntry(box, key);
  if (!entry?.attempt) return box;
  const attempt = entry.attempt;
  const backOff = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(entry.failures, 10));
  if (outcome.type === "unknown" || outcome.type === "later") {
    const inDoubt = outcome.type === "unknown" || attempt.wasInDoubt;
    const notBefore = Math.max(entry.notBefore, now + (outcome.retryMs ?? backOff));
    return replace(box, key, () => ({
      ...entry,
      attempt: inDoubt ? attempt : null,
      inDoubt,
      tried: inDoubt ? entry.tried : [],
      notBefore,
      failures: entry.failures + 1,
    }));
  }
  const seq = box.seq + 1;
  const answered = { attempt: null, inDoubt: false, tried: [], answered: seq, failures: 0 };
  const changed = replace(box, key, (): Entry => {
    if (outcome.type === "conflict") {
      const { theirs } = outcome;
      // An earlier sending of ours whose answer was lost: no conflict, and what is wanted now still follows.
      if (entry.tried.some((values) => isSame(values, theirs.values))) {
        return { ...entry, ...answered, row: theirs };
      }
      const parked = { status: 412, code: "changed_meanwhile", messages: [], theirs };
      return { ...entry, ...answered, parked };
    }
    if (outcome.type === "gone") return { ...entry, ...answered, row: null, want: null, gone: true };
    if (outcome.type === "refused") {
      // Nothing was stored, so what is sent next need not be the same.
      return { ...entry, ...answered, sent: entry.row ? entry.sent : null, parked: outcome.parked };
    }
    // What was changed while it was on its way follows as a change of its own.
    const want = isSame(entry.want, attempt.values) ? outcome.row.values : entry.want;
    return { ...entry, ...answered, row: outcome.row, want };
  });
  return dropUnsent({ ...changed, seq }, now);
}

/** Whether it was deleted before anything of it reached the server, and the time to take that back is over. */
function isDropped(entry: Entry, now: number): boolean {
  return entry.want === null && entry.row === null && entry.sent === null && !entry.gone && entry.notBefore <= now;
}

export function dropUnsent(box: Box, now: number): Box {
  const entries = box.entries.filter((entry) => !isDropped(entry, now));
  return entries.length === box.entries.length ? box : { ...box, entries };
}

// ---- The figure --------------------------------------------------------------------------------------

/** Take a number for a question that is about to be asked. */
export function beginFigure(box: Box): [Box, number] {
  const seq = box.seq + 1;
  return [{ ...box, seq }, seq];
}

/** Whether a sending is without its answer: no figure would tell whether it holds it. */
export function isInDoubt(box: Box): boolean {
  return box.entries.some((entry) => entry.inDoubt);
}

/**
 * Take over a figure that was asked for at `seq`. The same box where it may not be shown: one that was asked for
 * before the one that is there, or while something was on its way.
 */
export function acceptFigure(box: Box, seq: number, today: Today, now: number): Box {
  if (box.figure && box.figure.seq > seq) return box;
  const isUnclear = box.entries.some((entry) => entry.inDoubt || (entry.answered !== null && entry.answered > seq));
  if (isUnclear) return box;
  const entries = box.entries
    .filter((entry) => !isSettled(entry) && !isDropped(entry, now))
    .map((entry) => (entry.counted === entry.row ? entry : { ...entry, counted: entry.row }));
  return { ...box, figure: { seq, at: now, today }, entries };
}

/** The same figure still holds (304): it is as new as the question was, where it may be shown at all. */
export function confirmFigure(box: Box, seq: number, now: number): Box {
  return box.figure ? acceptFigure(box, seq, box.figure.today, now) : box;
}
