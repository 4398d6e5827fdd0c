import { useCallback, useEffect, useRef, useState } from "react";
import { View } from "react-native";

import { t } from "../../i18n";
import { Button, Text, radius, space, usePalette } from "../../ui";

export const UNDO_MS = 6000;

export type Undo = { readonly text: string; readonly take: (() => Promise<void>) | null };

/** The last thing done, with the way back, for six seconds. */
export function useUndo(): { undo: Undo | null; offer: (text: string, take: Undo["take"]) => void; clear: () => void } {
  const [undo, setUndo] = useState<Undo | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const offer = useCallback((text: string, take: Undo["take"]) => {
    clearTimeout(timer.current);
    setUndo({ text, take });
    timer.current = setTimeout(() => setUndo(null), UNDO_MS);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  const clear = useCallback(() => setUndo(null), []);
  return { undo, offer, clear };
}

export function UndoBar({ undo, clear }: { undo: Undo | null; clear: () => void }) {
  const palette = usePalette();
  return (
    <View role="status" aria-live="polite" style={{ paddingHorizontal: space.l }}>
      {undo && (
        <View
          style={{
            flexDirection: "row",
            alignItems: "center",
            justifyContent: "space-between",
            backgroundColor: palette.tint,
            borderRadius: radius.s,
            paddingStart: space.m,
            marginBottom: space.m,
            minHeight: 44,
          }}
        >
          <Text look="small" style={{ flexShrink: 1 }}>
            {undo.text}
          </Text>
          {undo.take && (
            <Button
              look="plain"
              title={t("undo")}
              onPress={() => {
                clear();
                void undo.take?.();
              }}
            />
          )}
        </View>
      )}
    </View>
  );
}
