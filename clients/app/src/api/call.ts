/** Calls of the screens beyond Today: a path, and what came of it as a value. */

import { api, readRefusal } from "./client";
import type { Refusal } from "./client";

export type Reply<T> =
  | { readonly type: "data"; readonly data: T }
  | { readonly type: "refused"; readonly refusal: Refusal }
  /** No answer, or none that tells what happened. */
  | { readonly type: "none" };

type Options = {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

type Method = "get" | "post" | "patch" | "delete";
type Untyped = (
  method: Method,
  path: string,
  init: { body?: unknown; headers?: Readonly<Record<string, string>> },
) => Promise<{ data?: unknown; error?: unknown; response: Response }>;

// Paths with a query or an id in them are no keys of the generated types.
const request = api.request as unknown as Untyped;

export async function call<T>(method: Method, path: string, options: Options = {}): Promise<Reply<T>> {
  try {
    const { data, error, response } = await request(method, path, options);
    if (response.ok) return { type: "data", data: data as T };
    if (response.status >= 500) return { type: "none" };
    return { type: "refused", refusal: readRefusal(response.status, error) };
  } catch {
    return { type: "none" };
  }
}

/** A header that makes a write fail with `changed_meanwhile` where the row is another by now. */
export const ifMatch = (updatedAt: string) => ({ "If-Match": `"${updatedAt}"` });
