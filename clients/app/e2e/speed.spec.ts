/**
 * How long until the digits and the first key, on a slow phone and a slow network: 4 × CPU, 1.6 Mbit/s, 150 ms.
 * Printed; `STRICT_TIMES=1` makes them decide, for machines that do nothing else meanwhile.
 */
import type { Page } from "@playwright/test";

import { expect, makePerson, signIn, test } from "./people";

const RUNS = Number(process.env.RUNS ?? 7);

async function slowDown(page: Page): Promise<void> {
  const client = await page.context().newCDPSession(page);
  await client.send("Network.enable");
  await client.send("Network.setCacheDisabled", { cacheDisabled: true });
  await client.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 150,
    downloadThroughput: 1_600_000 / 8,
    uploadThroughput: 750_000 / 8,
  });
  await client.send("Emulation.setCPUThrottlingRate", { rate: 4 });
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

test("the digits and the first key come soon", async ({ browser, gateway }) => {
  test.setTimeout(RUNS * 60_000);
  const { email } = await makePerson();
  const times: Record<string, number[]> = { "cold, digits": [], "cold, first key": [], "again, cached digits": [] };
  for (let run = 0; run < RUNS; run++) {
    // Signed in, nothing cached but the cookie: neither HTTP cache nor service worker.
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-IE", serviceWorkers: "block" });
    const page = await context.newPage();
    await signIn(page, gateway.address, email);
    await page.evaluate(() => localStorage.removeItem("allowance.glance"));
    await page.goto("about:blank");
    await slowDown(page);
    for (const [visit, digits] of [["cold", "cold, digits"], ["again", "again, cached digits"]] as const) {
      const start = Date.now();
      const opening = page.goto(gateway.address, { waitUntil: "commit" });
      await opening;
      await page.waitForFunction(() => /€\d/.test(document.body?.innerText ?? ""), undefined, { polling: 20 });
      times[digits]!.push(Date.now() - start);
      if (visit === "cold") {
        await page.getByRole("group", { name: "Keypad" }).getByRole("button", { name: "7", exact: true }).click();
        await page.getByRole("button", { name: "Store €7.00" }).waitFor();
        times["cold, first key"]!.push(Date.now() - start);
        await page.keyboard.press("Escape");
      }
    }
    await context.close();
  }
  const budgets: Record<string, number> = { "cold, digits": 2000, "cold, first key": 3500, "again, cached digits": 700 };
  for (const [name, values] of Object.entries(times)) {
    console.log(`   ${name.padEnd(24)} ${String(median(values)).padStart(5)} ms, at most ${budgets[name]} (${values.join(", ")})`);
    if (process.env.STRICT_TIMES) expect(median(values), name).toBeLessThan(budgets[name]!);
  }
});
