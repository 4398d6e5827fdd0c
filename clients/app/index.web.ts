import "./src/platform/chunks";

import { createElement } from "react";
import { createRoot } from "react-dom/client";

import { live } from "./src/api/live";
import { App } from "./src/app/App";

// What boot.js has painted stays until there is something to show in its place.
function begin() {
  if (live.get().status === "starting") return;
  unsubscribe();
  createRoot(document.getElementById("root")!).render(createElement(App));
}
const unsubscribe = live.subscribe(begin);
begin();
