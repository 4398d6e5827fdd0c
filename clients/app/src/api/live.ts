/**
 * The account on this device: the last figure, what waits, and who is signed in. The one place that stores, sends
 * and asks; screens read `live.get()` and call what stands under "What the person does".
 */

import {
  acceptFigure,
  addEntry,
  adoptRow,
  beginFigure,
  beginSending,
  changeEntry,
  confirmFigure,
  deleteEntry,
  discardParked,
  dropUnsent,
  emptyBox,
  findEntry,
  findNext,
  finishSending,
  insist,
  isChangeable,
  isInDoubt,
  isWaiting,
  keyOf,
  UNDO_MS,
} from "../outbox";
import type { Box, Outcome, Row, Sending, Today, Values } from "../outbox";
import { platform } from "../platform";
import type { BootAnswer, SessionMode, Store } from "../platform";
import { api, open, readRefusal, watchSession } from "./client";
import { getOffset, learnTime, now, setOffset } from "./clock";
import { adoptBoot, begin, dropAccess, forget, getMode } from "./session";
import { readOutcome, toBody, toRow } from "./transactions";

export type Profile = {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly currency: string;
  readonly timezone: string;
  readonly language: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly holiday_calendar?: string;
  readonly leftover?: "forget" | "carry";
  readonly overspend?: "forgive" | "repay";
  readonly weekday_weights?: readonly number[];
  readonly updated_at?: string;
};

/** What is kept of an account between two visits. */
export type Account = {
  readonly user: number;
  readonly box: Box;
  readonly profile: Profile | null;
  readonly etag: string | null;
  readonly rows: { readonly day: string; readonly rows: readonly Row[] } | null;
  readonly categories: readonly string[];
  readonly rates: Readonly<Record<string, { readonly rate: string | null; readonly decimals: number }>>;
  readonly storedAt: number;
};

export type State = {
  /** `starting`: what is stored is not read yet. */
  readonly status: "starting" | "out" | "in";
  readonly account: Account | null;
  readonly isOnline: boolean;
  /** The last question for a figure had no answer. */
  readonly isUnreachable: boolean;
  /** Why somebody is on the first page who was not a moment ago. */
  readonly notice: "ended" | null;
  readonly activateUpdate: (() => void) | null;
};

const LONGEST_STORED_MS = 30 * 86_400_000;
const POLL_MS = 60_000;
const ASK_AGAIN_MS = 1500;

let state: State = {
  status: "starting",
  account: null,
  isOnline: true,
  isUnreachable: false,
  notice: null,
  activateUpdate: null,
};
let store: Store = platform.store("keep");
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;
let isPumping = false;
let isAsking = false;
let wantsFigure = false;
let vainQuestions = 0;

function set(change: Partial<State>): void {
  state = { ...state, ...change };
  listeners.forEach((listen) => listen());
}

const nameOf = (user: number) => `account/${user}`;

const emptyAccount = (user: number): Account => ({
  user,
  box: emptyBox,
  profile: null,
  etag: null,
  rows: null,
  categories: [],
  rates: {},
  storedAt: Date.now(),
});

/** Change what is stored, and show it once it is on disk. */
async function update(change: (account: Account) => Account): Promise<Account | null> {
  const user = state.account?.user;
  if (user === undefined) return null;
  const account = await store.update<Account>(nameOf(user), (stored) => {
    const before = stored ?? state.account ?? emptyAccount(user);
    const after = change(before);
    return after === before ? before : { ...after, storedAt: Date.now() };
  });
  // Somebody may have signed out meanwhile.
  if (account && state.account?.user === user) {
    set({ account });
    writeGlance(account);
    platform.tellOthers(nameOf(user));
  }
  return account;
}

const updateBox = (change: (box: Box) => Box) =>
  update((account) => {
    const box = change(account.box);
    return box === account.box ? account : { ...account, box };
  });

// ---- The glance that boot.js paints -------------------------------------------------------------------

