import { createElement, useId } from "react";
import { View } from "react-native";

import { Text, fontFamily, radius, space, usePalette } from ".";

type Props = { label: string; value: string; onChange: (value: string) => void; errors?: readonly string[]; max?: string; isLabelHidden?: boolean };

/** The browser's own field for a day: it knows the person's calendar and order of day and month. */
export function DateField({ label, value, onChange, errors = [], max, isLabelHidden }: Props) {
  const palette = usePalette();
  const id = useId();
  return (
    <View style={{ gap: space.xs }}>
      {!isLabelHidden && (
        <Text look="small" tone="soft" id={`${id}-label`}>
          {label}
        </Text>
      )}
      {createElement("input", {
        type: "date",
        value,
        max,
        ...(isLabelHidden ? { "aria-label": label } : { "aria-labelledby": `${id}-label` }),
        "aria-describedby": `${id}-note`,
        "aria-invalid": errors.length > 0,
        onChange: (event: { target: { value: string } }) => onChange(event.target.value),
        style: {
          minHeight: 48,
          boxSizing: "border-box",
          padding: `0 ${space.m}px`,
          borderRadius: radius.s,
          border: `1px solid ${errors.length ? palette.amber : palette.edge}`,
          background: palette.surface,
          color: palette.ink,
          font: `400 16px/23px ${fontFamily}`,
          width: "100%",
        },
      })}
      <View nativeID={`${id}-note`}>
        {errors.map((line) => (
          <Text key={line} look="small" tone="amber">
            {line}
          </Text>
        ))}
      </View>
    </View>
  );
}
