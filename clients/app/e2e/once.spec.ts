/**
 * Exactly once: purchases, changes and deletions while requests and answers are lost, late or refused, pages are
 * closed and a second tab looks on. `SCHEDULES=300` runs more; a failure names the seed, and `SEED=n` runs that alone.
 */
import { FATES } from "./gateway.mjs";
import type { Fate } from "./gateway.mjs";
import { buy, expect, figure, makePerson, readFigure, signIn, test } from "./people";

const SCHEDULES = Number(process.env.SCHEDULES ?? 24);
const FIRST = process.env.SEED ? Number(process.env.SEED) : 1;

function makeRandom(seed: number) {
  let state = seed >>> 0;
  return (n: number) => {
    state = (Math.imul(state ^ (state >>> 15), state | 1) + 0x6d2b79f5) >>> 0;
    return Math.floor((((state ^ (state >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

test("each purchase is stored once, whatever the network does", async ({ context, gateway }) => {
  test.setTimeout(SCHEDULES * 40_000);
  const { email, call } = await makePerson();
  let page = await context.newPage();
  await signIn(page, gateway.address, email);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  const cents = async () => Math.round(Number((await readFigure(page)).replace(/[^\d.-]/g, "").replace("−", "-")) * 100);
  const start = await cents();
  let bought = 0;
  const amounts: string[] = [];

  const count = process.env.SEED ? 1 : SCHEDULES;
  for (let seed = FIRST; seed < FIRST + count; seed++) {
    const below = makeRandom(seed * 7919);
    await test.step(`seed ${seed}`, async () => {
      gateway.choose = (request): Fate => {
        const isWrite = request.method !== "GET" && request.url!.startsWith("/api/transaction/");
        const isRead = request.url!.startsWith("/api/allowance/") || request.url!.startsWith("/api/auth/jwt/refresh/");
        if (isWrite && below(100) < 60) return FATES[below(FATES.length)]!;
        if (isRead && below(100) < 20) return below(2) ? "lose request" : "503 before";
        return "pass";
      };
      for (let purchase = 0; purchase < 2; purchase++) {
        const amount = `${below(3) + 1}.${String(below(100)).padStart(2, "0")}`;
        if (Number(amount) <= 0) continue;
        await buy(page, amount);
        // The line about the purchase before this one may still stand there.
        await expect(page.getByText(/^Stored:/)).toContainText(amount);
        bought += Math.round(Number(amount) * 100);
        amounts.push(amount);
        // Whatever is on its way: the figure is the last one less what was said.
        expect(await cents(), `seed ${seed}`).toBe(start - bought);
        const turn = below(4);
        if (turn === 0) {
          await page.close();
          page = await context.newPage();
          await page.goto(gateway.address);
          await figure(page).waitFor({ timeout: 30_000 });
          expect(await cents(), `seed ${seed} after a reload`).toBe(start - bought);
        } else if (turn === 1) {
          await page.waitForTimeout(below(900));
        }
      }
      gateway.choose = () => "pass";
      await page.evaluate(() => window.dispatchEvent(new Event("online")));
      await expect(page.getByText("waiting to be sent")).toHaveCount(0, { timeout: 60_000 });
      const stored = (await call("GET", "/api/transaction/?page_size=200")).results.map((row: { amount: string }) => row.amount);
      expect(stored.sort(), `seed ${seed}`).toEqual([...amounts].sort());
      expect(await cents(), `seed ${seed} in the end`).toBe(start - bought);
      // So that the list stays short.
      if (amounts.length > 60) test.info().annotations.push({ type: "note", description: `${amounts.length} purchases` });
    });
  }
});
