/** Where the app is: a path, as in the address bar. On phones a stack with the back button. */
import { BackHandler } from "react-native";

type Listener = () => void;
const listeners = new Set<Listener>();
const stack: string[] = ["/"];

const tell = () => listeners.forEach((listen) => listen());

export const navigation = {
  location: () => stack[stack.length - 1]!,
  go: (path: string, options: { replace?: boolean } = {}) => {
    if (options.replace) stack.pop();
    stack.push(path);
    tell();
  },
  back: () => {
    if (stack.length > 1) stack.pop();
    tell();
  },
  subscribe: (listen: Listener) => {
    listeners.add(listen);
    return () => void listeners.delete(listen);
  },
};

BackHandler.addEventListener("hardwareBackPress", () => {
  if (stack.length <= 1) return false;
  navigation.back();
  return true;
});
