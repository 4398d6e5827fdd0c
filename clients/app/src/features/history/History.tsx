import { Suspense, lazy, useEffect, useState } from "react";
import { View } from "react-native";

import { live, nameRow } from "../../api/live";
import type { Account } from "../../api/live";
import { formatDay, t } from "../../i18n";
import { isChangeable, isSettled } from "../../outbox";
import type { Values } from "../../outbox";
import { navigation } from "../../platform/navigation";
import { Button, Card, Field, Text, space } from "../../ui";
import { Boundary } from "../../ui/Boundary";
import { DateField } from "../../ui/DateField";
import { Page, showMoney } from "../pages/Page";
import type { PageProps } from "../pages/Page";
import { Row } from "../pages/Row";
import { UNDO_MS, UndoBar, useUndo } from "../pages/UndoBar";
import { ParkedLines } from "../today/Entries";
import { useDay } from "../today/useToday";
import { groupByDay, hasFilters, noFilters, pathOf } from "./list";
import type { Day, Filters, Line } from "./list";
import { useList } from "./useList";
import type { DaySums } from "./useList";

const EditSheet = lazy(() => import("./EditSheet"));

const TYPING_MS = 300;
const KINDS = ["", "spend", "refund", "bill", "income"] as const;

function readFilters(path: string): Filters {
  const date = /[?&]date=(\d{4}-\d{2}-\d{2})/.exec(path)?.[1];
  return date ? { ...noFilters, after: date, before: date } : noFilters;
}

/** What was bought, day by day, as far back as it goes. */
export default function History({ account, state }: PageProps) {
  const today = useDay(account);
  const [filters, setFilters] = useState<Filters>(() => readFilters(navigation.location()));
  const [search, setSearch] = useState("");
  const [isFiltering, setFiltering] = useState(() => hasFilters(filters));
  const [editing, setEditing] = useState<Line | null>(null);
  const { undo, offer, clear } = useUndo();

  useEffect(() => {
    const timer = setTimeout(() => setFilters((before) => (before.search === search ? before : { ...before, search })), TYPING_MS);
    return () => clearTimeout(timer);
  }, [search]);

  const { loaded, hasFailed, more, retry } = useList(account, pathOf(filters));
  const days = groupByDay(loaded?.rows ?? [], account.box.entries);
  const amountOf = (values: Values) => showMoney(values.amount, values.currency);

  const save = async ({ row }: Line, before: Values, values: Values) => {
    setEditing(null);
    const id = nameRow(row);
    if (!(await live.change(id, values, row))) return offer(t("tooLate"), null);
    return offer(t("changed", { amount: amountOf(values) }), async () => void (await live.change(id, before, row)));
  };
  const remove = async ({ row, values }: Line) => {
    setEditing(null);
    const id = nameRow(row);
    await live.remove(id, UNDO_MS, row);
    offer(t("deleted", { amount: amountOf(values) }), async () => {
      if (!(await live.change(id, values, row))) offer(t("tooLate"), null);
    });
  };

  return (
    <Page account={account} state={state} title={t("navHistory")} onEnd={more} footer={<UndoBar undo={undo} clear={clear} />}>
      <View style={{ flexDirection: "row", gap: space.s, alignItems: "flex-end" }}>
        <Field label={t("search")} value={search} onChangeText={setSearch} inputMode="search" maxLength={100} style={{ flex: 1 }} />
        <Button title={t("filters")} expanded={isFiltering} isSelected={hasFilters(filters)} onPress={() => setFiltering(!isFiltering)} style={{ minHeight: 48, marginBottom: space.xs }} />
      </View>
      {isFiltering && <FilterPanel account={account} filters={filters} today={today} onChange={setFilters} />}
      {loaded === null ? (
        hasFailed ? (
          <Card>
            <Text>{state.isOnline ? t("failed") : t("connectToSee")}</Text>
            <Button title={t("retry")} onPress={retry} style={{ alignSelf: "flex-start" }} />
          </Card>
        ) : (
          <View role="status">
            <Text tone="soft">{t("loading")}</Text>
          </View>
        )
      ) : days.length === 0 ? (
        <Text tone="soft">{t(hasFilters(filters) || filters.search ? "nothingFound" : "nothingLogged")}</Text>
      ) : (
        days.map((day) => <DayBlock key={day.date} day={day} sums={loaded.days[day.date] ?? null} onEdit={setEditing} />)
      )}
      {loaded?.next && (
        <View style={{ alignItems: "flex-start" }}>
          <Button title={hasFailed ? t("retry") : t("showMore")} onPress={more} />
        </View>
      )}
      {editing && (
        <Boundary>
          <Suspense fallback={null}>
            <EditSheet
              account={account}
              today={today}
              values={editing.values}
              onSave={(values) => void save(editing, editing.values, values)}
              onDelete={() => void remove(editing)}
              onClose={() => setEditing(null)}
            />
          </Suspense>
        </Boundary>
      )}
    </Page>
  );
}

