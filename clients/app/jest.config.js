const pure = {
  testEnvironment: "node",
  transform: { "\\.[jt]sx?$": ["babel-jest", { presets: ["babel-preset-expo"] }] },
};

/** The pure parts run once, in plain Node; components run as they would on each platform. */
module.exports = {
  projects: [
    { displayName: "pure", rootDir: ".", testMatch: ["<rootDir>/tests/pure/**/*.test.ts"], ...pure },
    ...["ios", "android"].map((platform) => ({
      displayName: platform,
      rootDir: ".",
      preset: `jest-expo/${platform}`,
      testMatch: ["<rootDir>/tests/components/**/*.test.tsx"],
      setupFiles: ["<rootDir>/tests/setup.ts"],
    })),
    {
      displayName: "web",
      rootDir: ".",
      preset: "jest-expo/web",
      testMatch: ["<rootDir>/tests/web/**/*.test.tsx"],
    },
  ],
};
