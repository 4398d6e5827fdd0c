/** Generates src/api/generated/schema.d.ts from the API's document. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import openapi, { astToString } from "openapi-typescript";
import converter from "swagger2openapi";

const here = new URL("..", import.meta.url);
const document = JSON.parse(readFileSync(new URL("../../docs/swagger.json", here), "utf8"));
const { openapi: converted } = await converter.convertObj(document, { patch: true, warnOnly: true });
const folder = new URL("src/api/generated/", here);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL("schema.d.ts", folder), astToString(await openapi(converted)));
if (process.argv.includes("--check")) {
  execFileSync(process.execPath, [fileURLToPath(new URL("node_modules/typescript/bin/tsc", here)), "--noEmit"], {
    cwd: fileURLToPath(here),
    stdio: "inherit",
  });
}
