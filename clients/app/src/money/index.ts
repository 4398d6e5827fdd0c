export * from "./decimal";
export * from "./keypad";
