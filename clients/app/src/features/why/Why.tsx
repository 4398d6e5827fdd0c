import { View } from "react-native";

import { addDays } from "../../figure";
import { formatDay, t } from "../../i18n";
import type { MessageKey } from "../../i18n";
import { isZero, negate, parseDecimal, subtract, toText } from "../../money";
import { navigation } from "../../platform/navigation";
import { Button, Card, Notice, Text, radius, space, usePalette } from "../../ui";
import { DateField } from "../../ui/DateField";
import { Page, Section, Waiting, showMoney } from "../pages/Page";
import type { PageProps } from "../pages/Page";
import { Row } from "../pages/Row";
import { useAnswer } from "../pages/useAnswer";
import { useDay } from "../today/useToday";
import { makePicture } from "./picture";
import type { Part } from "./picture";

type CountedDate = {
  date: string;
  effective_date: string;
  amount: string;
  counted: string;
  part: number;
  parts: number;
  status: "planned" | "paid" | "skipped";
  difference: string;
};
type Item = {
  type: "income" | "expense" | "savings-goal";
  id: number | null;
  name: string;
  counted: string;
  reason: string;
  dates: CountedDate[];
  set_aside: string | null;
  saved: string | null;
  deleted: boolean;
};
type Line = { what: string; type: string | null; id: number | null; name: string; occurrence: string | null; amount: string };
type Unplanned = { transaction: number; kind: "bill" | "income"; date: string; amount: string; name: string };
export type Explanation = {
  date: string;
  currency: string;
  period: { start: string; end: string; days: number };
  income: string;
  expenses: string;
  savings: string;
  differences: string;
  own_pool: string;
  carried: string;
  repaid: string;
  due: string;
  reconciliation: { id: number; amount: string; date: string; lines: Line[] } | null;
  pool: string;
  spent_before: string;
  days_left: number;
  weight: number;
  weights_left: number;
  amount: string;
  previous: { start: string; end: string; left: string } | null;
  shown_amount: string | null;
  items: Item[];
  unplanned: Unplanned[];
};

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const readDate = (path: string) => /[?&]date=(\d{4}-\d{2}-\d{2})/.exec(path)?.[1] ?? null;
const isNothing = (amount: string) => isZero(parseDecimal(amount));
const minus = (amount: string) => toText(negate(parseDecimal(amount)));

/** A day's figure as a picture and as lines that a pocket calculator can follow; each leads to its item. */
export default function Why({ account, state }: PageProps) {
  const today = useDay(account);
  const asked = readDate(navigation.location());
  const day = asked && asked < today ? asked : today;
  const answer = useAnswer<Explanation>(account, `/api/allowance/explain/${day === today ? "" : `?date=${day}`}`);
  const go = (date: string) => navigation.go(date >= today ? "/why" : `/why?date=${date}`, { replace: true });
  const explanation = answer.data;
  return (
    <Page
      account={account}
      state={state}
      title={t("whyTitle")}
      aside={explanation && <Contents explanation={explanation} />}
    >
      <View style={{ flexDirection: "row", gap: space.s, alignItems: "center" }}>
        <Button title="‹" label={t("dayBefore")} onPress={() => go(addDays(day, -1))} style={{ minHeight: 48 }} />
        <View style={{ flex: 1, maxWidth: 260 }}>
          <DateField label={t("day")} isLabelHidden value={day} max={today} onChange={(date) => DATE.test(date) && go(date)} />
        </View>
        <Button title="›" label={t("dayAfter")} disabled={day >= today} onPress={() => go(addDays(day, 1))} style={{ minHeight: 48 }} />
      </View>
      {explanation ? <Story explanation={explanation} today={today} /> : <Waiting answer={answer} state={state} />}
    </Page>
  );
}

