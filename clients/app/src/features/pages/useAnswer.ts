import { useCallback, useEffect, useState } from "react";

import { call } from "../../api/call";
import type { Account } from "../../api/live";

/** What was read in this visit, so that going back shows it at once; of one account alone. */
const kept = new Map<string, unknown>();
let keptFor: number | null = null;

export type Answer<T> = {
  readonly data: T | null;
  /** The last question had no answer, or was refused. */
  readonly hasFailed: boolean;
  readonly isMissing: boolean;
  readonly reload: () => void;
};

/** Read a path; again when anything of the account has changed. What was read before stays until the answer is there. */
export function useAnswer<T>(account: Account, path: string | null): Answer<T> {
  const revision = account.box.figure?.today.revision ?? "";
  const name = `${account.user} ${path}`;
  const [, tell] = useState(0);
  const [failure, setFailure] = useState<{ path: string; isMissing: boolean } | null>(null);
  const [tries, setTries] = useState(0);
  const reload = useCallback(() => setTries((count) => count + 1), []);

  useEffect(() => {
    if (path === null) return undefined;
    if (keptFor !== account.user) {
      kept.clear();
      keptFor = account.user;
    }
    let isCurrent = true;
    void call<T>("get", path).then((reply) => {
      if (!isCurrent) return;
      if (reply.type === "data") {
        kept.set(name, reply.data);
        setFailure(null);
      } else setFailure({ path, isMissing: reply.type === "refused" && reply.refusal.status === 404 });
      tell((count) => count + 1);
    });
    return () => {
      isCurrent = false;
    };
  }, [path, name, revision, tries, account.user]);

  const current = failure?.path === path ? failure : null;
  return {
    data: path === null ? null : ((kept.get(name) as T | undefined) ?? null),
    hasFailed: current !== null,
    isMissing: current?.isMissing ?? false,
    reload,
  };
}
