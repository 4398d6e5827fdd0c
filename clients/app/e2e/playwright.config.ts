import { defineConfig } from "@playwright/test";

/** One worker: the tests share a server, and the machine has other things to do. */
export default defineConfig({
  testDir: ".",
  outputDir: "../test-results",
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  globalSetup: "./server.ts",
  use: {
    browserName: "chromium",
    launchOptions: {
      executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
    },
    viewport: { width: 390, height: 844 },
    locale: "en-IE",
    timezoneId: "Europe/Berlin",
  },
});
