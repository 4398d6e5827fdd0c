/**
 * The outbox against a model: random schedules of purchases, edits, deletions, faults of the network and killed
 * pages. At every step the shown figure is what the person said so far, and in the end each thing is stored once.
 *
 * SCHEDULES=100000 runs longer; a failure prints the seed, and SEED=n runs that schedule alone.
 */

import { calculateShown } from "../../src/figure";
import { add, convert, negate, parseDecimal, subtract, toText, zero } from "../../src/money";
import {
  acceptFigure,
  addEntry,
  adoptRow,
  beginFigure,
  beginSending,
  changeEntry,
  deleteEntry,
  dropUnsent,
  emptyBox,
  findNext,
  finishSending,
  isChangeable,
  isInDoubt,
  isWaiting,
} from "../../src/outbox";
import type { Box, Outcome, Row, Sending, Today, Values } from "../../src/outbox";

const SCHEDULES = Number(process.env.SCHEDULES ?? 5000);
const STEPS = 60;
const DAY = "2026-11-22";
const RATE = "0.9137";

/** A small generator with a seed (mulberry32). */
function makeRandom(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    below: (n: number) => Math.floor(next() * n),
    chance: (p: number) => next() < p,
  };
}
type Random = ReturnType<typeof makeRandom>;

const base = (values: Values) =>
  values.currency === "EUR" ? values.amount : toText(convert(values.amount, RATE, 2), 2);
const taken = (values: Values) => {
  if (values.date !== DAY || !["spend", "refund"].includes(values.kind)) return zero;
  const amount = parseDecimal(base(values));
  return values.kind === "refund" ? negate(amount) : amount;
};

/** The server as CONTRACT.md describes it, as far as the outbox touches it. */
class Server {
  rows = new Map<number, Row>();
  byClient = new Map<string, number | null>();
  created: string[] = [];
  private lastId = 0;
  private version = 0;

  private stamp = () => `v${++this.version}`;

  make(values: Values): Row {
    const row = { id: ++this.lastId, updatedAt: this.stamp(), values, baseAmount: base(values) };
    this.rows.set(row.id, row);
    return row;
  }

  handle(key: string, sending: Sending): Outcome {
    if (sending.what === "create") {
      const known = this.byClient.get(key);
      if (known !== undefined) {
        const row = known === null ? undefined : this.rows.get(known);
        return row ? { type: "row", row } : { type: "gone" };
      }
      if (sending.values.amount === "13.13") {
        return { type: "refused", parked: { status: 400, code: "invalid", messages: ["no"], theirs: null } };
      }
      const row = this.make(sending.values);
      this.byClient.set(key, row.id);
      this.created.push(key);
      return { type: "row", row };
    }
    const row = this.rows.get(sending.row.id);
    if (!row) return { type: "gone" };
    if (row.updatedAt !== sending.row.updatedAt) {
      // What the client finds when it looks after a 412.
      return { type: "conflict", theirs: row };
    }
    if (sending.what === "delete") {
      this.remove(row.id);
      return { type: "gone" };
    }
    const changed = { ...row, values: sending.values, baseAmount: base(sending.values), updatedAt: this.stamp() };
    this.rows.set(row.id, changed);
    return { type: "row", row: changed };
  }

  remove(id: number) {
    this.rows.delete(id);
    for (const [key, known] of this.byClient) if (known === id) this.byClient.set(key, null);
  }

  today(): Today {
    const spent = [...this.rows.values()].reduce((total, row) => add(total, taken(row.values)), zero);
    const minus = (text: string) => toText(subtract(parseDecimal(text), spent), 2);
    return {
      id: 1,
      date: DAY,
      currency: "EUR",
      amount: "188.88",
      remaining_amount: minus("188.88"),
      spent: toText(spent, 2),
      left: minus("1700.00"),
      tomorrow: "1.00",
      status: "ok",
      shortfall: "0.00",
      revision: `r${this.version}`,
      day_ends_at: "2026-11-23T00:00:00Z",
      weights_ahead: [1, 1, 1, 1, 1, 1, 1, 1],
      period: { start: "2026-11-01", end: "2026-12-01", days: 30, days_left: 9 },
    };
  }
}

