import { useEffect, useState } from "react";
import type { ReactNode } from "react";
import { ScrollView, View } from "react-native";

import { api, live, readRefusal } from "../../api/live";
import type { Account } from "../../api/live";
import { t } from "../../i18n";
import type { MessageKey } from "../../i18n";
import { readTyped } from "../../money";
import { platform } from "../../platform";
import { navigation } from "../../platform/navigation";
import { Button, Card, Field, Text, space } from "../../ui";
import { DateField } from "../../ui/DateField";
import { Brand } from "../today/Header";
import { Reconcile } from "../correct/Reconcile";
import { decimalsOf, useDay } from "../today/useToday";

const STEPS = ["income", "bills", "balance", "goal"] as const;
type Step = (typeof STEPS)[number];
type Errors = Readonly<Record<string, readonly string[]>>;

const RHYTHMS = ["monthly", "weekly", "bi-weekly", "semi-monthly", "four-weekly"];
const BILL_RHYTHMS = ["monthly", "weekly", "quarterly", "annual"];

/** Four questions; each can be skipped and answered later. Which are open follows from what the account holds. */
export default function FirstSteps({ account }: { account: Account }) {
  const day = useDay(account);
  const currency = account.box.figure?.today.currency ?? account.profile?.currency ?? "EUR";
  const decimals = decimalsOf(account, currency);
  const [step, setStep] = useState<Step | null>(null);
  const [hasFailed, setFailed] = useState(false);

  useEffect(() => {
    findFirstOpen().then(setStep, () => setFailed(true));
  }, []);

  const index = step ? STEPS.indexOf(step) : 0;
  const leave = () => {
    void live.refresh();
    navigation.go("/", { replace: true });
  };
  const next = () => {
    const following = STEPS[index + 1];
    if (following) setStep(following);
    else leave();
  };
  const props = { currency, decimals, day, onNext: next };

  return (
    <ScrollView role="main" style={{ flex: 1 }} contentContainerStyle={{ padding: space.xl, gap: space.l, alignItems: "center" }}>
      <View style={{ width: "100%", maxWidth: 560, gap: space.l }}>
        <View style={{ flexDirection: "row", justifyContent: "space-between", alignItems: "center" }}>
          <Brand />
          <Button look="plain" title={t("close")} onPress={leave} />
        </View>
        {hasFailed ? (
          <Card>
            <Text>{t("failed")}</Text>
            <Button title={t("retry")} onPress={() => { setFailed(false); findFirstOpen().then(setStep, () => setFailed(true)); }} />
          </Card>
        ) : step === null ? (
          <Text tone="soft">{t("loading")}</Text>
        ) : (
          <Card>
            <Text look="small" tone="soft">
              {t("stepOf", { n: index + 1, total: STEPS.length })}
            </Text>
            {step === "income" && <IncomeStep {...props} />}
            {step === "bills" && <BillsStep {...props} />}
            {step === "balance" && <BalanceStep {...props} />}
            {step === "goal" && <GoalStep {...props} />}
            <View style={{ flexDirection: "row", justifyContent: "space-between" }}>
              {index > 0 ? <Button look="plain" title={t("back")} onPress={() => setStep(STEPS[index - 1]!)} /> : <View />}
              <Button look="plain" title={t("skip")} onPress={next} />
            </View>
          </Card>
        )}
      </View>
    </ScrollView>
  );
}

/** The first question that the account has no answer to, so that another device goes on; the first where all have. */
async function findFirstOpen(): Promise<Step> {
  const count = async (path: string) => {
    const answer = (await api.GET(path as never, { params: { query: { page_size: 1 } } } as never)) as { data?: { count?: number } };
    if (!answer.data) throw new Error("no answer");
    return answer.data.count ?? 0;
  };
  if ((await count("/api/income/")) === 0) return "income";
  if ((await count("/api/expense/")) === 0) return "bills";
  if ((await count("/api/reconciliation/")) === 0) return "balance";
  return (await count("/api/savings-goal/")) === 0 ? "goal" : "income";
}

type StepProps = { currency: string; decimals: number; day: string; onNext: () => void };

const keys = new Map<string, string>();

