/*
 * Serves the app's own files and pages from a cache, so that it opens without a network. It never touches the API,
 * the admin, the documents or the pages that mails link to. The build writes the two lists.
 */
"use strict";
const VERSION = "__VERSION__";
/** What the first screen needs, and what the others need. */
const SHELL = __SHELL__;
const REST = __REST__;
const CACHE = `allowance-${VERSION}`;
const FILES = new Set([...SHELL, ...REST]);
const PAGES = /^\/(?:|(?:welcome|first-steps|log|why|history|plan|settings)(?:\/.*)?)$/;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(CACHE).then((cache) => cache.addAll(SHELL.map((path) => new Request(path, { cache: "no-cache" })))),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names.filter((name) => name.startsWith("allowance-") && name !== CACHE).map((name) => caches.delete(name)),
        ),
      )
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  const isPage = event.request.mode === "navigate" && PAGES.test(url.pathname);
  const path = isPage ? "/" : url.pathname;
  if (!isPage && !FILES.has(path)) return;
  event.respondWith(
    caches
      .open(CACHE)
      .then((cache) => cache.match(path))
      .then((answer) => answer ?? fetch(event.request)),
  );
});

self.addEventListener("message", (event) => {
  // After the first figure: every screen opens without a network from then on.
  if (event.data === "fetch-rest") {
    event.waitUntil(
      caches.open(CACHE).then(async (cache) => {
        for (const path of REST) if (!(await cache.match(path))) await cache.add(path);
      }),
    );
  }
  // A new version waits until the person agrees, or until no page is open.
  if (event.data === "activate") self.skipWaiting();
});
