import { call, ifMatch } from "../../api/call";
import type { Reply } from "../../api/call";
import { live } from "../../api/live";
import { t } from "../../i18n";
import { platform } from "../../platform";

export type Errors = Readonly<Record<string, readonly string[]>>;

const keys = new Map<string, string>();

/** What a form shows of a reply; null: it is stored. Under "" stands what no field is to blame for. */
export function readErrors(reply: Reply<unknown>): Errors | null {
  if (reply.type === "data") return null;
  if (reply.type === "none") return { "": [t("failed")] };
  const { refusal } = reply;
  if (refusal.code === "changed_meanwhile") return { "": [t("changedElsewhere")], stale: [""] };
  return { ...refusal.fields, "": refusal.messages };
}

/** Create a row. A second try of the same creates nothing more. */
export async function create(path: string, body: object, place: string): Promise<Errors | null> {
  const name = `${place} ${path} ${JSON.stringify(body)}`;
  const key = keys.get(name) ?? platform.makeId();
  keys.set(name, key);
  return finish(await call("post", path, { body, headers: { "Idempotency-Key": key } }));
}

export async function change(path: string, body: object, updatedAt?: string): Promise<Errors | null> {
  return finish(await call("patch", path, { body, headers: updatedAt ? ifMatch(updatedAt) : {} }));
}

export async function takeAway(path: string): Promise<Errors | null> {
  return finish(await call("delete", path));
}

async function finish(reply: Reply<unknown>): Promise<Errors | null> {
  const errors = readErrors(reply);
  if (errors === null) await live.refresh();
  return errors;
}

/** Messages for fields that the form has no place for. */
export function restOf(errors: Errors, shown: readonly string[]): string[] {
  return Object.entries(errors).flatMap(([field, lines]) => (shown.includes(field) || field === "stale" ? [] : lines));
}