/** Create a row; a second try of the same from the same `place` of the form creates nothing more. */
async function create(path: string, body: Record<string, unknown>, place: string): Promise<Errors | null> {
  const same = place + JSON.stringify(body);
  const key = keys.get(same) ?? platform.makeId();
  keys.set(same, key);
  try {
    const answer = (await api.POST(path as never, { body, params: { header: { "Idempotency-Key": key } } } as never)) as {
      error?: unknown;
      response: Response;
    };
    if (answer.response.ok) return null;
    const refusal = readRefusal(answer.response.status, answer.error);
    return { ...refusal.fields, "": refusal.messages };
  } catch {
    return { "": [t("failed")] };
  }
}

function Title({ title, lead }: { title: MessageKey; lead?: MessageKey }) {
  return (
    <>
      <Text look="title" level={1}>
        {t(title)}
      </Text>
      {lead && <Text tone="soft">{t(lead)}</Text>}
    </>
  );
}

function Choice({ label, values, value, onChange }: { label: string; values: readonly string[]; value: string; onChange: (value: string) => void }) {
  return (
    <View style={{ gap: space.xs }}>
      <Text look="small" tone="soft">
        {label}
      </Text>
      <View role="radiogroup" aria-label={label} style={{ flexDirection: "row", gap: space.s, flexWrap: "wrap" }}>
        {values.map((one) => (
          <Button key={one} look="chip" role="radio" title={t(`freq_${one}` as MessageKey)} isSelected={one === value} onPress={() => onChange(one)} />
        ))}
      </View>
    </View>
  );
}

function Problems({ children }: { children: readonly string[] | undefined }): ReactNode {
  return (
    <View role="alert">
      {(children ?? []).map((line) => (
        <Text key={line} look="small" tone="amber">
          {line}
        </Text>
      ))}
    </View>
  );
}