export type Glance = { label: string; number: string; note: string; hidden: boolean; locale: string };
let makeGlance: ((account: Account) => Glance | null) | null = null;

/** Say in which words the figure is painted at the next visit. */
export function setGlance(make: (account: Account) => Glance | null): void {
  makeGlance = make;
  if (state.account) writeGlance(state.account);
}

function writeGlance(account: Account): void {
  const mode = getMode();
  const { figure } = account.box;
  if (!mode || !figure) return;
  const glance = makeGlance?.(account);
  if (!glance) return;
  const value = {
    ...glance,
    user: account.user,
    day: figure.today.date,
    endsAt: Date.parse(figure.today.day_ends_at),
    clockOffset: getOffset(),
    seq: account.box.seq,
    waiting: account.box.entries.length,
  };
  platform.setFlag("glance", JSON.stringify(value), mode);
}

// ---- Sending ------------------------------------------------------------------------------------------

async function transmit(sending: Sending): Promise<Outcome> {
  try {
    if (sending.what === "create") {
      const body = toBody(sending.values, sending.key);
      const answer = await api.POST("/api/transaction/", { body: body as never });
      return readOutcome(answer.response, answer.data ?? answer.error);
    }
    const params = {
      path: { id: sending.row.id },
      header: { "If-Match": `"${sending.row.updatedAt}"` },
    };
    const answer =
      sending.what === "delete"
        ? await api.DELETE("/api/transaction/{id}/", { params: params as never })
        : await api.PATCH("/api/transaction/{id}/", {
            params: params as never,
            body: toBody(sending.values, null, sending.row.values) as never,
          });
    if (answer.response.status === 412) return await lookAtConflict(sending.row.id);
    return readOutcome(answer.response, (answer as { data?: unknown }).data ?? answer.error);
  } catch {
    return { type: "unknown" };
  }
}

async function lookAtConflict(id: number): Promise<Outcome> {
  const answer = await api.GET("/api/transaction/{id}/", { params: { path: { id } } as never });
  if (answer.response.status === 404) return { type: "gone" };
  return answer.data ? { type: "conflict", theirs: toRow(answer.data) } : { type: "unknown" };
}

function schedule(ms: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void pump(), Math.max(0, ms));
}

/** Send what waits, then ask for the figure; one at a time in all tabs. */
async function pump(): Promise<void> {
  if (isPumping || state.status !== "in" || !state.account) return;
  isPumping = true;
  try {
    const isReachable = platform.isOnline();
    set({ isOnline: isReachable });
    if (isReachable) {
      await tellLogout();
      await platform.underLock("outbox", sendAll);
      if (wantsFigure) await askFigure();
    }
  } finally {
    isPumping = false;
  }
  const { account } = state;
  if (!account || state.status !== "in") return;
  const next = findNext(account.box, Date.now());
  const soonest = next.type === "wait" ? next.until - Date.now() : next.type === "send" ? ASK_AGAIN_MS : Infinity;
  // Asked again soon, and less and less often where that is in vain.
  vainQuestions = wantsFigure ? vainQuestions + 1 : 0;
  const again = Math.min(POLL_MS, ASK_AGAIN_MS * 2 ** Math.min(10, Math.max(0, vainQuestions - 1)));
  schedule(Math.min(soonest, wantsFigure && platform.isOnline() ? again : POLL_MS, POLL_MS));
  if (!wantsFigure && platform.isVisible()) wantsFigure = soonest === Infinity;
}

async function sendAll(): Promise<void> {
  while (state.account && state.status === "in") {
    const next = findNext(state.account.box, Date.now());
    if (next.type !== "send") return;
    let sending: Sending | null = null;
    await updateBox((box) => {
      // As it is stored: another tab may have changed it.
      const stored = findNext(box, Date.now());
      sending = stored.type === "send" ? stored.sending : null;
      return sending ? beginSending(box, sending) : box;
    });
    if (!sending) return;
    const sent = sending as Sending;
    const outcome = await transmit(sent);
    await updateBox((box) => finishSending(box, sent.key, outcome, Date.now()));
    wantsFigure = true;
    if (outcome.type === "unknown") {
      set({ isUnreachable: true });
      return;
    }
    set({ isUnreachable: false });
  }
}

