import { useState, useSyncExternalStore } from "react";
import { View } from "react-native";

import { formatDay, t } from "../../i18n";
import type { MessageKey } from "../../i18n";
import { navigation } from "../../platform/navigation";
import { Button, Text, space } from "../../ui";
import { Page, Section, Waiting, currencyOf, showMoney } from "../pages/Page";
import type { PageProps } from "../pages/Page";
import { Row } from "../pages/Row";
import { UndoBar } from "../pages/UndoBar";
import { useAnswer } from "../pages/useAnswer";
import { GoalPage } from "./GoalPage";
import { ItemPage } from "./ItemPage";
import { deletions } from "./deletions";
import type { Goal, ItemType, PlanItem } from "./form";

type Listed<T> = { results: T[]; count: number };
type Explained = { type: string; id: number | null; counted: string; set_aside: string | null; deleted: boolean };
type Reconciliation = {
  id: number;
  date: string;
  amount: string;
  covers: "balance" | "spending";
  note: string;
  difference: string;
  void: boolean;
  lines: { what: string; name: string; occurrence: string | null; amount: string }[];
};

const ROUTE = /^\/plan\/(income|expense|savings-goal)\/(new|\d+)/;

export default function Plan(props: PageProps) {
  const match = ROUTE.exec(navigation.location());
  if (!match) return <Overview {...props} />;
  const [, type, id] = match;
  const number = id === "new" ? null : Number(id);
  if (type === "savings-goal") return <GoalPage key={id} {...props} id={number} />;
  return <ItemPage key={`${type}/${id}`} {...props} type={type as ItemType} id={number} />;
}