type Fate = "answered" | "request lost" | "answer lost" | "late" | "5xx before" | "5xx after" | "429";
const FATES: Fate[] = ["answered", "answered", "answered", "request lost", "answer lost", "late", "5xx before", "5xx after", "429"];

/** One device: what it stores, what it has on its way, what the person means. */
class Device {
  box: Box = emptyBox;
  now = 0;
  /** By the key under which it was made. */
  meant = new Map<string, Values | null>();
  private madeAs = new Map<string, string>();
  sending: { sending: Sending; fate: Fate } | null = null;
  questions: { seq: number; answer: Today | null }[] = [];
  private made = 0;

  constructor(
    private server: Server,
    private random: Random,
  ) {}

  draw(): Values {
    const { below, chance } = this.random;
    const amount = chance(0.05) ? "13.13" : `${below(90) + 1}.${String(below(100)).padStart(2, "0")}`;
    return {
      date: chance(0.85) ? DAY : "2026-11-20",
      amount,
      currency: chance(0.15) ? "USD" : "EUR",
      kind: chance(0.2) ? "refund" : chance(0.05) ? "income" : "spend",
      category: chance(0.5) ? "food" : "",
      description: "",
      expense: null,
      income: null,
      occurrence: null,
    };
  }

  buy() {
    const key = `c${++this.made}`;
    const values = this.draw();
    this.box = addEntry(this.box, key, values, this.now);
    this.meant.set(key, values);
  }

  private pickKey(): string | null {
    const { box, random } = this;
    const entries = box.entries.filter(isChangeable);
    // A row of the list that is in the figure as it is, or something that waits.
    const rows = [...this.server.rows.values()].filter((row) => !box.entries.some((entry) => entry.row?.id === row.id));
    const isReadable = !isInDoubt(box) && this.sending === null && box.figure?.today.revision === this.server.today().revision;
    if (isReadable && rows.length > 0 && random.chance(0.5)) {
      const row = rows[random.below(rows.length)]!;
      const [adopted, key] = adoptRow(box, row, this.now);
      this.box = adopted;
      this.madeAs.set(key, [...this.server.byClient].find(([, id]) => id === row.id)![0]);
      return key;
    }
    return entries.length > 0 ? entries[random.below(entries.length)]!.key : null;
  }

  edit() {
    const key = this.pickKey();
    if (key === null) return;
    const values = { ...this.draw(), amount: `${this.random.below(90) + 1}.50` };
    this.box = changeEntry(this.box, key, values, this.now);
    this.meant.set(this.nameOf(key), values);
  }

  delete() {
    const key = this.pickKey();
    if (key === null) return;
    this.box = dropUnsent(deleteEntry(this.box, key, this.now, this.random.chance(0.5) ? 6000 : 0), this.now);
    this.meant.set(this.nameOf(key), null);
  }

  nameOf(key: string) {
    return this.madeAs.get(key) ?? key;
  }

  startSending(fates: Fate[]) {
    if (this.sending) return;
    const next = findNext(this.box, this.now);
    if (next.type !== "send") return;
    const { sending } = next;
    this.box = beginSending(this.box, sending);
    this.sending = { sending, fate: fates[this.random.below(fates.length)]! };
  }

  endSending(late: (() => void)[]) {
    if (!this.sending) return;
    const { sending, fate } = this.sending;
    this.sending = null;
    const handle = () => this.server.handle(sending.key, sending);
    const outcome = ((): Outcome => {
      if (fate === "answered") return handle();
      if (fate === "429") return { type: "later", retryMs: 2000 };
      if (fate === "late") late.push(handle);
      if (fate === "answer lost" || fate === "5xx after") handle();
      return { type: "unknown" };
    })();
    this.box = finishSending(this.box, sending.key, outcome, this.now);
  }

  kill(late: (() => void)[]) {
    if (this.sending && this.random.chance(0.5)) {
      const { sending } = this.sending;
      late.push(() => this.server.handle(sending.key, sending));
    }
    this.sending = null;
    this.questions = [];
    this.box = JSON.parse(JSON.stringify(this.box)) as Box;
  }

