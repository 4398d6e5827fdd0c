import type { ReactNode } from "react";
import { Pressable, View } from "react-native";

import { Text, space, usePalette } from "../../ui";

type Props = {
  title: string;
  note?: string | undefined;
  value?: string | undefined;
  valueNote?: string | undefined;
  isStrong?: boolean;
  isDim?: boolean;
  mark?: ReactNode;
  onPress?: (() => void) | undefined;
  label?: string;
  expanded?: boolean;
};

/** A line of a list: what it is, what it comes to, and, where it is pressed, where it leads. */
export function Row({ title, note, value, valueNote, isStrong, isDim, mark, onPress, label, expanded }: Props) {
  const palette = usePalette();
  const look = isStrong ? "heading" : "body";
  const content = (
    <>
      {mark}
      <View style={{ flex: 1, paddingVertical: space.s }}>
        <Text look={look} tone={isDim ? "soft" : "ink"}>
          {title}
        </Text>
        {note ? (
          <Text look="small" tone="soft">
            {note}
          </Text>
        ) : null}
      </View>
      {value ? (
        <View style={{ alignItems: "flex-end", maxWidth: "50%" }}>
          <Text look={look}>{value}</Text>
          {valueNote ? (
            <Text look="small" tone="soft" style={{ textAlign: "right" }}>
              {valueNote}
            </Text>
          ) : null}
        </View>
      ) : null}
    </>
  );
  const style = {
    flexDirection: "row" as const,
    alignItems: "center" as const,
    minHeight: 48,
    gap: space.m,
    borderTopWidth: 1,
    borderColor: palette.line,
  };
  if (!onPress) return <View style={style}>{content}</View>;
  return (
    <Pressable
      role="button"
      aria-label={label ?? [title, note, value, valueNote].filter(Boolean).join(", ")}
      {...(expanded === undefined ? {} : { "aria-expanded": expanded })}
      onPress={onPress}
      style={({ pressed }) => [style, { opacity: pressed ? 0.7 : 1 }]}
    >
      {content}
      <View aria-hidden>
        <Text tone="soft" style={{ fontSize: expanded === undefined ? 20 : 12 }}>
          {expanded === undefined ? "›" : expanded ? "▴" : "▾"}
        </Text>
      </View>
    </Pressable>
  );
}
