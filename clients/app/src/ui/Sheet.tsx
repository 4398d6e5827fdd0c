import type { ReactNode } from "react";
import { Modal, Platform, Pressable, ScrollView, View } from "react-native";

import { t } from "../i18n";
import { Button, Text, radius, space, useIsWide, usePalette } from ".";

/** A panel over the page. It keeps the focus, Escape closes it, and the focus goes back to where it was. */
export function Sheet({ title, children, onClose }: { title: string; children: ReactNode; onClose: () => void }) {
  const palette = usePalette();
  const isWide = useIsWide();
  return (
    <Modal transparent animationType="none" onRequestClose={onClose} aria-label={title}>
      <View style={{ flex: 1, justifyContent: isWide ? "center" : "flex-end", alignItems: "center" }}>
        <Pressable
          aria-hidden
          tabIndex={-1}
          onPress={onClose}
          style={{ position: "absolute", top: 0, bottom: 0, start: 0, end: 0, backgroundColor: "rgba(10, 16, 13, 0.45)" }}
        />
        <View
          {...(Platform.OS === "web" ? {} : { "aria-label": title, "aria-modal": true })}
          style={{
            width: "100%",
            maxWidth: 560,
            maxHeight: "92%",
            backgroundColor: palette.paper,
            borderTopStartRadius: radius.l,
            borderTopEndRadius: radius.l,
            borderBottomStartRadius: isWide ? radius.l : 0,
            borderBottomEndRadius: isWide ? radius.l : 0,
          }}
        >
          <View
            style={{ flexDirection: "row", justifyContent: "space-between", alignItems: "center", paddingStart: space.xl, paddingEnd: space.m, paddingTop: space.m }}
          >
            <Text look="heading" level={2}>
              {title}
            </Text>
            <Button look="plain" title={t("close")} onPress={onClose} />
          </View>
          <ScrollView contentContainerStyle={{ padding: space.xl, paddingTop: space.m, gap: space.l }}>{children}</ScrollView>
        </View>
      </View>
    </Modal>
  );
}
