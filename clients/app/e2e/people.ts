/** What every test needs: a gateway before the server, a browser's page, people. */
import { test as base, expect } from "@playwright/test";
import type { Page } from "@playwright/test";

import { startGateway } from "./gateway.mjs";
import type { Gateway } from "./gateway.mjs";

export { expect };

export const PASSWORD = "Correct-horse-9";
let count = 0;
export const newAddress = () => `person-${Date.now()}-${++count}@example.org`;

export const test = base.extend<{ gateway: Gateway; complaints: string[] }>({
  gateway: async ({}, use) => {
    const gateway = await startGateway({ target: process.env.SERVER_ADDRESS!, port: Number(process.env.GATEWAY_PORT) });
    await use(gateway);
    await gateway.close();
  },
  // What a page says on its console, and requests to other hosts. Empty at the end unless a test says otherwise.
  complaints: async ({}, use) => {
    await use([]);
  },
});

export function watch(page: Page, complaints: string[], address: string): void {
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith("data:")) complaints.push(`asks ${request.url()}`);
  });
}

/** Make an account over the API, with the plan of the contract's first example. Its figure has no reconciliation. */
export async function makePerson(currency = "EUR"): Promise<{ email: string; call: Call }> {
  const email = newAddress();
  const server = process.env.SERVER_ADDRESS!;
  const json = { "Content-Type": "application/json" };
  const post = (path: string, body: unknown, headers = {}) =>
    fetch(server + path, { method: "POST", headers: { ...json, ...headers }, body: JSON.stringify(body) });
  const made = await post("/api/auth/users/", { username: email, email, password: PASSWORD, currency, timezone: "Europe/Berlin" });
  if (made.status !== 201) throw new Error(await made.text());
  const { access } = (await (await post("/api/auth/jwt/create/", { username: email, password: PASSWORD })).json()) as { access: string };
  const headers = { ...json, Authorization: `Bearer ${access}` };
  const call: Call = async (method, path, body) => {
    const answer = await fetch(server + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    return answer.status === 204 ? null : answer.json();
  };
  const inTenDays = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
  await call("POST", "/api/income/", { name: "Wage", amount: "3000", frequency: "monthly", next_payment_date: inTenDays });
  await call("POST", "/api/expense/", { name: "Rent", amount: "1000", frequency: "monthly", due_date: inTenDays });
  return { email, call };
}

export type Call = (method: string, path: string, body?: unknown) => Promise<any>;

export async function signIn(page: Page, address: string, email: string): Promise<void> {
  await page.goto(address);
  await page.getByLabel("E-mail or user name").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await figure(page).waitFor();
}

/** The number, as it stands on the page. */
export const figure = (page: Page) => page.getByRole("button", { name: /Hide amounts$/ });

export async function readFigure(page: Page): Promise<string> {
  return ((await figure(page).getAttribute("aria-label")) ?? "").replace(/\. Hide amounts$/, "");
}

export async function buy(page: Page, amount: string, category?: string): Promise<void> {
  for (const key of amount) await page.getByRole("group", { name: "Keypad" }).getByRole("button", { name: key === "." ? "decimal sign" : key, exact: true }).click();
  if (category) await page.getByRole("button", { name: category, exact: true }).click();
  await page.getByRole("button", { name: /^Store/ }).click();
}
