import { useState } from "react";
import { View } from "react-native";

import { live } from "../../api/live";
import type { Account } from "../../api/live";
import { t } from "../../i18n";
import { isWaiting } from "../../outbox";
import { Button, Text, space } from "../../ui";

/** Signing out clears this device; what was not sent would be lost, so that is asked about. */
export function SignOut({ account }: { account: Account }) {
  const [isAsking, setAsking] = useState(false);
  const waiting = account.box.entries.filter((entry) => isWaiting(entry) || entry.parked).length;
  if (!isAsking) {
    return <Button look="plain" title={t("signOut")} onPress={() => (waiting > 0 ? setAsking(true) : void live.leave())} style={{ paddingHorizontal: 0 }} />;
  }
  return (
    <View style={{ gap: space.s, alignItems: "flex-start" }}>
      <Text look="small">{t("signOutWaiting", { n: waiting })}</Text>
      <Button title={t("signOutAnyway")} onPress={() => void live.leave()} />
      <Button look="plain" title={t("cancel")} onPress={() => setAsking(false)} />
    </View>
  );
}
