/** Where the app is: the path in the address bar. */

type Listener = () => void;
const listeners = new Set<Listener>();

const tell = () => listeners.forEach((listen) => listen());

if (typeof window !== "undefined") window.addEventListener("popstate", tell);

export const navigation = {
  location: () => window.location.pathname + window.location.search,
  go: (path: string, options: { replace?: boolean } = {}) => {
    if (options.replace) window.history.replaceState(null, "", path);
    else window.history.pushState(null, "", path);
    tell();
  },
  back: () => window.history.back(),
  subscribe: (listen: Listener) => {
    listeners.add(listen);
    return () => void listeners.delete(listen);
  },
};
