import { useState } from "react";
import { View } from "react-native";

import type { Account } from "../../api/live";
import { t } from "../../i18n";
import { readTyped } from "../../money";
import type { Values } from "../../outbox";
import { Button, Field, Text, space } from "../../ui";
import { DateField } from "../../ui/DateField";
import { Sheet } from "../../ui/Sheet";
import { decimalsOf } from "../today/useToday";

type Props = {
  account: Account;
  today: string;
  values: Values;
  onSave: (values: Values) => void;
  onDelete: () => void;
  onClose: () => void;
};

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** One transaction, to be changed or deleted. Its currency stays: another one is another purchase. */
export default function EditSheet({ account, today, values, onSave, onDelete, onClose }: Props) {
  const [text, setText] = useState(values.amount);
  const [draft, setDraft] = useState(values);
  const amount = readTyped(text, decimalsOf(account, values.currency));
  const isOfDay = values.kind === "spend" || values.kind === "refund";
  const dateErrors = !DATE.test(draft.date) ? [t("badDate")] : draft.date > today ? [t("notFuture")] : [];
  const isFine = amount !== null && !amount.startsWith("-") && /[1-9]/.test(amount) && dateErrors.length === 0;
  return (
    <Sheet title={t("editing")} onClose={onClose}>
      <Field
        label={`${t("amount")} (${values.currency})`}
        value={text}
        onChangeText={setText}
        inputMode="decimal"
        errors={isFine || dateErrors.length > 0 ? [] : [t("amountNeeded")]}
      />
      {isOfDay ? (
        <Field label={t("category")} value={draft.category} maxLength={50} onChangeText={(category) => setDraft({ ...draft, category })} />
      ) : (
        <Text look="small" tone="soft">
          {t(values.kind === "bill" ? "kindBillHint" : "kindIncomeHint")}
        </Text>
      )}
      <Field label={t("note")} value={draft.description} maxLength={200} onChangeText={(description) => setDraft({ ...draft, description })} />
      <DateField label={t("day")} value={draft.date} max={today} onChange={(date) => setDraft({ ...draft, date })} errors={dateErrors} />
      {isOfDay && (
        <View style={{ alignItems: "flex-start" }}>
          <Button
            look="chip"
            role="switch"
            title={t("refund")}
            isSelected={draft.kind === "refund"}
            onPress={() => setDraft({ ...draft, kind: draft.kind === "refund" ? "spend" : "refund" })}
          />
        </View>
      )}
      <View style={{ flexDirection: "row", gap: space.m, justifyContent: "space-between", flexWrap: "wrap" }}>
        <Button title={t("delete")} onPress={onDelete} />
        <Button
          look="primary"
          title={t("save")}
          disabled={!isFine}
          onPress={() => onSave({ ...draft, amount: amount!, category: draft.category.trim(), description: draft.description.trim() })}
          style={{ flexGrow: 1 }}
        />
      </View>
    </Sheet>
  );
}