  ask() {
    const [box, seq] = beginFigure(this.box);
    this.box = box;
    this.questions.push({ seq, answer: null });
  }

  /** The server computes one of the answers that are outstanding, or one arrives, in any order. */
  answer() {
    if (this.questions.length === 0) return;
    const at = this.random.below(this.questions.length);
    const question = this.questions[at]!;
    if (question.answer === null) {
      question.answer = this.server.today();
      return;
    }
    this.questions.splice(at, 1);
    if (this.random.chance(0.1)) return;
    this.box = acceptFigure(this.box, question.seq, question.answer, this.now);
  }

  remaining(): string | null {
    const shown = calculateShown(this.box.figure, this.box.entries, { day: DAY, rates: { USD: RATE } });
    return "remaining" in shown ? shown.remaining : null;
  }
}

function runSchedule(seed: number, othersDelete: boolean) {
  const random = makeRandom(seed);
  const server = new Server();
  const device = new Device(server, random);
  const late: (() => void)[] = [];
  const arrive = () => {
    if (late.length > 0) late.splice(random.below(late.length), 1)[0]!();
  };
  /** What the person said and the server did not refuse. */
  const meant = () => {
    let total = zero;
    for (const [key, values] of device.meant) {
      const entry = device.box.entries.find((one) => device.nameOf(one.key) === key);
      const counts = entry?.parked ? (entry.row?.values ?? null) : values;
      if (counts) total = add(total, taken(counts));
    }
    return toText(subtract(parseDecimal("188.88"), total), 2);
  };

  device.ask();
  device.answer();
  device.answer();
  for (let step = 0; step < STEPS; step++) {
    device.now += random.below(3000);
    const actions: (() => void)[] = [
      () => device.buy(),
      () => device.edit(),
      () => device.delete(),
      () => device.startSending(FATES),
      () => device.startSending(FATES),
      () => device.endSending(late),
      () => device.endSending(late),
      () => device.ask(),
      () => device.answer(),
      () => device.answer(),
      () => device.answer(),
      () => device.kill(late),
      arrive,
    ];
    if (othersDelete) {
      actions.push(() => {
        const ids = [...server.rows.keys()];
        if (ids.length > 0) server.remove(ids[random.below(ids.length)]!);
      });
    }
    actions[random.below(actions.length)]!();
    if (!othersDelete && device.box.figure && device.remaining() !== meant()) {
      throw new Error(`step ${step}: ${device.remaining()} is shown, ${meant()} is meant`);
    }
  }

  // The network is back; what was late arrives whenever it likes.
  for (let round = 0; round < 400; round++) {
    device.now += 60_000;
    device.startSending(["answered"]);
    device.endSending(late);
    if (random.chance(0.3)) arrive();
    if (!device.box.entries.some(isWaiting) && late.length === 0) break;
  }
  while (late.length > 0) arrive();
  device.questions = [];
  const [box, seq] = beginFigure(device.box);
  device.box = acceptFigure(box, seq, server.today(), device.now);

  expect(device.box.entries.filter((entry) => !entry.parked)).toEqual([]);
  expect(device.remaining()).toBe(server.today().remaining_amount);
  expect(server.created.length).toBe(new Set(server.created).size);
  if (othersDelete) return;
  const parked = new Set(device.box.entries.map((entry) => device.nameOf(entry.key)));
  const kept = [...device.meant].filter(([key, values]) => values && !parked.has(key)).map(([key]) => key);
  const stored = [...server.byClient].filter(([key, id]) => id !== null && !parked.has(key)).map(([key]) => key);
  expect(stored.sort()).toEqual(kept.sort());
}

describe("the outbox", () => {
  const only = process.env.SEED ? [Number(process.env.SEED)] : null;

  for (const othersDelete of [false, true]) {
    const name = othersDelete ? "when others delete meanwhile" : "on its own";
    test(`stores each thing once and shows the right figure at every step, ${name}`, () => {
      for (const seed of only ?? Array.from({ length: SCHEDULES / 2 }, (_, index) => index)) {
        try {
          runSchedule(seed, othersDelete);
        } catch (error) {
          throw new Error(`SEED=${seed} (${name}): ${String(error)}`);
        }
      }
    });
  }
});
