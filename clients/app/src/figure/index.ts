export * from "./days";
export * from "./shown";
