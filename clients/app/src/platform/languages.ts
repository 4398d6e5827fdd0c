import { getLocales } from "expo-localization";

export const getDeviceLanguages = (): readonly string[] => getLocales().map((one) => one.languageTag);
