import { buy, expect, figure, makePerson, newAddress, PASSWORD, readFigure, signIn, test, watch } from "./people";

test("a person registers, answers the questions, buys, goes offline and comes back", async ({ page, context, gateway, complaints }) => {
  watch(page, complaints, gateway.address);
  await page.goto(gateway.address);
  await page.getByRole("radio", { name: "Create an account" }).click();
  await page.getByLabel("E-mail", { exact: true }).fill(newAddress());
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create an account" }).click();

  await page.getByLabel("Amount of one payment (EUR)").fill("3.000");
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await page.getByRole("checkbox", { name: "Rent" }).click();
  await page.getByLabel("Amount (EUR)").fill("1000,00");
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await page.getByText("How much is there until payday?").waitFor();
  await page.getByLabel("Amount (EUR)").fill("900");
  await expect(page.getByText("How it comes about")).toBeVisible();
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await page.getByText("How much would you like to save?").waitFor();
  await page.getByRole("button", { name: "Skip for now" }).click();

  await expect(figure(page)).toBeVisible();
  const before = Number((await readFigure(page)).replace(/[^\d.]/g, ""));
  expect(before).toBeGreaterThan(0);

  // Three taps beside the digits.
  await buy(page, "3.50", "Groceries");
  const shows = async (spent: number) =>
    expect.poll(async () => Number((await readFigure(page)).replace(/[^\d.]/g, ""))).toBeCloseTo(before - spent, 2);
  await shows(3.5);
  await expect(page.getByText("waiting to be sent")).toBeHidden();

  // Once the service worker has the files, the page opens without a network.
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.reload();
  await shows(3.5);
  await expect.poll(() => page.evaluate(() => caches.keys().then((names) => names.length))).toBe(1);
  await context.setOffline(true);
  gateway.isAway = true;
  await buy(page, "10");
  await shows(13.5);
  await page.reload();
  await shows(13.5);
  await expect(page.getByText("Offline. What you log is kept here")).toBeVisible();
  await expect(page.getByText("waiting to be sent")).toBeVisible();
  complaints.length = 0;

  gateway.isAway = false;
  await context.setOffline(false);
  await expect(page.getByText("waiting to be sent")).toBeHidden({ timeout: 30_000 });
  await shows(13.5);
  expect(gateway.log.filter(({ method, url }) => method === "POST" && url === "/api/transaction/")).toHaveLength(2);
  expect(complaints).toEqual([]);
});

test("an entry is changed, deleted and taken back", async ({ page, gateway, complaints }) => {
  watch(page, complaints, gateway.address);
  const { email, call } = await makePerson();
  await signIn(page, gateway.address, email);
  const start = await readFigure(page);

  await buy(page, "8", "Transport");
  await page.getByRole("button", { name: /^Actions for Transport/ }).click();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.keyboard.press("Backspace");
  await page.keyboard.type("9.25");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Changed: €9.25")).toBeVisible();
  await expect.poll(async () => (await call("GET", "/api/transaction/")).results.map((row: { amount: string }) => row.amount)).toEqual(["9.25"]);

  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect.poll(() => readFigure(page)).toBe(start);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("button", { name: /^Actions for Transport/ })).toBeVisible();
  await page.waitForTimeout(7000);
  expect((await call("GET", "/api/transaction/")).results).toHaveLength(1);

  await page.getByRole("button", { name: /^Actions for Transport/ }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect.poll(async () => (await call("GET", "/api/transaction/")).results.length, { timeout: 20_000 }).toBe(0);
  await expect.poll(() => readFigure(page)).toBe(start);
  expect(complaints).toEqual([]);
});