async function askFigure(): Promise<void> {
  if (isAsking || !state.account || isInDoubt(state.account.box)) return;
  isAsking = true;
  try {
    let seq = 0;
    const account = await updateBox((box) => {
      const [begun, number] = beginFigure(box);
      seq = number;
      return begun;
    });
    if (!account) return;
    const etag = account.box.figure ? account.etag : null;
    const answer = await api.GET("/api/allowance/today/", {
      headers: etag ? { "If-None-Match": etag } : {},
      cache: "no-store",
    });
    const { response } = answer;
    if (response.status === 304) await takeFigure(seq, null, account.etag);
    else if (answer.data) await takeFigure(seq, answer.data as unknown as Today, response.headers.get("ETag"));
    else if (response.status >= 500 || response.status === 429) set({ isUnreachable: true });
  } catch {
    set({ isUnreachable: true });
  } finally {
    isAsking = false;
  }
}

/** Take over an answer of `today/`; null: the one that is there still holds. */
async function takeFigure(seq: number, today: Today | null, etag: string | null): Promise<void> {
  const revision = state.account?.box.figure?.today.revision;
  const isFirst = state.account?.rows?.day !== (today ?? state.account?.box.figure?.today)?.date;
  let isTaken = false;
  const account = await update((before) => {
    const box = today ? acceptFigure(before.box, seq, today, now()) : confirmFigure(before.box, seq, now());
    isTaken = box !== before.box;
    return isTaken ? { ...before, box, etag, rows: mergeSettled(before, box) } : before;
  });
  set({ isUnreachable: false });
  if (!isTaken || !account) return;
  wantsFigure = false;
  platform.fetchRest();
  const { figure } = account.box;
  if (isFirst || figure?.today.revision !== revision) await readLists(account);
}

/** What leaves the outbox stays in the list, which is read anew only after it. */
function mergeSettled(before: Account, box: Box): Account["rows"] {
  const day = box.figure?.today.date ?? "";
  const left = before.box.entries.filter((entry) => !box.entries.some(({ key }) => key === entry.key));
  const known = before.rows?.day === day ? before.rows.rows : [];
  const kept = known.filter((row) => !left.some((entry) => entry.row?.id === row.id || entry.counted?.id === row.id));
  const added = left.flatMap(({ row }) => (row && row.values.date === day ? [row] : []));
  return { day, rows: [...added.reverse(), ...kept] };
}

async function readLists(account: Account): Promise<void> {
  const day = account.box.figure?.today.date;
  if (!day) return;
  const isKnown = account.profile !== null && Object.keys(account.rates).length > 0;
  const [rows, categories, profile, currencies] = await Promise.all([
    api.GET("/api/transaction/", { params: { query: { date: day, page_size: 200 } } as never }).catch(() => null),
    readCategories(),
    isKnown ? null : api.GET("/api/auth/users/me/").catch(() => null),
    isKnown ? null : api.GET("/api/currencies/").catch(() => null),
  ]);
  await update((before) => ({
    ...before,
    rows: rows?.data ? { day, rows: listOf(rows.data).map(toRow) } : before.rows,
    categories: categories ?? before.categories,
    profile: profile?.data ? (profile.data as unknown as Profile) : before.profile,
    rates: currencies?.data ? readRates(currencies.data) : before.rates,
  }));
}

function listOf(data: unknown): unknown[] {
  if (Array.isArray(data)) return data;
  const { results } = data as { results?: unknown };
  return Array.isArray(results) ? results : [];
}

function readRates(data: unknown): Account["rates"] {
  const currencies = listOf(data) as { code: string; rate: string | null; decimals: number }[];
  return Object.fromEntries(currencies.map(({ code, rate, decimals }) => [code, { rate, decimals }]));
}

