/** What the app needs of the machine it runs on; one implementation for the web, one for phones. */

export type Store = {
  read<T>(name: string): Promise<T | null>;
  /** Read, change and write in one transaction, on disk before the promise resolves. */
  update<T>(name: string, change: (value: T | null) => T | null): Promise<T | null>;
  clear(): Promise<void>;
};

/** `keep`: signed in until signed out. `session`: somebody else's device, nothing is stored. */
export type SessionMode = "keep" | "session";

/** What boot.js has asked for before the app was there. */
export type BootAnswer = {
  readonly status: number;
  readonly body: unknown;
  readonly date: string | null;
  readonly etag: string | null;
  readonly retryAfter: string | null;
  readonly at: number;
};

export type Boot = {
  readonly seq?: number;
  readonly refresh?: Promise<BootAnswer | null>;
  readonly today?: Promise<BootAnswer | null>;
};

export type Platform = {
  readonly isWeb: boolean;
  /** Whether purchases may be kept here until they are sent: not over plain http of another machine. */
  readonly canKeep: boolean;
  /** The address of the server; empty on the web, where it is the page's own. */
  server(): string;
  makeId(): string;
  /** Wait for what is read at the start of the app. */
  ready(): Promise<void>;
  store(mode: SessionMode): Store;
  /** Small texts that are there at once. With a mode of `session` they end with the tab. */
  getFlag(name: string): string | null;
  setFlag(name: string, value: string | null, mode?: SessionMode): void;
  /** Headers and body with which the refresh token travels. */
  refreshRequest(mode: SessionMode): Promise<{ headers: Record<string, string>; body: Record<string, string> }>;
  keepRefreshToken(token: string | null): Promise<void>;
  /** One at a time in all tabs. */
  underLock<T>(name: string, work: () => Promise<T>): Promise<T>;
  tellOthers(message: string): void;
  onTold(listen: (message: string) => void): () => void;
  /** Called when the app comes to the front or the network comes back. */
  onWake(listen: () => void): () => void;
  isOnline(): boolean;
  isVisible(): boolean;
  buzz(): void;
  boot(): Boot;
  /** Called for keys that no field takes. */
  onKey(listen: (key: string) => boolean): () => void;
  /** A new version is there: `activate` takes it. */
  onUpdate(listen: (activate: () => void) => void): void;
  /** The first figure is shown: what other screens need may be fetched. */
  fetchRest(): void;
  reload(): void;
};
