/** Each screen in its states: axe, targets of 44, no sideways scroll at 320; and with @screenshots pictures. */
import { mkdirSync } from "node:fs";

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { buy, expect, figure, makePerson, signIn, test, watch } from "./people";

type Person = Awaited<ReturnType<typeof makePerson>>;
type State = { name: string; open: (page: Page, address: string, person: Person) => Promise<void> };

const today = () => new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Berlin" }).format(new Date());

const openSheet = (button: string, title: string): State["open"] => async (page, address, person) => {
  await signIn(page, address, person.email);
  if ((page.viewportSize()?.width ?? 0) < 900 && button !== "Details …") await page.getByRole("button", { name: "Menu" }).click();
  if (button !== "Menu") await page.getByRole("button", { name: button }).last().click();
  await page.getByRole("dialog", { name: title }).waitFor();
};

const STATES: State[] = [
  {
    name: "welcome",
    open: async (page, address) => {
      await page.goto(address);
      await page.getByLabel("Password", { exact: true }).waitFor();
    },
  },
  {
    name: "welcome-register-refused",
    open: async (page, address) => {
      await page.goto(address);
      await page.getByRole("radio", { name: "Create an account" }).click();
      await page.getByLabel("E-mail", { exact: true }).fill("nobody");
      await page.getByLabel("Password", { exact: true }).fill("short");
      await page.getByRole("button", { name: "Create an account" }).click();
      await page.getByText(/valid email/).waitFor();
    },
  },
  {
    name: "first-steps",
    open: async (page, address, person) => {
      await signIn(page, address, person.email);
      await page.goto(`${address}/first-steps`);
      await page.getByText(/Step \d of 4/).waitFor();
    },
  },
  { name: "today-empty", open: async (page, address, person) => signIn(page, address, person.email) },
  {
    name: "today-entries",
    open: async (page, address, person) => {
      for (const [amount, category] of [["12.40", "Groceries"], ["3.20", "Coffee"], ["48.00", "An uncommonly long name of a category, 50 letters"]]) {
        await person.call("POST", "/api/transaction/", { amount, category, description: category === "Coffee" ? "with Ida" : "" });
      }
      await signIn(page, address, person.email);
      await page.getByRole("button", { name: /Actions for Coffee/ }).click();
      await page.keyboard.type("7.5+2");
    },
  },
  {
    name: "today-overspent",
    open: async (page, address, person) => {
      const { amount } = await person.call("GET", "/api/allowance/today/");
      await person.call("POST", "/api/transaction/", { amount: String(Number(amount) + 20), category: "Shoes" });
      await signIn(page, address, person.email);
    },
  },
  {
    name: "today-shortfall",
    open: async (page, address, person) => {
      await person.call("POST", "/api/expense/", { name: "Roof", amount: "5000", frequency: "once", due_date: today() });
      await signIn(page, address, person.email);
    },
  },
  {
    name: "today-no-income",
    open: async (page, address, person) => {
      const { results } = await person.call("GET", "/api/income/");
      await person.call("DELETE", `/api/income/${results[0].id}/`);
      const { results: bills } = await person.call("GET", "/api/expense/");
      await person.call("DELETE", `/api/expense/${bills[0].id}/`);
      await signIn(page, address, person.email);
    },
  },
  {
    name: "today-offline",
    open: async (page, address, person) => {
      await signIn(page, address, person.email);
      await page.context().setOffline(true);
      await buy(page, "5", "Groceries");
      await page.getByText("waiting to be sent").waitFor();
    },
  },
  { name: "details", open: openSheet("Details …", "Details") },
  {
    name: "correct",
    open: async (page, address, person) => {
      await openSheet("Correct the figure", "Correct the figure")(page, address, person);
      await page.getByLabel(/^Amount/).last().fill("800");
      await page.getByText("How it comes about").waitFor();
    },
  },
];

async function checkLayout(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const small = [...document.querySelectorAll("button, a, input, [role=button], [role=link], [role=radio], [role=checkbox], [role=switch]")]
      .filter((element) => element.getClientRects().length > 0 && !element.closest("[aria-hidden=true]"))
      .filter((element) => {
        const { width, height } = element.getBoundingClientRect();
        return width < 43.5 || height < 43.5;
      })
      .map((element) => `small: ${element.getAttribute("aria-label") ?? element.textContent}`);
    const wide = document.documentElement.scrollWidth > window.innerWidth ? ["scrolls sideways"] : [];
    return [...small, ...wide];
  });
}

for (const state of STATES) {
  test(`${state.name} can be used by everybody`, async ({ page, gateway, complaints }) => {
    const person = await makePerson();
    watch(page, complaints, gateway.address);
    await state.open(page, gateway.address, person);
    const problems = [];
    for (const [scheme, width, height] of [["light", 390, 844], ["dark", 1280, 800]] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(200);
      const { violations } = await new AxeBuilder({ page: page as never }).analyze();
      problems.push(...violations.map(({ id, nodes }) => `${scheme} ${width}: ${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`));
      problems.push(...(await checkLayout(page)).map((problem) => `${scheme} ${width}: ${problem}`));
    }
    await page.setViewportSize({ width: 320, height: 640 });
    await expect.poll(async () => (await checkLayout(page)).map((problem) => `320: ${problem}`)).toEqual([]);
    expect(problems).toEqual([]);
    // A refusal is an answer, and being offline is meant here: both stand on a browser's console.
    expect(complaints.filter((line) => !/Failed to load resource/.test(line))).toEqual([]);
  });

  test(`${state.name} @screenshots`, async ({ browser, gateway }) => {
    const folder = process.env.SCREENSHOT_DIR || "test-results/screenshots";
    mkdirSync(folder, { recursive: true });
    for (const [width, height] of [[390, 844], [1280, 800]] as const) {
      const context = await browser.newContext({ viewport: { width, height }, locale: "en-IE", timezoneId: "Europe/Berlin" });
      const page = await context.newPage();
      // A state may change the plan: each picture has an account of its own.
      await state.open(page, gateway.address, await makePerson());
      for (const scheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.waitForTimeout(250);
        await page.screenshot({ path: `${folder}/${state.name}-${width}-${scheme}.png` });
      }
      await context.close();
    }
  });
}

test("a purchase by keyboard alone", async ({ page, gateway }) => {
  const { email } = await makePerson();
  await signIn(page, gateway.address, email);
  await page.keyboard.type("4,20");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Stored: €4.20")).toBeVisible();
  // A sheet takes the focus, and gives it back.
  const details = page.getByRole("button", { name: "Details …" });
  await details.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Details" }).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.closest("[role=dialog]") !== null)).toBe(true);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Details …");
});

test("a link fills the keypad in and stores nothing", async ({ page, gateway }) => {
  const { email, call } = await makePerson();
  await signIn(page, gateway.address, email);
  await page.goto(`${gateway.address}/log?amount=3,50&category=Coffee&note=two`);
  await expect(page.getByRole("button", { name: "Store €3.50" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Coffee", pressed: true })).toBeVisible();
  await figure(page).waitFor();
  expect((await call("GET", "/api/transaction/")).results).toEqual([]);
});
