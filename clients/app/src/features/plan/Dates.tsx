import { useState } from "react";
import { View } from "react-native";

import { live } from "../../api/live";
import { formatDay, t } from "../../i18n";
import { readTyped } from "../../money";
import { Button, Field, Text, space } from "../../ui";
import { Problems } from "../pages/Choice";
import { Section, Waiting, showMoney } from "../pages/Page";
import type { PageProps } from "../pages/Page";
import { Row } from "../pages/Row";
import { useAnswer } from "../pages/useAnswer";
import { decimalsOf, useDay } from "../today/useToday";
import type { ItemType, PlanItem } from "./form";
import { change, takeAway } from "./store";
import type { Errors } from "./store";

type Occurrence = { date: string; effective_date: string; amount: string; status: "planned" | "paid" | "skipped"; transaction: number | null };
type Props = PageProps & { type: ItemType; item: PlanItem };

const FIRST = 6;

/** The dates of an income or a bill: paid, skipped, or with another amount this once. */
export function Dates({ account, state, type, item }: Props) {
  const answer = useAnswer<{ results: Occurrence[] }>(account, `/api/${type}/${item.id}/occurrences/`);
  const [isWhole, setWhole] = useState(false);
  const dates = answer.data?.results ?? [];
  return (
    <Section title={t("datesTitle")}>
      {answer.data === null ? (
        <Waiting answer={answer} state={state} />
      ) : dates.length === 0 ? (
        <Text tone="soft">{t("noDates")}</Text>
      ) : (
        dates.slice(0, isWhole ? undefined : FIRST).map((one) => (
          <DateLine key={one.date} account={account} state={state} type={type} item={item} occurrence={one} />
        ))
      )}
      {!isWhole && dates.length > FIRST && (
        <Button look="plain" title={t("showMore")} onPress={() => setWhole(true)} style={{ alignSelf: "flex-start", paddingHorizontal: 0 }} />
      )}
    </Section>
  );
}

function DateLine({ account, state, type, item, occurrence }: Props & { occurrence: Occurrence }) {
  const today = useDay(account);
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState(occurrence.amount);
  const [errors, setErrors] = useState<Errors>({});
  const [isBusy, setBusy] = useState(false);
  const { status } = occurrence;
  const path = `/api/${type}/${item.id}/occurrences/${occurrence.date}/`;
  const amount = readTyped(text, decimalsOf(account, item.currency));
  const isPositive = amount !== null && !amount.startsWith("-") && /[1-9]/.test(amount);
  const waiting = account.box.entries.some(
    ({ want, row }) => want !== null && want[type] === item.id && want.occurrence === occurrence.date && row === null,
  );
  const isIncome = type === "income";
  const word = t(status === "skipped" ? "isSkipped" : status === "paid" ? (isIncome ? "isReceived" : "isPaid") : "isPlanned");
  const notes = [
    occurrence.effective_date === occurrence.date ? "" : t("takesEffect", { day: formatDay(occurrence.effective_date, "short") }),
    waiting ? t("waiting") : status === "planned" ? "" : word,
    status !== "skipped" && occurrence.amount !== item.amount ? t("thisOnce") : "",
  ];

  async function send(work: () => Promise<Errors | null>) {
    setBusy(true);
    const found = await work();
    setBusy(false);
    setErrors(found ?? {});
    if (found === null) setOpen(false);
  }
  async function pay() {
    await live.add({
      date: today,
      amount: isPositive ? amount! : occurrence.amount,
      currency: item.currency,
      kind: isIncome ? "income" : "bill",
      category: "",
      description: "",
      expense: isIncome ? null : item.id,
      income: isIncome ? item.id : null,
      occurrence: occurrence.date,
    });
    setOpen(false);
  }

  return (
    <View>
      <Row
        title={formatDay(occurrence.date, "short")}
        note={notes.filter(Boolean).join(" · ") || undefined}
        value={showMoney(occurrence.amount, item.currency)}
        isDim={status !== "planned"}
        expanded={isOpen}
        onPress={() => setOpen(!isOpen)}
      />
      {isOpen && (
        <View style={{ gap: space.s, paddingBottom: space.m }}>
          {status === "planned" && !waiting && (
            <>
              <Field label={`${t("amount")} (${item.currency})`} value={text} onChangeText={setText} inputMode="decimal" errors={errors["amount"]} />
              <View style={{ flexDirection: "row", flexWrap: "wrap", gap: space.s }}>
                <Button title={t(isIncome ? "receivedToday" : "paidToday")} disabled={isBusy || !isPositive} onPress={() => void pay()} />
                <Button
                  title={t("sayAmount")}
                  disabled={isBusy || !isPositive || amount === occurrence.amount || !state.isOnline}
                  onPress={() => void send(() => change(path, { amount }))}
                />
                <Button title={t("skipDate")} disabled={isBusy || !state.isOnline} onPress={() => void send(() => change(path, { skipped: true }))} />
              </View>
            </>
          )}
          {(status === "skipped" || (status === "planned" && occurrence.amount !== item.amount)) && (
            <Button
              title={t("backToPlan")}
              disabled={isBusy || !state.isOnline}
              onPress={() => void send(() => takeAway(path))}
              style={{ alignSelf: "flex-start" }}
            />
          )}
          {status === "paid" && (
            <Text look="small" tone="soft">
              {t("paidHint")}
            </Text>
          )}
          <Problems>{Object.entries(errors).flatMap(([field, lines]) => (field === "amount" ? [] : lines))}</Problems>
        </View>
      )}
    </View>
  );
}
