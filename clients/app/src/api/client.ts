/** The one client of the API. Errors are values; a 401 renews the session once for all calls that wait. */

import createClient from "openapi-fetch";

import { platform } from "../platform";
import { learnTime } from "./clock";
import type { paths } from "./generated/schema";
import { getAccess, refresh } from "./session";

const TIMEOUT_MS = 20_000;

let onEnded: () => void = () => undefined;
let onOtherUser: (user: number) => void = () => undefined;
let expectedUser: number | null = null;

/** Say whose data is shown, and what to do when the session is another's or over. */
export function watchSession(watch: { user: number | null; ended: () => void; otherUser: (user: number) => void }) {
  expectedUser = watch.user;
  onEnded = watch.ended;
  onOtherUser = watch.otherUser;
}

async function send(request: Request): Promise<Response> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(new Request(request, { signal: controller.signal }));
    learnTime(response.headers.get("Date"), Date.now());
    return response;
  } finally {
    clearTimeout(timer);
  }
}

function authorize(request: Request, access: string | null): Request {
  const authorized = request.clone();
  if (access) authorized.headers.set("Authorization", `Bearer ${access}`);
  return authorized;
}

/** Nothing of one account is sent or shown under another's session. */
function refuseOther(user: number): void {
  if (expectedUser === null || user === expectedUser) return;
  onOtherUser(user);
  throw new TypeError("another account");
}

async function fetchWithSession(request: Request): Promise<Response> {
  let access = getAccess();
  if (access === null) {
    const renewal = await refresh();
    if (renewal.type === "ended") onEnded();
    if (renewal.type !== "in") throw new TypeError("no session");
    refuseOther(renewal.user);
    access = renewal.access;
  }
  const response = await send(authorize(request, access));
  if (response.status !== 401) return response;
  const renewal = getAccess() !== access && getAccess() !== null ? null : await refresh();
  if (renewal?.type === "ended") {
    onEnded();
    return response;
  }
  if (renewal?.type === "unknown") throw new TypeError("no session");
  if (renewal?.type === "in") refuseOther(renewal.user);
  return send(authorize(request, getAccess()));
}

const baseUrl = () => platform.server() || (typeof location === "undefined" ? "" : location.origin);

function make(fetcher: (request: Request) => Promise<Response>) {
  return createClient<paths>({ baseUrl: baseUrl(), fetch: fetcher });
}

/** For calls of somebody who is signed in. */
export const api = make(fetchWithSession);
/** For calls without a session. */
export const open = make(send);

/** One message a field, as forms show them. */
export type Refusal = {
  readonly status: number;
  readonly code: string;
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly messages: readonly string[];
};

/** Read DRF's shapes of an error. */
export function readRefusal(status: number, body: unknown): Refusal {
  const fields: Record<string, string[]> = {};
  const messages: string[] = [];
  let code = "";
  if (body && typeof body === "object" && !Array.isArray(body)) {
    for (const [name, value] of Object.entries(body)) {
      if (name === "code") code = String(value);
      else if (name === "detail") messages.push(String(value));
      else if (name === "non_field_errors") messages.push(...[value].flat().map(String));
      else fields[name] = [value].flat().map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
    }
  }
  return { status, code, fields, messages };
}
