/** The screens beyond Today against a real server: what is changed there is what the API has. */
import { createHmac } from "node:crypto";

import { expect, makePerson, readFigure, signIn, test, watch } from "./people";

/** The code of an authenticator app: RFC 6238, thirty seconds, six digits. */
function codeAt(secret: string, at: number): string {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const hash = createHmac("sha1", key).update(counter).digest();
  const start = hash[hash.length - 1]! & 15;
  return String((hash.readUInt32BE(start) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

test("why leads to the item, and a change of it holds from its next date on", async ({ page, gateway, complaints }) => {
  const { email, call } = await makePerson();
  watch(page, complaints, gateway.address);
  await signIn(page, gateway.address, email);
  await page.goto(`${gateway.address}/why`);
  await page.getByRole("button", { name: /^Rent,/ }).click();
  await expect(page.getByRole("heading", { name: "Rent", level: 1 })).toBeVisible();
  await page.getByLabel("Amount").first().fill("1100");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "Plan", level: 1 })).toBeVisible();
  const { results } = await call("GET", "/api/expense/");
  expect(results.map((one: { amount: string }) => one.amount).sort()).toEqual(["1000.00", "1100.00"]);
  expect(complaints).toEqual([]);
});

test("an income is added, a date of a bill is paid, a goal is deleted and taken back", async ({ page, gateway }) => {
  const { email, call } = await makePerson();
  await call("POST", "/api/savings-goal/", { name: "Bicycle", percentage: "5" });
  await signIn(page, gateway.address, email);
  await page.goto(`${gateway.address}/plan/income/new`);
  await page.getByLabel("Name (optional)").fill("Lessons");
  await page.getByLabel("Amount of one payment").fill("120");
  await page.getByRole("radio", { name: "every week", exact: true }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: /^Lessons,/ }).waitFor();

  await page.getByRole("button", { name: /^Rent,/ }).click();
  await page.getByRole("button", { name: /€1,000.00$/ }).first().click();
  await page.getByRole("button", { name: "Paid today" }).click();
  await expect.poll(async () => (await call("GET", "/api/transaction/?kind=bill")).results.length).toBe(1);

  await page.goto(`${gateway.address}/plan`);
  await page.getByRole("button", { name: /^Bicycle,/ }).click();
  await page.getByRole("button", { name: "Delete Bicycle" }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("button", { name: /^Bicycle,/ })).toBeVisible();
  expect((await call("GET", "/api/savings-goal/")).count).toBe(1);
});

test("an older entry is changed in the history without a network, and sent later", async ({ page, gateway, context }) => {
  const { email, call } = await makePerson();
  const day = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10);
  const { id } = await call("POST", "/api/transaction/", { amount: "12.40", category: "Groceries", date: day });
  await signIn(page, gateway.address, email);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.goto(`${gateway.address}/history`);
  await page.getByRole("button", { name: /^Groceries/ }).waitFor();
  await context.setOffline(true);
  await page.getByRole("button", { name: /^Groceries/ }).click();
  await page.getByLabel(/^Amount/).fill("14");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Changed: €14.00")).toBeVisible();
  await context.setOffline(false);
  await expect.poll(async () => (await call("GET", `/api/transaction/${id}/`)).amount, { timeout: 30_000 }).toBe("14.00");
});

test("settings: weights, another password, a second factor", async ({ page, gateway }) => {
  const { email, call } = await makePerson();
  await signIn(page, gateway.address, email);
  const before = await readFigure(page);
  await page.goto(`${gateway.address}/settings`);
  await page.getByRole("button", { name: /^Days of the week/ }).click();
  for (const day of ["Saturday", "Sunday"]) await page.getByRole("button", { name: `More for ${day}` }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect.poll(async () => (await call("GET", "/api/auth/users/me/")).weekday_weights).toEqual([1, 1, 1, 1, 1, 2, 2]);

  await page.getByRole("button", { name: /^Password/ }).click();
  await page.getByLabel("Password as it is now").fill("Correct-horse-9");
  await page.getByLabel("New password").fill("Another-horse-10");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByRole("button", { name: "Change the password" })).toBeHidden();

  await page.getByRole("button", { name: /^Second factor/ }).click();
  await page.getByLabel("Password as it is now").fill("Another-horse-10");
  await page.getByRole("button", { name: "Set it up" }).click();
  await page.getByRole("img", { name: /QR code/ }).waitFor();
  const secret = ((await page.getByText(/^([A-Z2-7]{4} ?){8}$/).textContent()) ?? "").replace(/ /g, "");
  await page.getByLabel("The six digits that it shows").fill(codeAt(secret, Date.now()));
  await page.getByRole("button", { name: "Turn it on" }).click();
  await page.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.getByText(/^on, \d+ backup codes left$/)).toBeVisible();
  await page.goto(gateway.address);
  await expect.poll(() => readFigure(page)).not.toBe(before);
});
