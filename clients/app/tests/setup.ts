// Where messages of libraries about their own future would drown what matters.
const error = console.error;
console.error = (...args: unknown[]) => {
  if (!String(args[0]).includes("react-test-renderer is deprecated")) error(...args);
};

export {};