async function readCategories(): Promise<string[] | null> {
  try {
    const answer = await api.GET("/api/category/" as never, { params: { query: { page_size: 12 } } } as never);
    const { data } = answer as { data?: unknown };
    return data ? listOf(data).map((one) => (one as { name: string }).name) : null;
  } catch {
    return null;
  }
}

// ---- Beginning and ending ----------------------------------------------------------------------------

async function show(user: number): Promise<void> {
  const mode = getMode() ?? "keep";
  store = platform.store(mode);
  const stored = await store.read<Account>(nameOf(user));
  const isOld = stored !== null && Date.now() - stored.storedAt > LONGEST_STORED_MS;
  // What waits outlives what is too old to be shown.
  const account = !stored ? emptyAccount(user) : isOld ? { ...emptyAccount(user), box: { ...stored.box, figure: null } } : stored;
  platform.setFlag("user", String(user), mode);
  watchSession({ user, ended, otherUser: (other) => void switchTo(other) });
  set({ status: "in", account, notice: null });
}

async function switchTo(user: number): Promise<void> {
  await show(user);
  wantsFigure = true;
  schedule(0);
}

/** The session is over: what was cached goes, what waits stays for this user. */
function ended(): void {
  if (state.status !== "in") return;
  void leave(false).then(() => set({ notice: "ended" }));
}

async function leave(isSignedOut: boolean): Promise<void> {
  const user = state.account?.user;
  const isWaitingFor = state.account?.box.entries.some(isWaiting) ?? false;
  platform.setFlag("glance", null);
  platform.setFlag("user", null);
  forget(isSignedOut);
  set({ status: "out", account: null });
  watchSession({ user: null, ended: () => undefined, otherUser: () => undefined });
  if (user === undefined) return;
  if (isSignedOut) {
    // What waits for other accounts of this device stays.
    await store.update<Account>(nameOf(user), () => null);
    for (const name of [`draft.${user}`, "trip", "hidden"]) platform.setFlag(name, null);
  } else {
    await store.update<Account>(nameOf(user), (stored) => {
      if (!stored || !isWaitingFor) return null;
      return { ...emptyAccount(user), box: { ...stored.box, figure: null } };
    });
  }
  platform.tellOthers("left");
}

