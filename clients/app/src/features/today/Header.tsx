import { View } from "react-native";

import type { Account } from "../../api/live";
import { t } from "../../i18n";
import type { MessageKey } from "../../i18n";
import { navigation } from "../../platform/navigation";
import { Button, Link, Text, space, usePalette } from "../../ui";
import { SignOut } from "./SignOut";

function Mark() {
  const palette = usePalette();
  return (
    <View aria-hidden style={{ flexDirection: "row", gap: 3, alignItems: "flex-end" }}>
      {[10, 10, 18, 10].map((height, index) => (
        <View
          key={index}
          style={{ width: 5, height, borderRadius: 3, backgroundColor: index === 2 ? palette.accent : palette.ahead }}
        />
      ))}
    </View>
  );
}

export function Brand() {
  return (
    <View style={{ flexDirection: "row", alignItems: "center", gap: space.s }}>
      <Mark />
      <Text look="heading">{t("appName")}</Text>
    </View>
  );
}

export function Header({ onMenu }: { onMenu: () => void }) {
  return (
    <View
      role="banner"
      style={{ flexDirection: "row", alignItems: "center", justifyContent: "space-between", paddingStart: space.xl, paddingEnd: space.m, height: 60 }}
    >
      <Brand />
      <Button look="plain" title={t("menu")} onPress={onMenu} />
    </View>
  );
}

const WAYS: readonly [path: string, title: MessageKey][] = [
  ["/", "today"],
  ["/why", "navWhy"],
  ["/history", "navHistory"],
  ["/plan", "navPlan"],
  ["/settings", "navSettings"],
];

/** The screens, the present one marked. */
export function Ways({ onGo }: { onGo?: () => void }) {
  const here = `/${navigation.location().split(/[/?]/)[1] ?? ""}`;
  return (
    <View style={{ alignSelf: "stretch", marginHorizontal: -space.s }}>
      {WAYS.map(([path, title]) => (
        <Button
          key={path}
          look="plain"
          title={t(title)}
          isCurrent={here === path}
          onPress={() => {
            onGo?.();
            navigation.go(path);
          }}
          style={{ alignItems: "flex-start" }}
        />
      ))}
    </View>
  );
}

export function SideBar({ account, onCorrect }: { account: Account; onCorrect: () => void }) {
  const palette = usePalette();
  return (
    <View
      role="navigation"
      style={{ width: 220, padding: space.xl, gap: space.s, borderEndWidth: 1, borderColor: palette.line, alignItems: "flex-start" }}
    >
      <View style={{ paddingBottom: space.xl }}>
        <Brand />
      </View>
      <Button look="plain" title={t("correct")} onPress={onCorrect} style={{ paddingHorizontal: 0 }} />
      <Ways />
      <View style={{ flex: 1 }} />
      <SignOut account={account} />
      <Text look="small" tone="soft">
        {account.profile?.email ?? ""}
      </Text>
      <View style={{ flexDirection: "row", gap: space.m }}>
        <Link title={t("swagger")} href="/swagger/" />
        <Link title={t("redoc")} href="/redoc/" />
        <Link title={t("admin")} href="/admin/" />
      </View>
    </View>
  );
}
