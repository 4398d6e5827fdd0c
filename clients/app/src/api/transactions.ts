/** Transactions between the API's words and the outbox's. */

import type { Kind, Outcome, Row, Values } from "../outbox";
import { readRefusal } from "./client";

type ApiRow = {
  id: number;
  date: string;
  amount: string;
  currency: string;
  kind: string;
  category?: string | null;
  description?: string | null;
  expense?: number | null;
  income?: number | null;
  occurrence?: string | null;
  base_amount: string;
  updated_at: string;
  client_id?: string | null;
};

export function toRow(data: unknown): Row {
  const row = data as ApiRow;
  return {
    id: row.id,
    updatedAt: row.updated_at,
    baseAmount: row.base_amount,
    clientId: row.client_id ?? null,
    values: {
      date: row.date,
      amount: row.amount,
      currency: row.currency,
      kind: row.kind as Kind,
      category: row.category ?? "",
      description: row.description ?? "",
      expense: row.expense ?? null,
      income: row.income ?? null,
      occurrence: row.occurrence ?? null,
    },
  };
}

/** The body of a creation, or of a change: then what differs from `before`. */
export function toBody(values: Values, clientId: string | null, before?: Values): Record<string, unknown> {
  const body: Record<string, unknown> = clientId === null ? {} : { client_id: clientId };
  for (const field of Object.keys(values) as (keyof Values)[]) {
    const isPlan = field === "expense" || field === "income" || field === "occurrence";
    if (before ? values[field] === before[field] : isPlan && values[field] === null) continue;
    body[field] = values[field];
  }
  return body;
}

const UNCLEAR = [408, 425];

/** What an answer means for an entry. */
export function readOutcome(response: Response, body: unknown): Outcome {
  const { status } = response;
  const retryMs = 1000 * Number(response.headers.get("Retry-After") ?? 0);
  if (status === 204 || status === 404 || status === 410) return { type: "gone" };
  if (status >= 200 && status < 300) {
    const row = toRow(body);
    return typeof row.id === "number" ? { type: "row", row } : { type: "unknown" };
  }
  const refusal = readRefusal(status, body);
  if (status === 429) return { type: "later", retryMs: Math.max(1000, retryMs) };
  if (status >= 500 || status === 401 || UNCLEAR.includes(status) || refusal.code === "idempotency_in_progress") {
    return retryMs ? { type: "unknown", retryMs } : { type: "unknown" };
  }
  const fields = Object.entries(refusal.fields).map(([name, lines]) => `${name}: ${lines.join(" ")}`);
  return {
    type: "refused",
    parked: { status, code: refusal.code, messages: [...refusal.messages, ...fields], theirs: null },
  };
}
