/**
 * Every check of the app but those in a browser: lint, types, tests, the three exports, weight. All of them run;
 * the summary tells what failed. `QUICK=1` leaves the exports for phones out and says so.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { exportFor } from "./build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const KEYPAD_BUDGET = 220_000;
const CHUNK_BUDGET = 100_000;
const BOOT_BUDGET = 5_000;
const results = [];

function run(name, command, args) {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(process.execPath, [join(root, "node_modules", command), ...args], { cwd: root, stdio: "inherit" });
  results.push([status === 0, name]);
}

function attempt(name, work) {
  console.log(`\n== ${name}`);
  try {
    work();
    results.push([true, name]);
  } catch (error) {
    console.error(error.message);
    results.push([false, name]);
  }
}

function weigh() {
  const dist = process.env.APP_DIR || join(root, "dist");
  const page = readFileSync(join(dist, "index.html"), "utf8");
  const weight = (path) => gzipSync(readFileSync(join(dist, path)), { level: 9 }).length;
  const scripts = readdirSync(join(dist, "_expo/static/js/web")).filter((name) => name.endsWith(".js"));
  const first = ["boot.js", ...scripts.map((name) => `_expo/static/js/web/${name}`).filter((path) => page.includes(path))];
  const others = scripts.map((name) => `_expo/static/js/web/${name}`).filter((path) => !first.includes(path));
  const welcome = others.filter((path) => /\/(Welcome|__common)-/.test(path));
  const sum = (paths) => paths.reduce((total, path) => total + weight(path), 0);
  const lines = [
    ["script until the keypad works, signed in", sum(first), KEYPAD_BUDGET],
    ["script until Welcome works", sum([...first, ...welcome]), KEYPAD_BUDGET],
    ["boot.js", weight("boot.js"), BOOT_BUDGET],
    ...others.map((path) => [path.replace(/.*\//, "").replace(/-[0-9a-f]{32}/, ""), weight(path), CHUNK_BUDGET]),
  ];
  for (const [name, bytes, budget] of lines) {
    console.log(`   ${name.padEnd(42)} ${String(bytes).padStart(8)} bytes gzip, at most ${budget}`);
  }
  const over = lines.filter(([, bytes, budget]) => bytes > budget);
  if (over.length > 0) throw new Error(`too heavy: ${over.map(([name]) => name).join(", ")}`);
}

/** The addresses in a bundle for phones are those that libraries name in their messages. */
function checkAddresses(folder) {
  const allowed = /(react\.dev|reactnative\.dev|reactjs\.org|github\.com|expo\.(dev|fyi)|w3\.org|fb\.me|mozilla\.org|localhost|127\.0\.0\.1|mths\.be|classic-assets\.eascdn\.net|openapi-ts\.dev|facebook\.com|docs\.expo\.dev|example\.(org|com)|phab\.|bugzilla|stackoverflow\.com|unicode\.org|formatjs\.)/;
  const found = new Set();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(hbc|js)$/.test(entry.name)) continue;
    const text = readFileSync(join(entry.parentPath, entry.name), "latin1");
    // Texts lie in the bundle without anything between them: only a name with a dot is a host.
    for (const [address] of text.matchAll(/https?:\/\/[\w-]+(\.[\w-]+)+/g)) if (!allowed.test(address)) found.add(address);
  }
  if (found.size > 0) throw new Error(`addresses in the bundle: ${[...found].join(", ")}`);
}

run("lint", "eslint/bin/eslint.js", ["--max-warnings", "0", "."]);
attempt("types, from the API's document", () => {
  const { status } = spawnSync(process.execPath, [join(root, "scripts/types.mjs"), "--check"], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error("types");
});
run("tests", "jest/bin/jest.js", ["--maxWorkers", "2"]);
attempt("export for browsers", () => {
  const build = join(root, "../../bin/build_app.py");
  const python = process.env.PYTHON || join(root, "../../.venv/bin/python");
  const { status } = spawnSync(python, [build], { cwd: root, stdio: "inherit" });
  if (status !== 0 || !existsSync(join(root, "dist/index.html"))) throw new Error("no build");
});
attempt("weight", weigh);
if (process.env.QUICK) console.log("\n   left out: the exports for Android and iOS (QUICK)");
else {
  for (const platform of ["android", "ios"]) {
    attempt(`export for ${platform}`, () => {
      const folder = mkdtempSync(join(tmpdir(), `allowance-${platform}-`));
      try {
        exportFor(platform, folder);
        checkAddresses(folder);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
}

console.log("\n== Summary");
for (const [isFine, name] of results) console.log(`   ${isFine ? "ok    " : "FAILED"} ${name}`);
process.exit(results.every(([isFine]) => isFine) ? 0 : 1);
