import type { IncomingMessage } from "node:http";

export type Fate = "pass" | "lose request" | "lose answer" | "late" | "503 before" | "503 after" | "429";
export const FATES: Fate[];
export type Gateway = {
  address: string;
  choose: (request: IncomingMessage) => Fate;
  isAway: boolean;
  log: { method: string; url: string; fate: Fate }[];
  close(): Promise<void>;
};
export function startGateway(options: { target: string; port?: number }): Promise<Gateway>;
