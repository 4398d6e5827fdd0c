import { buy, expect, figure, makePerson, readFigure, signIn, test, watch } from "./people";

test("twenty reloads in a row stay signed in", async ({ page, gateway }) => {
  const { email } = await makePerson();
  await signIn(page, gateway.address, email);
  for (let reload = 0; reload < 20; reload++) {
    await page.goto(gateway.address, { waitUntil: "commit" });
    await page.waitForTimeout(200);
  }
  await expect(figure(page)).toBeVisible();
  // It can still write: the session is whole.
  await buy(page, "1");
  await expect(page.getByText("waiting to be sent")).toBeHidden({ timeout: 30_000 });
});

test("two tabs that renew the session at once both stay signed in", async ({ context, gateway, complaints }) => {
  const { email } = await makePerson();
  const first = await context.newPage();
  await signIn(first, gateway.address, email);
  const others = await Promise.all([context.newPage(), context.newPage()]);
  for (const page of others) watch(page, complaints, gateway.address);
  await Promise.all(others.map((page) => page.goto(gateway.address)));
  for (const page of [first, ...others]) await expect(figure(page)).toBeVisible();

  // What one logs, the others show.
  await buy(others[0]!, "2");
  const shown = await readFigure(others[0]!);
  await expect.poll(() => readFigure(others[1]!)).toBe(shown);
  await expect.poll(() => readFigure(first)).toBe(shown);
  expect(complaints).toEqual([]);
});

test("a session that is ended elsewhere signs out, and keeps what was not sent", async ({ page, context, gateway }) => {
  const { email, call } = await makePerson();
  await signIn(page, gateway.address, email);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await context.setOffline(true);
  await buy(page, "5");
  await call("POST", "/api/auth/sessions/revoke-others/", {});
  const { results } = await call("GET", "/api/auth/sessions/");
  expect(results).toHaveLength(1);
  await context.setOffline(false);
  await expect(page.getByText("You were signed out.")).toBeVisible({ timeout: 30_000 });
  await signIn(page, gateway.address, email);
  await expect.poll(async () => (await call("GET", "/api/transaction/")).results.length).toBe(1);
});

test("on somebody else's device nothing is stored", async ({ page, gateway }) => {
  const { email } = await makePerson();
  await page.goto(gateway.address);
  await page.getByRole("checkbox", { name: /Not my device/ }).click();
  await page.getByLabel("E-mail or user name").fill(email);
  await page.getByLabel("Password", { exact: true }).fill("Correct-horse-9");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(figure(page)).toBeVisible();
  const stored = await page.evaluate(async () => ({ flags: Object.keys(localStorage), databases: (await indexedDB.databases()).length }));
  expect(stored).toEqual({ flags: [], databases: 0 });
});
