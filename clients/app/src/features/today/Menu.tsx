import { View } from "react-native";

import type { Account } from "../../api/live";
import { t } from "../../i18n";
import { platform } from "../../platform";
import { Button, Link, Text, space } from "../../ui";
import { Sheet } from "../../ui/Sheet";
import { Ways } from "./Header";
import { SignOut } from "./SignOut";

export default function Menu({ account, onCorrect, onClose }: { account: Account; onCorrect: () => void; onClose: () => void }) {
  return (
    <Sheet title={t("menu")} onClose={onClose}>
      <Button title={t("correct")} onPress={onCorrect} />
      <Ways onGo={onClose} />
      {account.profile && (
        <Text look="small" tone="soft">
          {account.profile.email}
        </Text>
      )}
      <SignOut account={account} />
      {platform.isWeb && (
        <View style={{ flexDirection: "row", gap: space.l, alignItems: "center", flexWrap: "wrap" }}>
          <Text look="small" tone="soft">
            {t("forDevelopers")}
          </Text>
          <Link title={t("swagger")} href="/swagger/" />
          <Link title={t("redoc")} href="/redoc/" />
          <Link title={t("admin")} href="/admin/" />
        </View>
      )}
    </Sheet>
  );
}
