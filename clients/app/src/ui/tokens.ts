/** Colour, type and space. Warm paper, pine green, one amber: quiet enough to look at ten times a day. */

export const light = {
  paper: "#f5f3ec",
  surface: "#fffefa",
  sunken: "#ebe8de",
  ink: "#1b2723",
  soft: "#56625c",
  line: "#d9d5c8",
  // The edge of a control: 3 to 1 against what is around it.
  edge: "#858f88",
  accent: "#1f5f4a",
  onAccent: "#ffffff",
  tint: "#dfeae2",
  amber: "#8a4f0c",
  amberTint: "#f6e7cd",
  ahead: "#b9c9bf",
};

export type Palette = typeof light;

export const dark: Palette = {
  paper: "#121715",
  surface: "#1b2320",
  sunken: "#0d110f",
  ink: "#ecefe8",
  soft: "#a5b0aa",
  line: "#2e3934",
  edge: "#75817b",
  accent: "#8fd3b6",
  onAccent: "#0b2018",
  tint: "#213a30",
  amber: "#f0c07a",
  amberTint: "#3a2c16",
  ahead: "#3d4f47",
};

export const space = { xs: 4, s: 8, m: 12, l: 16, xl: 24, xxl: 32 };
export const radius = { s: 10, m: 16, l: 24, full: 999 };
export const type = {
  display: { fontSize: 60, lineHeight: 72, fontWeight: "300" as const, letterSpacing: -1.5 },
  title: { fontSize: 26, lineHeight: 32, fontWeight: "600" as const, letterSpacing: -0.3 },
  heading: { fontSize: 17, lineHeight: 24, fontWeight: "600" as const },
  body: { fontSize: 16, lineHeight: 23, fontWeight: "400" as const },
  small: { fontSize: 15, lineHeight: 22, fontWeight: "400" as const },
  key: { fontSize: 22, lineHeight: 28, fontWeight: "400" as const },
  sum: { fontSize: 32, lineHeight: 40, fontWeight: "300" as const, letterSpacing: -0.5 },
};
/** The least height and width of what is pressed. */
export const TARGET = 44;
/** From here on there is a side bar and a second column. */
export const WIDE = 900;
export const fontFamily = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
