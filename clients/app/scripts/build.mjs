/**
 * Builds the app for the web into dist: `node scripts/build.mjs`.
 *
 * The export goes to a folder of its own, gets its service worker and compressed copies, and is renamed into place
 * when it is whole: what was served before stays until then, and stays where the build fails.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = process.env.APP_DIR || join(root, "dist");
// Beside it, for only within one file system a folder is renamed in one step.
const draft = join(dirname(target), `.build-${process.pid}`);

/** The environment of Expo: no network, no questions, no reports. */
export const expoEnvironment = {
  ...process.env,
  CI: "1",
  EXPO_OFFLINE: "1",
  EXPO_NO_TELEMETRY: "1",
  EXPO_UNSTABLE_TREE_SHAKING: "1",
  EXPO_UNSTABLE_METRO_OPTIMIZE_GRAPH: "1",
};

export function exportFor(platform, folder) {
  const expo = join(root, "node_modules/expo/bin/cli");
  const run = spawnSync(process.execPath, [expo, "export", "-p", platform, "--output-dir", folder], {
    cwd: root,
    env: expoEnvironment,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (run.status !== 0) throw new Error(`expo export -p ${platform} ended with ${run.status ?? run.signal}`);
}

function list(folder, under = "") {
  return readdirSync(join(folder, under), { withFileTypes: true }).flatMap((entry) => {
    const path = under ? `${under}/${entry.name}` : entry.name;
    return entry.isDirectory() ? list(folder, path) : [path];
  });
}

function writeServiceWorker(folder) {
  const files = list(folder).filter((path) => !["sw.js", "metadata.json", "index.html"].includes(path));
  const page = readFileSync(join(folder, "index.html"), "utf8");
  const isFirst = (path) => page.includes(`/${path}`);
  const shell = ["/", ...files.filter(isFirst).map((path) => `/${path}`)];
  const rest = files.filter((path) => !isFirst(path) && /\.(js|css)$/.test(path)).map((path) => `/${path}`);
  const hash = createHash("sha256");
  for (const path of ["index.html", ...files].sort()) hash.update(path).update(readFileSync(join(folder, path)));
  const worker = readFileSync(join(folder, "sw.js"), "utf8")
    .replace("__VERSION__", hash.digest("hex").slice(0, 16))
    .replace("__SHELL__", JSON.stringify(shell))
    .replace("__REST__", JSON.stringify(rest));
  writeFileSync(join(folder, "sw.js"), worker);
}

function compress(folder) {
  for (const path of list(folder)) {
    if (!/\.(js|css|html|svg|webmanifest|json)$/.test(path)) continue;
    const bytes = readFileSync(join(folder, path));
    writeFileSync(join(folder, `${path}.gz`), gzipSync(bytes, { level: 9 }));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    writeFileSync(join(folder, `${path}.br`), brotliCompressSync(bytes, { params }));
  }
}

function main() {
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  try {
    exportFor("web", draft);
    rmSync(join(draft, "metadata.json"), { force: true });
    writeServiceWorker(draft);
    compress(draft);
    // Last, for it tells the server that the rest is there.
    writeFileSync(join(draft, "build.json"), JSON.stringify({ hash: process.env.SOURCES_HASH ?? "" }) + "\n");
    const old = `${target}.old`;
    rmSync(old, { recursive: true, force: true });
    if (statSync(target, { throwIfNoEntry: false })) renameSync(target, old);
    renameSync(draft, target);
    rmSync(old, { recursive: true, force: true });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