/** What comes in, what has to be paid, what is saved; and what was said of the account. */
function Overview({ account, state }: PageProps) {
  const incomes = useAnswer<Listed<PlanItem>>(account, "/api/income/?page_size=200");
  const bills = useAnswer<Listed<PlanItem>>(account, "/api/expense/?page_size=200");
  const goals = useAnswer<Listed<Goal>>(account, "/api/savings-goal/?page_size=200");
  const explained = useAnswer<{ items: Explained[] }>(account, "/api/allowance/explain/");
  const stated = useAnswer<Listed<Reconciliation>>(account, "/api/reconciliation/?page_size=20");
  const pending = useSyncExternalStore(deletions.subscribe, deletions.get, deletions.get);
  const currency = currencyOf(account);
  const failed = [incomes, bills, goals].find((answer) => answer.data === null);
  const items = explained.data?.items ?? [];
  const isShown = (path: string) => !pending.some((one) => one.path === path && !one.hasFailed);
  const last = pending[pending.length - 1] ?? null;
  const undo = last && {
    text: last.hasFailed ? t("deleteFailed", { what: last.name }) : t("deletedNamed", { what: last.name }),
    take: async () => deletions.takeBack(last.path),
  };
  const add = (path: string, title: MessageKey) => (
    <Button look="plain" title={`+ ${t(title)}`} onPress={() => navigation.go(path)} style={{ paddingHorizontal: 0 }} />
  );
  const describe = (type: ItemType, item: PlanItem) => {
    const found = items.find((one) => one.type === type && one.id === item.id && !one.deleted);
    return {
      title: item.name || t(type === "income" ? "line_income" : "line_bill"),
      note: [
        `${showMoney(item.amount, item.currency)} ${t(`freq_${item.frequency}` as MessageKey)}`,
        item.next_occurrence ? t("nextOn", { day: formatDay(item.next_occurrence, "short") }) : t("noNextDate"),
        found?.set_aside ? t("setAside", { amount: showMoney(found.set_aside, currency) }) : "",
      ]
        .filter(Boolean)
        .join(" · "),
      value: found ? showMoney(found.counted, currency) : undefined,
      valueNote: found ? t("thisPeriod") : undefined,
      onPress: () => navigation.go(`/plan/${type}/${item.id}`),
    };
  };
  const list = (type: ItemType, all: readonly PlanItem[]) =>
    all
      .filter((item) => isShown(`/api/${type}/${item.id}/`))
      .sort((a, b) => ((a.next_occurrence ?? "9") < (b.next_occurrence ?? "9") ? -1 : 1))
      .map((item) => <Row key={item.id} {...describe(type, item)} />);

  const history = stated.data && stated.data.count > 0 && (
    <Section title={t("corrections")}>
      <Text look="small" tone="soft">
        {t("correctionsHint")}
      </Text>
      {stated.data.results
        .filter((one) => isShown(`/api/reconciliation/${one.id}/`))
        .map((one) => (
          <Stated key={one.id} stated={one} currency={currency} />
        ))}
    </Section>
  );
  return (
    <Page
      account={account}
      state={state}
      title={t("navPlan")}
      aside={history}
      footer={<UndoBar undo={undo} clear={() => undefined} />}
    >
      {failed ? (
        <Waiting answer={failed} state={state} />
      ) : (
        <>
          <Section title={t("incomes")} action={add("/plan/income/new", "addIncomeItem")}>
            {list("income", incomes.data!.results)}
            {incomes.data!.count === 0 && <Text tone="soft">{t("noIncomes")}</Text>}
          </Section>
          <Section title={t("bills")} action={add("/plan/expense/new", "addBillItem")}>
            {list("expense", bills.data!.results)}
            {bills.data!.count === 0 && <Text tone="soft">{t("noBills")}</Text>}
          </Section>
          <Section title={t("goals")} action={add("/plan/savings-goal/new", "addGoal")}>
            {goals.data!.results
              .filter((goal) => isShown(`/api/savings-goal/${goal.id}/`))
              .map((goal) => {
                const found = items.find((one) => one.type === "savings-goal" && one.id === goal.id);
                return (
                  <Row
                    key={goal.id}
                    title={goal.name || t("line_saving")}
                    note={
                      goal.percentage
                        ? t("percentOfIncome", { percent: goal.percentage.replace(/\.?0+$/, "") })
                        : t("targetBy", {
                            saved: showMoney(goal.saved ?? "0", currency),
                            amount: showMoney(goal.target_amount ?? "0", currency),
                            day: formatDay(goal.target_date ?? "", "short"),
                          })
                    }
                    value={found ? showMoney(found.counted, currency) : undefined}
                    valueNote={found ? t("thisPeriod") : undefined}
                    onPress={() => navigation.go(`/plan/savings-goal/${goal.id}`)}
                  />
                );
              })}
            {goals.data!.count === 0 && <Text tone="soft">{t("noGoals")}</Text>}
          </Section>
        </>
      )}
    </Page>
  );
}

/** What was said to be there, with the lines that led to the figure. */
function Stated({ stated, currency }: { stated: Reconciliation; currency: string }) {
  const [isOpen, setOpen] = useState(false);
  const amount = showMoney(stated.amount, currency);
  const day = formatDay(stated.date, "short");
  const notes = [t(stated.covers === "balance" ? "covered" : "spendable"), stated.note, stated.void ? t("voided") : ""];
  return (
    <View>
      <Row title={day} note={notes.filter(Boolean).join(" · ")} value={amount} expanded={isOpen} onPress={() => setOpen(!isOpen)} />
      {isOpen && (
        <View style={{ paddingStart: space.l, paddingBottom: space.m }}>
          {stated.lines.map((line, index) => (
            <Row
              key={index}
              title={line.name || t(`line_${line.what}` as MessageKey)}
              note={line.occurrence ? formatDay(line.occurrence, "short") : undefined}
              value={showMoney(line.amount, currency, { sign: line.what !== "stated" })}
            />
          ))}
          <Button
            title={t("delete")}
            label={t("deleteWhat", { what: `${day}, ${amount}` })}
            onPress={() => deletions.add(`/api/reconciliation/${stated.id}/`, `${day}, ${amount}`)}
            style={{ alignSelf: "flex-start", marginTop: space.s }}
          />
        </View>
      )}
    </View>
  );
}
