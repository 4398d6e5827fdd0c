/** The design system: text, buttons, fields, notices. Screens use these and the tokens, no colours of their own. */

import { createContext, useContext, useId } from "react";
import type { ReactNode } from "react";
import { Platform, Pressable, Text as NativeText, TextInput, View, useColorScheme, useWindowDimensions } from "react-native";
import type { StyleProp, TextInputProps, TextStyle, ViewStyle } from "react-native";

import { TARGET, WIDE, dark, fontFamily, light, radius, space, type } from "./tokens";
import type { Palette } from "./tokens";

export * from "./tokens";

const PaletteContext = createContext<Palette>(light);

export function Theme({ children }: { children: ReactNode }) {
  const scheme = useColorScheme();
  return <PaletteContext.Provider value={scheme === "dark" ? dark : light}>{children}</PaletteContext.Provider>;
}

export const usePalette = () => useContext(PaletteContext);
export const useIsWide = () => useWindowDimensions().width >= WIDE;

const isWeb = Platform.OS === "web";
const family = isWeb ? { fontFamily } : {};
const tabular = { fontVariant: ["tabular-nums" as const] };

type TextProps = {
  children: ReactNode;
  look?: keyof typeof type;
  tone?: "ink" | "soft" | "accent" | "onAccent" | "amber";
  style?: StyleProp<TextStyle>;
  level?: 1 | 2 | 3;
  lines?: number;
  id?: string;
  label?: string;
};

export function Text({ children, look = "body", tone = "ink", style, level, lines, id, label }: TextProps) {
  const palette = usePalette();
  const heading = level ? { role: "heading" as const, "aria-level": level } : {};
  const shown = lines === undefined ? {} : { numberOfLines: lines };
  return (
    <NativeText
      {...heading}
      {...shown}
      {...(id ? { nativeID: id } : {})}
      {...(label ? { "aria-label": label } : {})}
      style={[type[look], family, tabular, { color: palette[tone], textAlign: "auto" }, style]}
    >
      {children}
    </NativeText>
  );
}

type ButtonProps = {
  title: string;
  onPress: () => void;
  look?: "primary" | "quiet" | "plain" | "chip";
  label?: string;
  isSelected?: boolean;
  /** It leads to the page that is shown. */
  isCurrent?: boolean;
  role?: "button" | "radio" | "checkbox" | "switch";
  disabled?: boolean;
  expanded?: boolean;
  style?: StyleProp<ViewStyle>;
  textStyle?: StyleProp<TextStyle>;
};

export function Button({ title, onPress, look = "quiet", label, isSelected, isCurrent, role = "button", disabled, expanded, style, textStyle }: ButtonProps) {
  const palette = usePalette();
  const isChip = look === "chip";
  const isFilled = look === "primary" || (isChip && isSelected);
  const background = isFilled ? palette.accent : look === "plain" ? "transparent" : palette.surface;
  const tone = isFilled ? "onAccent" : look === "plain" ? "accent" : "ink";
  const states = {
    ...(role === "button" && isSelected !== undefined ? { "aria-pressed": isSelected } : {}),
    ...(role !== "button" ? { "aria-checked": Boolean(isSelected) } : {}),
    ...(isCurrent ? { "aria-current": "page" } : {}),
    ...(expanded === undefined ? {} : { "aria-expanded": expanded }),
  };
  return (
    <Pressable
      role={role}
      aria-label={label ?? title}
      aria-disabled={Boolean(disabled)}
      disabled={Boolean(disabled)}
      onPress={onPress}
      {...(states as object)}
      style={({ pressed }) => [
        {
          minHeight: TARGET,
          minWidth: TARGET,
          paddingHorizontal: look === "plain" ? space.s : space.l,
          paddingVertical: space.s,
          borderRadius: isChip ? radius.full : radius.s,
          borderWidth: look === "plain" ? 0 : 1,
          borderColor: isFilled ? palette.accent : palette.edge,
          backgroundColor: isCurrent ? palette.tint : background,
          alignItems: "center",
          justifyContent: "center",
          opacity: disabled ? 0.5 : pressed ? 0.75 : 1,
        },
        style,
      ]}
    >
      <Text
        look={look === "primary" ? "heading" : "small"}
        tone={tone}
        {...(isChip ? { lines: 1 } : {})}
        style={[{ textAlign: "center" }, isChip ? { maxWidth: 260 } : {}, textStyle]}
      >
        {title}
      </Text>
    </Pressable>
  );
}

type FieldProps = Omit<TextInputProps, "style"> & {
  label: string;
  hint?: string;
  errors?: readonly string[];
  style?: StyleProp<ViewStyle>;
};

export function Field({ label, hint, errors = [], style, ...input }: FieldProps) {
  const palette = usePalette();
  const id = useId();
  const hasErrors = errors.length > 0;
  const web = isWeb ? { "aria-labelledby": `${id}-label`, "aria-describedby": `${id}-note`, "aria-invalid": hasErrors } : {};
  return (
    <View style={[{ gap: space.xs }, style]}>
      <Text look="small" tone="soft" id={`${id}-label`}>
        {label}
      </Text>
      <TextInput
        aria-label={label}
        {...(web as object)}
        {...input}
        placeholderTextColor={palette.soft}
        style={[
          type.body,
          family,
          {
            minHeight: 48,
            paddingHorizontal: space.m,
            borderRadius: radius.s,
            borderWidth: 1,
            borderColor: hasErrors ? palette.amber : palette.edge,
            backgroundColor: palette.surface,
            color: palette.ink,
          },
        ]}
      />
      <View nativeID={`${id}-note`} aria-live={hasErrors ? "polite" : "off"}>
        {hasErrors ? (
          errors.map((line) => (
            <Text key={line} look="small" tone="amber">
              {line}
            </Text>
          ))
        ) : hint ? (
          <Text look="small" tone="soft">
            {hint}
          </Text>
        ) : null}
      </View>
    </View>
  );
}

/** Something to know, with at most one way on. Never in red. */
export function Notice({ children, action, tone = "amber" }: { children: ReactNode; action?: ReactNode; tone?: "amber" | "tint" }) {
  const palette = usePalette();
  return (
    <View
      style={{
        backgroundColor: tone === "amber" ? palette.amberTint : palette.tint,
        borderRadius: radius.m,
        paddingHorizontal: space.l,
        paddingVertical: space.m,
        gap: space.s,
        alignItems: "flex-start",
      }}
    >
      <Text look="small">{children}</Text>
      {action}
    </View>
  );
}

export function Card({ children, style }: { children: ReactNode; style?: StyleProp<ViewStyle> }) {
  const palette = usePalette();
  return (
    <View
      style={[
        { backgroundColor: palette.surface, borderRadius: radius.l, borderWidth: 1, borderColor: palette.line, padding: space.xl, gap: space.m },
        style,
      ]}
    >
      {children}
    </View>
  );
}

/** A web link; the documents and the staff's pages are not the app's. */
export function Link({ title, href }: { title: string; href: string }) {
  const palette = usePalette();
  return (
    <NativeText
      role="link"
      {...({ href } as object)}
      style={[type.small, family, { color: palette.accent, textDecorationLine: "underline", paddingVertical: 11, minHeight: TARGET, minWidth: TARGET, textAlign: "center" }]}
    >
      {title}
    </NativeText>
  );
}
