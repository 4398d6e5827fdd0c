import AsyncStorage from "@react-native-async-storage/async-storage";
import { randomUUID } from "expo-crypto";
import * as SecureStore from "expo-secure-store";
import { AppState, Vibration } from "react-native";

import type { Platform, Store } from "./types";

export type { Boot, BootAnswer, Platform, SessionMode, Store } from "./types";

const PREFIX = "allowance.";
const TOKEN = "allowance.refresh";
const flags = new Map<string, string>();
const locks = new Map<string, Promise<unknown>>();

function enqueue<T>(name: string, work: () => Promise<T>): Promise<T> {
  const turn = (locks.get(name) ?? Promise.resolve()).then(work, work);
  locks.set(name, turn.catch(() => undefined));
  return turn;
}

const store: Store = {
  read: async (name) => {
    const text = await AsyncStorage.getItem(PREFIX + name);
    return text === null ? null : JSON.parse(text);
  },
  update: (name, change) =>
    enqueue(`store.${name}`, async () => {
      const text = await AsyncStorage.getItem(PREFIX + name);
      const after = change(text === null ? null : JSON.parse(text));
      if (after === null) await AsyncStorage.removeItem(PREFIX + name);
      else await AsyncStorage.setItem(PREFIX + name, JSON.stringify(after));
      return after;
    }),
  clear: async () => {
    const names = await AsyncStorage.getAllKeys();
    await AsyncStorage.multiRemove(names.filter((name) => name.startsWith(PREFIX)));
  },
};

export const platform: Platform = {
  isWeb: false,
  canKeep: true,
  server: () => flags.get("server") ?? "",
  makeId: randomUUID,
  ready: async () => {
    const text = await AsyncStorage.getItem(`${PREFIX}flags`);
    for (const [name, value] of Object.entries(JSON.parse(text ?? "{}"))) flags.set(name, String(value));
    // The keychain outlives an installation on iOS: what an earlier one left is not this one's.
    if (!flags.has("installed")) {
      await SecureStore.deleteItemAsync(TOKEN);
      platform.setFlag("installed", "1");
    }
  },
  store: () => store,
  getFlag: (name) => flags.get(name) ?? null,
  setFlag: (name, value) => {
    if (value === null) flags.delete(name);
    else flags.set(name, value);
    void AsyncStorage.setItem(`${PREFIX}flags`, JSON.stringify(Object.fromEntries(flags)));
  },
  refreshRequest: async () => ({ headers: {}, body: { refresh: (await SecureStore.getItemAsync(TOKEN)) ?? "" } }),
  keepRefreshToken: async (token) => {
    if (token === null) await SecureStore.deleteItemAsync(TOKEN);
    else {
      await SecureStore.setItemAsync(TOKEN, token, {
        keychainAccessible: SecureStore.AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY,
      });
    }
  },
  underLock: enqueue,
  tellOthers: () => undefined,
  onTold: () => () => undefined,
  onWake: (listen) => {
    const subscription = AppState.addEventListener("change", (state) => state === "active" && listen());
    return () => subscription.remove();
  },
  isOnline: () => true,
  isVisible: () => AppState.currentState === "active",
  buzz: () => Vibration.vibrate(12),
  boot: () => ({}),
  onKey: () => () => undefined,
  onUpdate: () => undefined,
  fetchRest: () => undefined,
  reload: () => undefined,
};