/** Tell the server of a sign-out that it has not heard of. */
async function tellLogout(): Promise<void> {
  if (!platform.getFlag("logout") || getMode() !== null) return;
  try {
    const { headers, body } = await platform.refreshRequest("keep");
    const answer = await fetch(`${platform.server()}/api/auth/jwt/logout/`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    if (answer.status < 500 && answer.status !== 429) {
      platform.setFlag("logout", null);
      await platform.keepRefreshToken(null);
    }
  } catch {
    // Next time.
  }
}

async function takeBoot(booted: BootAnswer | null | undefined, seq: number): Promise<void> {
  if (!booted || booted.status !== 200) return;
  learnTime(booted.date, booted.at);
  await takeFigure(seq, booted.body as Today, booted.etag);
}

async function start(): Promise<void> {
  await platform.ready();
  platform.onWake(() => {
    wantsFigure = true;
    vainQuestions = 0;
    void tellLogout();
    set({ isOnline: platform.isOnline() });
    schedule(0);
  });
  platform.onTold((message) => void hear(message));
  platform.onUpdate((activateUpdate) => set({ activateUpdate }));
  const mode = getMode();
  if (mode === null) {
    set({ status: "out" });
    await tellLogout();
    return;
  }
  const glance = platform.getFlag("glance");
  if (glance) setOffset(Number((JSON.parse(glance) as { clockOffset?: number }).clockOffset ?? 0));
  const known = Number(platform.getFlag("user") ?? 0);
  if (known) await show(known);
  set({ isOnline: platform.isOnline() });
  const boot = platform.boot();
  const renewal = await adoptBoot(boot.refresh);
  if (renewal.type === "ended") {
    if (known) ended();
    else {
      forget(false);
      set({ status: "out", notice: "ended" });
    }
    return;
  }
  if (renewal.type === "in") {
    if (renewal.user !== known) await show(renewal.user);
    await takeBoot(boot.today ? await boot.today : null, renewal.user === known ? (boot.seq ?? 0) : 0);
  } else {
    set({ isUnreachable: true });
    if (!known) set({ status: "out" });
  }
  wantsFigure ||= state.account?.box.figure === null || renewal.type !== "in" || !boot.today;
  schedule(0);
}

async function hear(message: string): Promise<void> {
  if (message === "left") {
    if (state.status === "in" && getMode() === null) {
      dropAccess();
      set({ status: "out", account: null });
    }
    return;
  }
  const user = state.account?.user;
  if (user === undefined || message !== nameOf(user)) return;
  const stored = await store.read<Account>(message);
  if (stored && state.account?.user === user) set({ account: stored });
}

/** The entry of a line on the page: one that waits, or one made for a row that is stored already. */
function locate(account: Account, id: string, known?: Row): [Box, string] {
  if (findEntry(account.box, id)) return [account.box, id];
  const row = known ?? account.rows?.rows.find((one) => nameRow(one) === id || keyOf(one) === id);
  return row ? adoptRow(account.box, row, Date.now()) : [account.box, id];
}

/** One name for a transaction, before and after it is stored. */
export function nameRow(row: Row): string {
  return row.clientId ?? keyOf(row);
}

// ---- What the person does ------------------------------------------------------------------------------

export type SignIn = { readonly access: string; readonly refresh?: string; readonly user: number };

export const live = {
  get: () => state,
  subscribe: (listen: () => void) => {
    listeners.add(listen);
    return () => void listeners.delete(listen);
  },
  start,

  /** A login has succeeded. */
  async enter(tokens: SignIn, mode: SessionMode): Promise<void> {
    await tellLogout();
    await begin(mode, tokens);
    await show(tokens.user);
    wantsFigure = true;
    await pump();
  },

  async leave(): Promise<void> {
    await leave(true);
    await tellLogout();
  },

  /** Ask for the figure, for something was changed online. */
  async refresh(): Promise<void> {
    wantsFigure = true;
    await pump();
  },

  /** The profile was changed online. What depends on its currency is read anew. */
  async takeProfile(profile: Profile): Promise<void> {
    await update((before) => {
      const isSame = before.profile?.currency === profile.currency;
      return { ...before, profile, rates: isSame ? before.rates : {}, etag: null };
    });
    wantsFigure = true;
    await pump();
  },

  /** Store a purchase. Resolves when it is on disk. */
  async add(values: Values): Promise<string> {
    const key = platform.makeId();
    await updateBox((box) => addEntry(box, key, values, Date.now()));
    schedule(0);
    return key;
  },

  /** Change what `id` names: an entry, a row of the list, or `row`. False where it is gone or being deleted. */
  async change(id: string, values: Values, row?: Row): Promise<boolean> {
    let isChanged = false;
    await update((account) => {
      const [box, key] = locate(account, id, row);
      const entry = findEntry(box, key);
      isChanged = entry !== undefined && isChangeable(entry);
      return isChanged ? { ...account, box: changeEntry(box, key, values, Date.now()) } : account;
    });
    schedule(0);
    return isChanged;
  },

  /** Delete what `id` names, after the time to undo it. */
  async remove(id: string, holdMs = UNDO_MS, row?: Row): Promise<void> {
    await update((account) => {
      const [box, key] = locate(account, id, row);
      return { ...account, box: dropUnsent(deleteEntry(box, key, Date.now(), holdMs), Date.now()) };
    });
    schedule(0);
  },

  async discard(key: string): Promise<void> {
    await updateBox((box) => dropUnsent(discardParked(box, key), Date.now()));
    schedule(0);
  },

  async insist(key: string): Promise<void> {
    await updateBox((box) => insist(box, key, Date.now()));
    schedule(0);
  },
};

export { api, open, readRefusal };
