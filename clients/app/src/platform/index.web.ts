import type { Boot, Platform, SessionMode, Store } from "./types";

export type { Boot, BootAnswer, Platform, SessionMode, Store } from "./types";

const TABLE = "values";

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("allowance", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

let database: Promise<IDBDatabase> | undefined;

async function transact<T>(
  mode: IDBTransactionMode,
  work: (table: IDBObjectStore, keep: (value: T) => void) => void,
): Promise<T> {
  database ??= open();
  const db = await database;
  return new Promise<T>((resolve, reject) => {
    const transaction = db.transaction(TABLE, mode, { durability: "strict" });
    let kept: T;
    work(transaction.objectStore(TABLE), (value) => (kept = value));
    transaction.oncomplete = () => resolve(kept);
    transaction.onabort = () => reject(transaction.error);
  });
}

const kept: Store = {
  read: (name) => transact("readonly", (table, keep) => {
    const request = table.get(name);
    request.onsuccess = () => keep(request.result ?? null);
  }),
  update: (name, change) => transact("readwrite", (table, keep) => {
    const request = table.get(name);
    request.onsuccess = () => {
      const before = request.result ?? null;
      const after = change(before);
      keep(after as never);
      if (after === null) table.delete(name);
      else if (after !== before) table.put(after, name);
    };
  }),
  clear: () => transact("readwrite", (table, keep) => {
    table.clear();
    keep(undefined);
  }),
};

function makeVolatile(): Store {
  const values = new Map<string, unknown>();
  return {
    read: async <T>(name: string) => (values.get(name) ?? null) as T | null,
    update: async <T>(name: string, change: (value: T | null) => T | null) => {
      const after = change((values.get(name) ?? null) as T | null);
      if (after === null) values.delete(name);
      else values.set(name, after);
      return after;
    },
    clear: async () => values.clear(),
  };
}

const volatile = makeVolatile();
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("allowance");
const PREFIX = "allowance.";

function readFlag(storage: () => Storage, name: string): string | null {
  try {
    return storage().getItem(PREFIX + name);
  } catch {
    return null;
  }
}

function writeFlag(storage: () => Storage, name: string, value: string | null): void {
  try {
    if (value === null) storage().removeItem(PREFIX + name);
    else storage().setItem(PREFIX + name, value);
  } catch {
    // Storage is off or full: the app works without.
  }
}

const forTab = () => window.sessionStorage;
const forGood = () => window.localStorage;

function watchUpdates(listen: (activate: () => void) => void) {
  if (!("serviceWorker" in navigator)) return;
  let hasAgreed = false;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    // Only the person's word reloads a page.
    if (hasAgreed) window.location.reload();
  });
  void navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).then((registration) => {
    const offer = () => {
      const { waiting } = registration;
      if (waiting && navigator.serviceWorker.controller) {
        listen(() => {
          hasAgreed = true;
          waiting.postMessage("activate");
        });
      }
    };
    offer();
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", offer);
    });
  }, () => undefined);
}

export const platform: Platform = {
  isWeb: true,
  canKeep: typeof window !== "undefined" && window.isSecureContext && "locks" in navigator,
  server: () => "",
  makeId: () => {
    if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6]! & 0x0f) | 0x40;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  },
  ready: async () => undefined,
  store: (mode: SessionMode) => {
    if (mode !== "keep" || !platform.canKeep) return volatile;
    void navigator.storage?.persist?.();
    return kept;
  },
  getFlag: (name) => readFlag(forTab, name) ?? readFlag(forGood, name),
  setFlag: (name, value, mode = "keep") => {
    if (value === null) {
      writeFlag(forTab, name, null);
      writeFlag(forGood, name, null);
    } else writeFlag(mode === "session" ? forTab : forGood, name, value);
  },
  refreshRequest: async (mode) => ({
    headers: { "X-Refresh-Cookie": mode === "keep" ? "1" : "session" },
    body: {},
  }),
  keepRefreshToken: async () => undefined,
  underLock: (name, work) =>
    navigator.locks ? (navigator.locks.request(`allowance.${name}`, work) as ReturnType<typeof work>) : work(),
  tellOthers: (message) => channel?.postMessage(message),
  onTold: (listen) => {
    const handle = (event: MessageEvent) => listen(String(event.data));
    channel?.addEventListener("message", handle);
    return () => channel?.removeEventListener("message", handle);
  },
  onWake: (listen) => {
    const wake = () => document.visibilityState === "visible" && listen();
    document.addEventListener("visibilitychange", wake);
    window.addEventListener("online", wake);
    window.addEventListener("offline", wake);
    window.addEventListener("pageshow", wake);
    return () => {
      document.removeEventListener("visibilitychange", wake);
      window.removeEventListener("online", wake);
      window.removeEventListener("offline", wake);
      window.removeEventListener("pageshow", wake);
    };
  },
  isOnline: () => navigator.onLine,
  isVisible: () => document.visibilityState === "visible",
  buzz: () => void navigator.vibrate?.(12),
  boot: () => (window as unknown as { allowanceBoot?: Boot }).allowanceBoot ?? {},
  onKey: (listen) => {
    const handle = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null;
      const isField = target?.closest("input, textarea, select, [role=dialog]");
      if (isField || event.ctrlKey || event.metaKey || event.altKey) return;
      // A focused control keeps the keys that press it.
      const isControl = target?.closest("button, a, [role=button], [role=radio], [role=link]");
      if (isControl && (event.key === "Enter" || event.key === " ")) return;
      if (listen(event.key)) event.preventDefault();
    };
    window.addEventListener("keydown", handle);
    return () => window.removeEventListener("keydown", handle);
  },
  onUpdate: watchUpdates,
  fetchRest: () => void navigator.serviceWorker?.controller?.postMessage("fetch-rest"),
  reload: () => window.location.reload(),
};
