/** Starts a real server with an empty database in a folder of its own, and ends it after the tests. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../../..");

export function findPort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => done(port));
    });
  });
}

async function waitFor(address: string): Promise<void> {
  for (let tries = 0; tries < 240; tries++) {
    const isUp = await fetch(`${address}/health/ready/`).then((answer) => answer.ok, () => false);
    if (isUp) return;
    await new Promise((done) => setTimeout(done, 500));
  }
  throw new Error(`no server at ${address}`);
}

export default async function start(): Promise<() => Promise<void>> {
  if (!existsSync(join(root, "clients/app/dist/index.html"))) throw new Error("build the app first: make app");
  const folder = mkdtempSync(join(tmpdir(), "allowance-e2e-"));
  const port = await findPort();
  // Pages are opened through the gateway of a test; cookies and origins go by the address that the browser has.
  const gatewayPort = await findPort();
  const off = Object.fromEntries(["LOGIN", "OTP", "RESET", "ANON", "USER"].map((name) => [`THROTTLE_${name}`, "off"]));
  const server = spawn(process.env.PYTHON || join(root, ".venv/bin/python"), ["bin/serve.py", "serve"], {
    cwd: root,
    env: {
      ...process.env,
      ...off,
      ENV_FILE: "",
      DATA_DIR: folder,
      PORT: String(port),
      SITE_URL: `http://127.0.0.1:${gatewayPort}`,
    },
    stdio: ["ignore", "ignore", "inherit"],
    detached: true,
  });
  process.env.SERVER_ADDRESS = `http://127.0.0.1:${port}`;
  process.env.GATEWAY_PORT = String(gatewayPort);
  await waitFor(process.env.SERVER_ADDRESS);
  return async () => {
    const ended = new Promise((done) => server.once("exit", done));
    process.kill(-server.pid!, "SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
}
