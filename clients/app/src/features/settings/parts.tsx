import { useState } from "react";
import type { ReactNode } from "react";
import { View } from "react-native";

import { Field, space } from "../../ui";
import { Row } from "../pages/Row";

/** A setting as a line that opens. */
export function Fold({ title, value, children }: { title: string; value?: string | undefined; children: (close: () => void) => ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <View>
      <Row title={title} note={value} expanded={isOpen} onPress={() => setOpen(!isOpen)} />
      {isOpen && <View style={{ gap: space.m, paddingBottom: space.l }}>{children(() => setOpen(false))}</View>}
    </View>
  );
}

type SecretProps = { label: string; value: string; onChange: (text: string) => void; errors?: readonly string[] | undefined; isNew?: boolean; hint?: string };

export function Secret({ label, value, onChange, errors, isNew, hint }: SecretProps) {
  return (
    <Field
      label={label}
      value={value}
      onChangeText={onChange}
      secureTextEntry
      autoCapitalize="none"
      autoCorrect={false}
      spellCheck={false}
      autoComplete={isNew ? "new-password" : "current-password"}
      errors={errors}
      {...(hint ? { hint } : {})}
    />
  );
}
