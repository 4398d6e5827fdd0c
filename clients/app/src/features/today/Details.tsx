import { useState } from "react";
import { View } from "react-native";

import type { Account } from "../../api/live";
import { t } from "../../i18n";
import { platform } from "../../platform";
import { Button, Field, Text, space } from "../../ui";
import { DateField } from "../../ui/DateField";
import { Sheet } from "../../ui/Sheet";
import type { Composer } from "./useComposer";

const DATE = /^\d{4}-\d{2}-\d{2}$/;

type Props = { account: Account; day: string; composer: Composer; onClose: () => void };

/** What a purchase may say beside its amount. */
export default function Details({ account, day, composer, onClose }: Props) {
  const { draft, setDraft, currency } = composer;
  const [date, setDate] = useState(draft.date ?? day);
  const [error, setError] = useState<string[]>([]);
  const [code, setCode] = useState(currency);
  const isCode = code in account.rates || code === currency;

  const close = () => {
    if (!DATE.test(date) || Number.isNaN(Date.parse(date))) return setError([t("badDate")]);
    if (date > day) return setError([t("notFuture")]);
    const home = account.box.figure?.today.currency;
    // A trip: the currency stays until it is changed.
    if (isCode) platform.setFlag("trip", code === home ? null : code);
    setDraft((before) => ({ ...before, date: date === day && before.sum === "" ? null : date, currency: isCode ? code : currency }));
    return onClose();
  };

  return (
    <Sheet title={t("details")} onClose={close}>
      <Field
        label={t("category")}
        value={draft.category}
        maxLength={50}
        onChangeText={(category) => setDraft((before) => ({ ...before, category }))}
      />
      <Field
        label={t("note")}
        value={draft.description}
        maxLength={200}
        onChangeText={(description) => setDraft((before) => ({ ...before, description }))}
      />
      <DateField label={t("day")} value={date} onChange={setDate} errors={error} max={day} />
      <Field
        label={t("currency")}
        value={code}
        maxLength={3}
        autoCapitalize="characters"
        onChangeText={(text) => setCode(text.toUpperCase())}
      />
      <View style={{ gap: space.xs, alignItems: "flex-start" }}>
        <Button
          title={t("refund")}
          role="switch"
          look="chip"
          isSelected={draft.kind === "refund"}
          onPress={() => setDraft((before) => ({ ...before, kind: before.kind === "refund" ? "spend" : "refund" }))}
        />
        <Text look="small" tone="soft">
          {t("refundHint")}
        </Text>
      </View>
      <Button look="primary" title={t("save")} onPress={close} />
    </Sheet>
  );
}
