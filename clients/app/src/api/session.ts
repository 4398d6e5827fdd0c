/** The session: who is signed in, and an access token that is good. */

import { platform } from "../platform";
import type { BootAnswer, SessionMode } from "../platform";
import { learnTime } from "./clock";

export type Renewal =
  | { readonly type: "in"; readonly access: string; readonly user: number }
  /** No answer, or none that tells: the session may be good. */
  | { readonly type: "unknown" }
  | { readonly type: "ended" };

// A token whose answer was lost is raced for ten seconds.
const MOST_RACES = 12;

let access: string | null = null;
let running: Promise<Renewal> | null = null;

export function getMode(): SessionMode | null {
  const mode = platform.getFlag("session");
  return mode === "keep" || mode === "session" ? mode : null;
}

export function getAccess(): string | null {
  return access;
}

export function dropAccess(): void {
  access = null;
}

type TokenAnswer = { access?: string; refresh?: string; user?: number; code?: string };

async function read(answer: { status: number; body: unknown }): Promise<Renewal | "raced"> {
  const body = (answer.body ?? {}) as TokenAnswer;
  if (answer.status === 200 && body.access && body.user !== undefined) {
    if (body.refresh) await platform.keepRefreshToken(body.refresh);
    access = body.access;
    return { type: "in", access: body.access, user: body.user };
  }
  if (body.code === "refresh_raced") return "raced";
  // Only the server's word signs out.
  const isOver = body.code === "session_ended" || body.code === "token_not_valid";
  if (answer.status === 401 && isOver) return { type: "ended" };
  return { type: "unknown" };
}

async function askOnce(mode: SessionMode): Promise<{ renewal: Renewal | "raced"; waitMs: number }> {
  try {
    const { headers, body } = await platform.refreshRequest(mode);
    const response = await fetch(`${platform.server()}/api/auth/jwt/refresh/`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    learnTime(response.headers.get("Date"), Date.now());
    const answer = { status: response.status, body: await response.json().catch(() => null) };
    const waitMs = 1000 * Math.max(1, Number(response.headers.get("Retry-After") ?? 1));
    return { renewal: await read(answer), waitMs };
  } catch {
    return { renewal: { type: "unknown" }, waitMs: 0 };
  }
}

async function renew(mode: SessionMode): Promise<Renewal> {
  for (let race = 0; race < MOST_RACES; race++) {
    const { renewal, waitMs } = await platform.underLock("refresh", () => askOnce(mode));
    if (renewal !== "raced") return renewal;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  return { type: "unknown" };
}

/** Renew the session. Calls at the same time share one request. */
export function refresh(): Promise<Renewal> {
  const mode = getMode();
  if (mode === null) return Promise.resolve({ type: "ended" });
  running ??= renew(mode).finally(() => {
    running = null;
  });
  return running;
}

/** Take over what boot.js has asked for already; ask where that brought nothing. */
export async function adoptBoot(answer: Promise<BootAnswer | null> | undefined): Promise<Renewal> {
  const booted = answer ? await answer : null;
  if (booted) {
    learnTime(booted.date, booted.at);
    const renewal = await read(booted);
    if (renewal !== "raced" && renewal.type !== "unknown") return renewal;
  }
  return refresh();
}

/** Record a session that a login has begun. */
export async function begin(mode: SessionMode, tokens: { access: string; refresh?: string; user: number }) {
  access = tokens.access;
  platform.setFlag("session", null);
  platform.setFlag("session", mode, mode);
  if (tokens.refresh) await platform.keepRefreshToken(tokens.refresh);
}

/** Forget the session here. `isToldLater`: the server is told at the next contact. */
export function forget(isToldLater: boolean): void {
  access = null;
  platform.setFlag("session", null);
  platform.setFlag("logout", isToldLater ? "1" : null);
}