function Story({ explanation, today }: { explanation: Explanation; today: string }) {
  const { currency, date, reconciliation } = explanation;
  const money = (amount: string, options?: { sign?: boolean }) => showMoney(amount, currency, options);
  const isPast = date < today;
  const left = toText(subtract(parseDecimal(explanation.pool), parseDecimal(explanation.spent_before)));
  const parts = makePicture(explanation, left);
  const isWeighted = explanation.weights_left !== explanation.days_left || explanation.weight !== 1;
  const noted = explanation.shown_amount;
  return (
    <>
      <View style={{ gap: space.xs }}>
        <Text look="small" tone="soft">
          {t("mayBeSpent", { day: formatDay(date) })}
        </Text>
        <Text look="sum" style={{ fontSize: 40, lineHeight: 48 }}>
          {money(explanation.amount)}
        </Text>
        <Text look="small" tone="soft">
          {t("periodFromTo", { start: formatDay(explanation.period.start, "short"), end: formatDay(explanation.period.end, "short"), n: explanation.period.days })}
        </Text>
      </View>
      {isPast && noted !== null && noted !== explanation.amount && (
        <Notice tone="tint">{t("dayShowed", { amount: money(noted) })}</Notice>
      )}
      {parts.length > 0 && <Picture parts={parts} money={money} />}

      <Section title={t("howItComes")}>
        {reconciliation ? (
          <>
            <Text look="small" tone="soft">
              {t("sinceCorrection", { day: formatDay(reconciliation.date) })}
            </Text>
            {reconciliation.lines.map((line, index) => (
              <Row
                key={index}
                title={line.name || t(`line_${line.what}` as MessageKey)}
                note={line.occurrence ? formatDay(line.occurrence, "short") : undefined}
                value={money(line.amount, { sign: line.what !== "stated" })}
                onPress={line.id !== null && line.type ? () => navigation.go(pathOf(line.type!, line.id)) : undefined}
              />
            ))}
          </>
        ) : (
          <>
            <Row title={t("line_income")} value={money(explanation.income, { sign: true })} />
            <Row title={t("whyBills")} value={money(minus(explanation.expenses), { sign: true })} />
            <Row title={t("whySavings")} value={money(minus(explanation.savings), { sign: true })} />
            {!isNothing(explanation.differences) && (
              <Row title={t("line_difference")} note={t("differencesHint")} value={money(explanation.differences, { sign: true })} />
            )}
            {!isNothing(explanation.carried) && (
              <Row title={t("carried")} value={money(explanation.carried, { sign: true })} />
            )}
            {!isNothing(explanation.repaid) && (
              <Row
                title={t("repaid")}
                note={isNothing(explanation.due) ? undefined : t("stillDue", { amount: money(explanation.due) })}
                value={money(minus(explanation.repaid), { sign: true })}
              />
            )}
          </>
        )}
        <Row isStrong title={t("poolOf", { n: explanation.period.days })} value={money(explanation.pool)} />
        <Row
          title={t("spentBefore")}
          value={money(minus(explanation.spent_before), { sign: true })}
          onPress={() => navigation.go("/history")}
        />
        <Row isStrong title={t("leftForDays", { n: explanation.days_left })} value={money(left)} />
        <Row
          title={isWeighted ? t("weightOf", { weight: explanation.weight, weights: explanation.weights_left }) : t("sharedBy", { n: explanation.days_left })}
          value={isWeighted ? `× ${explanation.weight} / ${explanation.weights_left}` : `÷ ${explanation.days_left}`}
        />
        <Row isStrong title={t("mayBeSpent", { day: formatDay(date, "short") })} value={money(explanation.amount)} />
        <Text look="small" tone="soft">
          {left.startsWith("-") ? t("neverBelowNothing") : t("roundedDown")}
        </Text>
      </Section>
    </>
  );
}

