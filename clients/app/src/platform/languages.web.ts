export const getDeviceLanguages = (): readonly string[] => (typeof navigator === "undefined" ? ["en"] : navigator.languages);
