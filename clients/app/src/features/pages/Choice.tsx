import { View } from "react-native";

import { Button, Text, space } from "../../ui";

type Props<T extends string> = {
  label: string;
  options: readonly (readonly [value: T, title: string])[];
  value: T;
  onChange: (value: T) => void;
  errors?: readonly string[] | undefined;
  hint?: string | undefined;
};

/** One of a few. */
export function Choice<T extends string>({ label, options, value, onChange, errors, hint }: Props<T>) {
  return (
    <View style={{ gap: space.xs }}>
      <Text look="small" tone="soft">
        {label}
      </Text>
      <View role="radiogroup" aria-label={label} style={{ flexDirection: "row", gap: space.s, flexWrap: "wrap" }}>
        {options.map(([one, title]) => (
          <Button key={one} look="chip" role="radio" title={title} isSelected={one === value} onPress={() => onChange(one)} />
        ))}
      </View>
      {hint ? (
        <Text look="small" tone="soft">
          {hint}
        </Text>
      ) : null}
      <Problems>{errors}</Problems>
    </View>
  );
}

/** What the server, or the form, has to say about what was typed. */
export function Problems({ children }: { children: readonly string[] | undefined }) {
  return (
    <View role="alert">
      {(children ?? []).map((line) => (
        <Text key={line} look="small" tone="amber">
          {line}
        </Text>
      ))}
    </View>
  );
}