/** What each item brings or takes, and why. */
function Contents({ explanation }: { explanation: Explanation }) {
  const money = (amount: string, options?: { sign?: boolean }) => showMoney(amount, explanation.currency, options);
  return (
    <>
      <Items title={t("incomes")} type="income" explanation={explanation} money={money} />
      <Items title={t("bills")} type="expense" explanation={explanation} money={money} />
      <Items title={t("goals")} type="savings-goal" explanation={explanation} money={money} />
      {explanation.unplanned.length > 0 && (
        <Section title={t("unplanned")}>
          {explanation.unplanned.map((one) => (
            <Row
              key={one.transaction}
              title={one.name || t(one.kind === "bill" ? "line_bill" : "line_income")}
              note={formatDay(one.date, "short")}
              value={money(one.kind === "bill" ? minus(one.amount) : one.amount, { sign: true })}
              onPress={() => navigation.go(`/history?date=${one.date}`)}
            />
          ))}
        </Section>
      )}
    </>
  );
}

export const pathOf = (type: string, id: number | null) =>
  type === "income" || type === "expense" || type === "savings-goal" ? `/plan/${type}/${id}` : "/plan";

type ItemsProps = { title: string; type: Item["type"]; explanation: Explanation; money: (amount: string, options?: { sign?: boolean }) => string };

function Items({ title, type, explanation, money }: ItemsProps) {
  const items = explanation.items.filter((item) => item.type === type);
  if (items.length === 0) return null;
  const sign = type === "income" ? (amount: string) => amount : minus;
  return (
    <Section title={title}>
      {items.map((item, index) => {
        const extra = [
          item.reason,
          item.set_aside ? t("setAside", { amount: money(item.set_aside) }) : "",
          item.saved ? t("savedSoFar", { amount: money(item.saved) }) : "",
          item.deleted ? t("deletedItem") : "",
          ...item.dates
            .filter(({ status, difference }) => status !== "planned" || !isNothing(difference))
            .map((one) => describeDate(one, money)),
        ];
        const isReachable = item.id !== null && !item.deleted;
        return (
          <Row
            key={`${item.id}/${index}`}
            title={item.name || title}
            note={extra.filter(Boolean).join(" ")}
            value={money(sign(item.counted), { sign: true })}
            onPress={isReachable ? () => navigation.go(pathOf(type, item.id)) : undefined}
          />
        );
      })}
    </Section>
  );
}

function describeDate(one: CountedDate, money: (amount: string, options?: { sign?: boolean }) => string): string {
  const day = formatDay(one.effective_date, "short");
  const what = one.status === "planned" ? t("dateSaid", { day }) : t(one.status === "paid" ? "datePaid" : "dateSkipped", { day });
  return isNothing(one.difference) ? what : `${what} ${t("dateDifference", { amount: money(one.difference, { sign: true }) })}`;
}

/** One bar: into what this pay period's money goes. */
function Picture({ parts, money }: { parts: readonly Part[]; money: (amount: string) => string }) {
  const palette = usePalette();
  const colours: Record<Part["what"], string> = { bills: palette.soft, savings: palette.amber, spent: palette.ahead, left: palette.accent };
  const words = parts.map((part) => `${t(`picture_${part.what}`)} ${money(part.amount)}`);
  return (
    <Card style={{ padding: space.l }}>
      <View
        role="img"
        aria-label={words.join(", ")}
        style={{ flexDirection: "row", gap: 3, height: 28, borderRadius: radius.s, overflow: "hidden" }}
      >
        {parts.map((part) => (
          <View key={part.what} style={{ flexGrow: part.share, flexBasis: 0, minWidth: 4, backgroundColor: colours[part.what] }} />
        ))}
      </View>
      <View style={{ flexDirection: "row", flexWrap: "wrap", columnGap: space.m, rowGap: space.s }}>
        {parts.map((part) => (
          <View key={part.what} style={{ flexDirection: "row", alignItems: "center", gap: space.s, flexGrow: 1, flexBasis: 130 }}>
            <View aria-hidden style={{ width: 12, height: 12, borderRadius: 4, backgroundColor: colours[part.what] }} />
            <View style={{ flexShrink: 1 }}>
              <Text look="small" tone="soft">
                {t(`picture_${part.what}`)}
              </Text>
              <Text>{money(part.amount)}</Text>
            </View>
          </View>
        ))}
      </View>
    </Card>
  );
}
