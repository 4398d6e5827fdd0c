/** Deletions of the plan that can still be taken back: a row made anew would lose its history. */

import { call } from "../../api/call";
import { live } from "../../api/live";

const HOLD_MS = 6000;

type Deletion = { readonly path: string; readonly name: string; readonly hasFailed: boolean };

let pending: readonly Deletion[] = [];
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const listeners = new Set<() => void>();

function set(next: readonly Deletion[]): void {
  pending = next;
  listeners.forEach((listen) => listen());
}

const without = (path: string) => pending.filter((one) => one.path !== path);

async function send(path: string, name: string): Promise<void> {
  timers.delete(path);
  const reply = await call("delete", path);
  const isGone = reply.type === "data" || (reply.type === "refused" && reply.refusal.status === 404);
  if (isGone) await live.refresh();
  set(isGone ? without(path) : [...without(path), { path, name, hasFailed: true }]);
}

export const deletions = {
  get: () => pending,
  subscribe: (listen: () => void) => {
    listeners.add(listen);
    return () => void listeners.delete(listen);
  },
  /** Delete what lies at `path`, after the time to take it back. */
  add: (path: string, name: string) => {
    clearTimeout(timers.get(path));
    timers.set(path, setTimeout(() => void send(path, name), HOLD_MS));
    set([...without(path), { path, name, hasFailed: false }]);
  },
  takeBack: (path: string) => {
    clearTimeout(timers.get(path));
    timers.delete(path);
    set(without(path));
  },
};
