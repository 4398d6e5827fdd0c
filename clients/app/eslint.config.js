const expo = require("eslint-config-expo/flat");
const { defineConfig } = require("eslint/config");

/** Who may import whom; everything else is refused. Pure parts know neither React nor the machine. */
const ROOMS = {
  money: [],
  outbox: [],
  i18n: ["money"],
  figure: ["money", "outbox"],
  platform: [],
  api: ["outbox", "platform", "money", "figure"],
  ui: ["i18n", "platform"],
  features: ["api", "outbox", "money", "figure", "i18n", "ui", "platform", "features"],
  app: ["api", "features", "i18n", "ui", "platform"],
};
const PURE = ["money", "outbox", "figure"];

const boundaries = Object.entries(ROOMS).map(([room, allowed]) => {
  const refused = Object.keys(ROOMS).filter((other) => other !== room && !allowed.includes(other));
  const patterns = [{ group: refused.flatMap((other) => [`**/${other}`, `**/${other}/**`]), message: `src/${room} may not know this room.` }];
  if (PURE.includes(room)) {
    patterns.push({ group: ["react", "react-native", "expo*", "@*"], message: "Plain TypeScript only." });
  }
  return { files: [`src/${room}/**/*.{ts,tsx}`], rules: { "no-restricted-imports": ["error", { patterns }] } };
});

module.exports = defineConfig([
  expo,
  { ignores: ["dist/**", ".build-*/**", "src/api/generated/**", "public/**", "ios/**", "android/**"] },
  ...boundaries,
  {
    // What only a browser has belongs in files that only a browser loads.
    files: ["src/**/*.{ts,tsx}"],
    ignores: ["src/**/*.web.{ts,tsx}"],
    rules: {
      "no-restricted-globals": ["error", "window", "document", "localStorage", "sessionStorage", "indexedDB", "history"],
    },
  },
  { files: ["src/{money,outbox,figure}/**/*.ts"], rules: { "no-restricted-globals": ["error", "window", "document", "parseFloat"] } },
  {
    files: ["scripts/**", "e2e/**", "*.config.js"],
    languageOptions: { globals: { Buffer: "readonly", process: "readonly", console: "readonly", __dirname: "readonly" } },
  },
  // Playwright's fixtures take an empty pattern and a function named `use`.
  { files: ["e2e/**"], rules: { "no-empty-pattern": "off", "react-hooks/rules-of-hooks": "off" } },
  { rules: { "import/no-unresolved": "off", "react/no-unescaped-entities": "off" } },
]);
