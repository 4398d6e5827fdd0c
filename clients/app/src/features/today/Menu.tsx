import { View } from "react-native";

import type { Account } from "../../api/live";
import { t } from "../../i18n";
import { platform } from "../../platform";
import { navigation } from "../../platform/navigation";
import { Button, Link, Text, space } from "../../ui";
import { Sheet } from "../../ui/Sheet";
import { SignOut } from "./SignOut";

export default function Menu({ account, onCorrect, onClose }: { account: Account; onCorrect: () => void; onClose: () => void }) {
  return (
    <Sheet title={t("menu")} onClose={onClose}>
      <Button title={t("correct")} onPress={onCorrect} />
      <Button
        title={t("lookAtPlan")}
        onPress={() => {
          onClose();
          navigation.go("/first-steps");
        }}
      />
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
