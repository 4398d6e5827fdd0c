import { Pressable, View } from "react-native";

import { getDecimalSign, t } from "../../i18n";
import { Text, radius, space, usePalette } from "../../ui";

const ROWS = [
  ["1", "2", "3", "back"],
  ["4", "5", "6", "-"],
  ["7", "8", "9", "+"],
];

type Props = { decimals: number; onKey: (key: string) => void; done: { title: string; onPress: () => void; disabled: boolean } };

export function Keypad({ decimals, onKey, done }: Props) {
  const palette = usePalette();
  const faces: Record<string, [string, string]> = {
    back: ["⌫", t("deleteDigit")],
    "+": ["+", t("plus")],
    "-": ["−", t("minus")],
    ".": [getDecimalSign(), t("decimalSign")],
  };
  const renderKey = (key: string) => {
    const [face, label] = faces[key] ?? [key, key];
    const isSign = key === "+" || key === "-" || key === "back";
    return (
      <Pressable
        key={key}
        role="button"
        aria-label={label}
        onPress={() => onKey(key)}
        style={({ pressed }) => ({
          flex: 1,
          height: 50,
          borderRadius: radius.s,
          alignItems: "center",
          justifyContent: "center",
          backgroundColor: pressed ? palette.tint : isSign ? palette.sunken : palette.paper,
        })}
      >
        <Text look="key" tone={isSign ? "soft" : "ink"}>
          {face}
        </Text>
      </Pressable>
    );
  };
  return (
    <View role="group" aria-label={t("keypad")} style={{ gap: space.s - 2 }}>
      {ROWS.map((row) => (
        <View key={row[0]} style={{ flexDirection: "row", gap: space.s - 2 }}>
          {row.map(renderKey)}
        </View>
      ))}
      <View style={{ flexDirection: "row", gap: space.s - 2 }}>
        <View style={{ flex: 1, flexDirection: "row", gap: space.s - 2 }}>
          {decimals > 0 ? renderKey(".") : <View style={{ flex: 1 }} />}
          {renderKey("0")}
        </View>
        <Pressable
          role="button"
          aria-label={done.title}
          aria-disabled={done.disabled}
          disabled={done.disabled}
          onPress={done.onPress}
          style={({ pressed }) => ({
            flex: 1,
            height: 50,
            borderRadius: radius.s,
            alignItems: "center",
            justifyContent: "center",
            backgroundColor: done.disabled ? palette.sunken : palette.accent,
            opacity: pressed ? 0.75 : 1,
          })}
        >
          <Text look="heading" tone={done.disabled ? "soft" : "onAccent"} lines={1}>
            {done.title}
          </Text>
        </Pressable>
      </View>
    </View>
  );
}
