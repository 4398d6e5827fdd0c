import { useState } from "react";
import { View } from "react-native";

import { t } from "../../i18n";
import { Button, Field, Text, space } from "../../ui";

export type Option = { readonly value: string; readonly title: string; readonly note?: string | undefined };

const MOST = 8;

type Props = { label: string; options: readonly Option[]; value: string; onChange: (value: string) => void };

/** One of many: what is typed narrows the list down. */
export function Picker({ label, options, value, onChange }: Props) {
  const [text, setText] = useState("");
  const found = findOptions(options, text);
  return (
    <View style={{ gap: space.s }}>
      <Field label={label} value={text} onChangeText={setText} inputMode="search" autoCapitalize="none" />
      <View role="radiogroup" aria-label={label} style={{ flexDirection: "row", flexWrap: "wrap", gap: space.s }}>
        {found.slice(0, MOST).map((one) => (
          <Button
            key={one.value}
            look="chip"
            role="radio"
            title={one.title}
            isSelected={one.value === value}
            onPress={() => onChange(one.value)}
          />
        ))}
      </View>
      {found.length === 0 ? (
        <Text look="small" tone="soft">
          {t("nothingFound")}
        </Text>
      ) : found.length > MOST ? (
        <Text look="small" tone="soft">
          {t("typeToFind", { n: found.length - MOST })}
        </Text>
      ) : null}
    </View>
  );
}

/** Those that hold each word of the text, in any order. */
export function findOptions(options: readonly Option[], text: string): Option[] {
  const words = text.toLowerCase().split(/[\s/_,]+/).filter(Boolean);
  return options.filter(({ value, title, note }) => {
    const whole = `${value} ${title} ${note ?? ""}`.toLowerCase();
    return words.every((word) => whole.includes(word));
  });
}
