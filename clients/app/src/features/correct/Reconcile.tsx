import { useEffect, useState } from "react";
import { View } from "react-native";

import { api, live, readRefusal } from "../../api/live";
import { formatDay, formatMoney, t } from "../../i18n";
import type { MessageKey } from "../../i18n";
import { readTyped } from "../../money";
import { platform } from "../../platform";
import { Button, Field, Text, space, usePalette } from "../../ui";

type Covers = "balance" | "spending";
type Over = { type: "income" | "expense"; id: number; name: string; occurrence: string; amount: string; status: string };
type PreviewAnswer = {
  pool: string;
  left: string;
  lines: { what: string; name: string; occurrence: string | null; amount: string }[];
  over: Over[];
};

const nameOf = (over: Over) => `${over.type}/${over.id}/${over.occurrence}`;

type Props = { currency: string; decimals: number; isSpendingOffered: boolean; action: string; onStored: () => void };

/** What is really there: each line of what it makes is shown before it is stored, and late bills can be unticked. */
export function Reconcile({ currency, decimals, isSpendingOffered, action, onStored }: Props) {
  const palette = usePalette();
  const [text, setText] = useState("");
  const [covers, setCovers] = useState<Covers>("balance");
  const [late, setLate] = useState<readonly Over[]>([]);
  const [preview, setPreview] = useState<PreviewAnswer | null>(null);
  const [errors, setErrors] = useState<readonly string[]>([]);
  const [isBusy, setBusy] = useState(false);
  const [key, setKey] = useState(platform.makeId);
  const amount = readTyped(text, decimals);
  const money = (value: string) => formatMoney(value, currency);

  async function ask(path: "/api/reconciliation/preview/" | "/api/reconciliation/") {
    const body = { amount, covers, not_yet: late.map((over) => ({ [over.type]: over.id, occurrence: over.occurrence })) };
    const header = path === "/api/reconciliation/" ? { "Idempotency-Key": key } : {};
    const answer = await api.POST(path as never, { body: body as never, params: { header } } as never);
    const { data, error, response } = answer as { data?: PreviewAnswer; error?: unknown; response: Response };
    if (data) return data;
    const refusal = readRefusal(response.status, error);
    setErrors([...Object.values(refusal.fields).flat(), ...refusal.messages]);
    return null;
  }

  /** What is said has changed: another key, and no preview of something else. */
  function restate(change: () => void, keepsLines = false) {
    change();
    setErrors([]);
    if (!keepsLines) setPreview(null);
    setKey(platform.makeId());
  }

  // The preview follows the amount once typing rests.
  useEffect(() => {
    if (amount === null) return undefined;
    let isCurrent = true;
    const timer = setTimeout(() => {
      ask("/api/reconciliation/preview/").then(
        (answer) => isCurrent && setPreview(answer),
        () => isCurrent && setErrors([t("failed")]),
      );
    }, 300);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [amount, covers, late]);

  async function store() {
    setBusy(true);
    try {
      if (await ask("/api/reconciliation/")) {
        await live.refresh();
        onStored();
      }
    } catch {
      setErrors([t("failed")]);
    } finally {
      setBusy(false);
    }
  }

  const planned = [...(preview?.over ?? []).filter(({ status }) => status === "planned"), ...late]
    .filter((over, index, all) => all.findIndex((one) => nameOf(one) === nameOf(over)) === index)
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));

  return (
    <View style={{ gap: space.m }}>
      <Field label={`${t("amount")} (${currency})`} value={text} onChangeText={(typed) => restate(() => setText(typed))} inputMode="decimal" errors={errors} />
      {isSpendingOffered && (
        <View role="radiogroup" aria-label={t("balanceKind")} style={{ flexDirection: "row", gap: space.s, flexWrap: "wrap" }}>
          <Button look="chip" role="radio" title={t("covered")} isSelected={covers === "balance"} onPress={() => restate(() => setCovers("balance"))} />
          <Button look="chip" role="radio" title={t("spendable")} isSelected={covers === "spending"} onPress={() => restate(() => setCovers("spending"))} />
        </View>
      )}
      <View aria-live="polite" style={{ gap: space.s }}>
        {preview && (
          <>
            <Text look="heading" level={3}>
              {t("lines")}
            </Text>
            {preview.lines.map((line, index) => (
              <View key={index} style={{ flexDirection: "row", justifyContent: "space-between", gap: space.m, borderBottomWidth: 1, borderColor: palette.line, paddingVertical: space.xs }}>
                <Text look="small" style={{ flexShrink: 1 }}>
                  {[line.name || t(`line_${line.what}` as MessageKey), line.occurrence ? formatDay(line.occurrence, "short") : ""].filter(Boolean).join(" · ")}
                </Text>
                <Text look="small">{money(line.amount)}</Text>
              </View>
            ))}
            <View style={{ flexDirection: "row", justifyContent: "space-between" }}>
              <Text look="heading">{t("perDay")}</Text>
              <Text look="heading" tone="accent">
                {money(preview.left)}
              </Text>
            </View>
          </>
        )}
      </View>
      {planned.length > 0 && (
        <View style={{ gap: space.s, alignItems: "flex-start" }}>
          <Text look="small" tone="soft">
            {t("overLines")}
          </Text>
          {planned.map((over) => {
            const isLate = late.some((one) => nameOf(one) === nameOf(over));
            return (
              <Button
                key={nameOf(over)}
                look="chip"
                role="checkbox"
                isSelected={!isLate}
                title={`${over.name || t(over.type === "income" ? "line_income" : "line_bill")} · ${formatDay(over.occurrence, "short")} · ${money(over.amount)}`}
                onPress={() => restate(() => setLate(isLate ? late.filter((one) => nameOf(one) !== nameOf(over)) : [...late, over]), true)}
              />
            );
          })}
        </View>
      )}
      <Button look="primary" title={action} disabled={preview === null || isBusy} onPress={() => void store()} />
    </View>
  );
}
