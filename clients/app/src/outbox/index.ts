export * from "./entries";