/** The first day of the next month: where most wages and rents lie. */
function nextFirst(day: string): string {
  const [year = 0, month = 0] = day.split("-").map(Number);
  return month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, "0")}-01`;
}

function IncomeStep({ currency, decimals, day, onNext }: StepProps) {
  const [text, setText] = useState("");
  const [frequency, setFrequency] = useState("monthly");
  const [date, setDate] = useState(nextFirst(day));
  const [adjust, setAdjust] = useState("none");
  const [errors, setErrors] = useState<Errors>({});
  const [isBusy, setBusy] = useState(false);
  const [place] = useState(platform.makeId);
  const amount = readTyped(text, decimals);
  const weekend: [string, MessageKey][] = [
    ["none", "weekendNone"],
    ["before", "weekendBefore"],
    ["after", "weekendAfter"],
  ];
  async function send() {
    setBusy(true);
    const found = await create("/api/income/", { amount, currency, frequency, next_payment_date: date, adjust }, place);
    setBusy(false);
    if (found) setErrors(found);
    else {
      void live.refresh();
      onNext();
    }
  }
  return (
    <>
      <Title title="incomeTitle" />
      <Field label={`${t("incomeAmount")} (${currency})`} value={text} onChangeText={setText} inputMode="decimal" errors={errors["amount"]} />
      <Choice label={t("frequency")} values={RHYTHMS} value={frequency} onChange={setFrequency} />
      <DateField label={t("nextPayday")} value={date} onChange={setDate} errors={errors["next_payment_date"] ?? []} />
      <View style={{ gap: space.xs }}>
        <Text look="small" tone="soft">
          {t("weekend")}
        </Text>
        <View role="radiogroup" aria-label={t("weekend")} style={{ flexDirection: "row", gap: space.s, flexWrap: "wrap" }}>
          {weekend.map(([value, title]) => (
            <Button key={value} look="chip" role="radio" title={t(title)} isSelected={adjust === value} onPress={() => setAdjust(value)} />
          ))}
        </View>
      </View>
      <Problems>{[...(errors[""] ?? []), ...(errors["frequency"] ?? []), ...(errors["adjust"] ?? [])]}</Problems>
      <Button look="primary" title={t("next")} disabled={amount === null || isBusy} onPress={() => void send()} />
    </>
  );
}

type Bill = { key: string; name: string; text: string; date: string; frequency: string; isOwn: boolean; isStored: boolean; errors: Errors };

function BillsStep({ currency, decimals, day, onNext }: StepProps) {
  const [bills, setBills] = useState<readonly Bill[]>([]);
  const [isBusy, setBusy] = useState(false);
  const change = (key: string, values: Partial<Bill>) =>
    setBills((before) => before.map((bill) => (bill.key === key ? { ...bill, ...values } : bill)));
  const make = (name: string, isOwn: boolean): Bill => ({
    key: platform.makeId(),
    name,
    text: "",
    date: nextFirst(day),
    frequency: "monthly",
    isOwn,
    isStored: false,
    errors: {},
  });
  async function send() {
    setBusy(true);
    let isWhole = true;
    for (const bill of bills) {
      if (bill.isStored) continue;
      const amount = readTyped(bill.text, decimals);
      const body = { name: bill.name.trim(), amount, currency, frequency: bill.frequency, due_date: bill.date };
      const found = amount === null ? { amount: [t("billAmount")] } : await create("/api/expense/", body, bill.key);
      if (found) isWhole = false;
      change(bill.key, found ? { errors: found } : { isStored: true, errors: {} });
    }
    setBusy(false);
    if (isWhole) {
      void live.refresh();
      onNext();
    }
  }
  return (
    <>
      <Title title="billsTitle" lead="billsLead" />
      <View style={{ flexDirection: "row", flexWrap: "wrap", gap: space.s }}>
        {t("suggestions").split("|").map((name) => {
          const bill = bills.find((one) => one.name === name && !one.isOwn);
          return (
            <Button
              key={name}
              look="chip"
              role="checkbox"
              title={name}
              isSelected={bill !== undefined}
              onPress={() => setBills(bill ? bills.filter((one) => one !== bill || one.isStored) : [...bills, make(name, false)])}
            />
          );
        })}
        <Button look="chip" title={`+ ${t("addBill")}`} onPress={() => setBills([...bills, make("", true)])} />
      </View>
      {bills.map((bill) => (
        <View key={bill.key} style={{ gap: space.s, paddingTop: space.s }}>
          {bill.isOwn ? (
            <Field label={t("billName")} value={bill.name} onChangeText={(name) => change(bill.key, { name })} maxLength={100} errors={bill.errors["name"]} />
          ) : (
            <Text look="heading" level={2}>
              {bill.name}
            </Text>
          )}
          <View style={{ flexDirection: "row", gap: space.m, flexWrap: "wrap" }}>
            <Field
              style={{ flexGrow: 1, flexBasis: 150 }}
              label={`${t("billAmount")} (${currency})`}
              value={bill.text}
              onChangeText={(text) => change(bill.key, { text })}
              inputMode="decimal"
              errors={bill.errors["amount"]}
            />
            <View style={{ flexGrow: 1, flexBasis: 150 }}>
              <DateField label={t("billDue")} value={bill.date} onChange={(date) => change(bill.key, { date })} errors={bill.errors["due_date"] ?? []} />
            </View>
          </View>
          <Choice label={t("frequency")} values={BILL_RHYTHMS} value={bill.frequency} onChange={(frequency) => change(bill.key, { frequency })} />
          <Problems>{bill.errors[""]}</Problems>
        </View>
      ))}
      <Button look="primary" title={t("next")} disabled={bills.length === 0 || isBusy} onPress={() => void send()} />
    </>
  );
}

function BalanceStep({ currency, decimals, onNext }: StepProps) {
  return (
    <>
      <Title title="balanceTitle" lead="balanceLead" />
      <Reconcile currency={currency} decimals={decimals} isSpendingOffered={false} action={t("next")} onStored={onNext} />
    </>
  );
}

function GoalStep({ onNext }: StepProps) {
  const [text, setText] = useState("10");
  const [errors, setErrors] = useState<Errors>({});
  const [isBusy, setBusy] = useState(false);
  const [place] = useState(platform.makeId);
  const percentage = readTyped(text, 2);
  async function send() {
    setBusy(true);
    const found = await create("/api/savings-goal/", { percentage }, place);
    setBusy(false);
    if (found) setErrors(found);
    else onNext();
  }
  return (
    <>
      <Title title="goalTitle" lead="goalLead" />
      <Field label={t("percent")} value={text} onChangeText={setText} inputMode="decimal" errors={[...(errors["percentage"] ?? []), ...(errors[""] ?? [])]} />
      <Button look="primary" title={t("finish")} disabled={percentage === null || isBusy} onPress={() => void send()} />
    </>
  );
}