function DayBlock({ day, sums, onEdit }: { day: Day; sums: DaySums | null; onEdit: (line: Line) => void }) {
  const money = (amount: string) => showMoney(amount, sums!.currency);
  return (
    <View>
      <View style={{ flexDirection: "row", flexWrap: "wrap", alignItems: "baseline", columnGap: space.m, paddingBottom: space.s }}>
        <Text look="heading" level={2} style={{ flexGrow: 1 }}>
          {formatDay(day.date)}
        </Text>
        {sums && (
          <Text look="small" tone="soft">
            {[
              t("spentOf", { spent: money(sums.spent), amount: money(sums.amount) }),
              sums.remaining_amount.startsWith("-")
                ? t("overBy", { amount: money(sums.remaining_amount.slice(1)) })
                : t("leftOver", { amount: money(sums.remaining_amount) }),
            ].join(" · ")}
          </Text>
        )}
      </View>
      {day.lines.map((line) => (
        <HistoryLine key={line.row.id} line={line} onEdit={onEdit} />
      ))}
    </View>
  );
}

function HistoryLine({ line, onEdit }: { line: Line; onEdit: (line: Line) => void }) {
  const { values, entry } = line;
  const isBack = values.kind === "refund" || values.kind === "income";
  const amount = showMoney(values.amount, values.currency);
  const isWaiting = entry !== null && !entry.parked && !isSettled(entry);
  const notes = [
    values.kind === "spend" ? "" : t(`kind_${values.kind}`),
    values.description,
    isWaiting ? t("waiting") : "",
    entry?.parked ? t("parked") : "",
  ];
  const title = values.category || (values.kind === "spend" || values.kind === "refund" ? t("noCategory") : t(`kind_${values.kind}`));
  const canChange = entry === null || isChangeable(entry);
  return (
    <>
      <Row
        title={title}
        note={notes.filter((note) => note && note !== title).join(" · ")}
        value={isBack ? `+ ${amount}` : amount}
        onPress={canChange ? () => onEdit(line) : undefined}
      />
      {entry?.parked && (
        <ParkedLines entry={entry} onDiscard={(key) => void live.discard(key)} onInsist={(key) => void live.insist(key)} />
      )}
    </>
  );
}

type PanelProps = { account: Account; filters: Filters; today: string; onChange: (filters: Filters) => void };

function FilterPanel({ account, filters, today, onChange }: PanelProps) {
  return (
    <Card style={{ padding: space.l }}>
      <View role="radiogroup" aria-label={t("kind")} style={{ flexDirection: "row", flexWrap: "wrap", gap: space.s }}>
        {KINDS.map((kind) => (
          <Button
            key={kind}
            look="chip"
            role="radio"
            title={kind === "" ? t("allKinds") : t(`kind_${kind}`)}
            isSelected={filters.kind === kind}
            onPress={() => onChange({ ...filters, kind })}
          />
        ))}
      </View>
      {account.categories.length > 0 && (
        <View role="group" aria-label={t("category")} style={{ flexDirection: "row", flexWrap: "wrap", gap: space.s }}>
          {account.categories.map((name) => (
            <Button
              key={name}
              look="chip"
              title={name}
              isSelected={filters.category === name}
              onPress={() => onChange({ ...filters, category: filters.category === name ? "" : name })}
            />
          ))}
        </View>
      )}
      <View style={{ flexDirection: "row", flexWrap: "wrap", gap: space.m }}>
        <View style={{ flexGrow: 1, flexBasis: 130 }}>
          <DateField label={t("fromDay")} value={filters.after} max={today} onChange={(after) => onChange({ ...filters, after })} />
        </View>
        <View style={{ flexGrow: 1, flexBasis: 130 }}>
          <DateField label={t("toDay")} value={filters.before} max={today} onChange={(before) => onChange({ ...filters, before })} />
        </View>
      </View>
      <Button
        look="plain"
        title={t("clearFilters")}
        disabled={!hasFilters(filters)}
        onPress={() => onChange({ ...noFilters, search: filters.search })}
        style={{ alignSelf: "flex-start", paddingHorizontal: 0 }}
      />
    </Card>
  );
}
