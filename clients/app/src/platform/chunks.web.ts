/**
 * Loads the parts that are split off, by script tags of this site, as the bundler's runtime asks for them.
 *
 * Expo's own loader comes with its development tools; these lines are all that a build needs of it.
 */

const loading = new Map<string, Promise<void>>();

function load(path: string): Promise<void> {
  const known = loading.get(path);
  if (known) return known;
  const promise = new Promise<void>((resolve, reject) => {
    const script = document.createElement("script");
    script.src = path;
    script.onload = () => resolve();
    script.onerror = () => {
      // The next try asks again.
      loading.delete(path);
      script.remove();
      reject(new Error(`could not load ${path}`));
    };
    document.head.appendChild(script);
  });
  loading.set(path, promise);
  return promise;
}

const everywhere = globalThis as unknown as Record<string, unknown>;
// eslint-disable-next-line @typescript-eslint/no-require-imports
if (__DEV__) require("@expo/metro-runtime");
else everywhere[`${everywhere["__METRO_GLOBAL_PREFIX__"] ?? ""}__loadBundleAsync`] = load;

export {};
