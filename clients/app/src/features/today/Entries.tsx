import { useState } from "react";
import { Pressable, View } from "react-native";

import { nameRow } from "../../api/live";
import type { Account } from "../../api/live";
import { formatDay, formatMoney, t } from "../../i18n";
import { isChangeable, isSettled } from "../../outbox";
import type { Entry, Row, Values } from "../../outbox";
import { Button, Text, space, usePalette } from "../../ui";

export type Item = { readonly id: string; readonly entry: Entry | null; readonly row: Row | null; readonly values: Values };

/** The rows of the day as the server has them, with what was said here since over them. */
export function listItems(account: Account, day: string): Item[] {
  const { entries } = account.box;
  const rows = account.rows?.day === day ? account.rows.rows : [];
  const listed = rows.flatMap((row): Item[] => {
    const entry = entries.find((one) => one.row?.id === row.id) ?? null;
    const values = entry ? (entry.want ?? row.values) : row.values;
    // The same name before and after it is stored, so that an opened line stays open.
    return values.date === day ? [{ id: nameRow(row), entry, row, values }] : [];
  });
  const ids = new Set(rows.map((row) => row.id));
  const own = entries.flatMap((entry): Item[] => {
    if (entry.want === null || entry.gone || entry.want.date !== day || (entry.row && ids.has(entry.row.id))) return [];
    return [{ id: entry.row ? nameRow(entry.row) : entry.key, entry, row: entry.row, values: entry.want }];
  });
  return [...own.reverse(), ...listed].filter((item) => !item.entry?.gone && item.entry?.want !== null);
}

type Actions = {
  onAgain: (values: Values) => void;
  onEdit: (item: Item) => void;
  onDelete: (item: Item) => void;
  onDiscard: (key: string) => void;
  onInsist: (key: string) => void;
};

type Props = Actions & { account: Account; day: string; below: readonly string[]; isHidden: boolean };

export function Entries({ account, day, below, isHidden, ...actions }: Props) {
  const items = listItems(account, day);
  const others = account.box.entries.filter((entry) => below.includes(entry.key) && (entry.want || entry.row));
  return (
    <View style={{ gap: space.l }}>
      {others.length > 0 && (
        <View style={{ gap: space.s }}>
          <Text look="heading" level={2}>
            {t("notInFigure")}
          </Text>
          {others.map((entry) => {
            const values = entry.want ?? entry.row!.values;
            const item: Item = { id: entry.key, entry, row: entry.row, values };
            return <Line key={entry.key} item={item} isHidden={isHidden} isDated {...actions} />;
          })}
        </View>
      )}
      <View style={{ gap: space.s }}>
        <Text look="heading" level={2}>
          {t("entriesToday")}
        </Text>
        {items.length === 0 ? (
          <Text look="small" tone="soft">
            {t("nothingToday")}
          </Text>
        ) : (
          items
            .filter((item) => !others.some((entry) => entry.key === item.entry?.key))
            .map((item) => <Line key={item.id} item={item} isHidden={isHidden} {...actions} />)
        )}
      </View>
    </View>
  );
}

function Line({ item, isHidden, isDated, ...actions }: Actions & { item: Item; isHidden: boolean; isDated?: boolean }) {
  const palette = usePalette();
  const [isOpen, setOpen] = useState(false);
  const { values, entry } = item;
  const name = values.category || t("noCategory");
  const amount = isHidden ? t("hidden") : formatMoney(values.amount, values.currency);
  const isWaiting = entry !== null && !entry.parked && !isSettled(entry);
  const notes = [
    isDated ? formatDay(values.date, "short") : "",
    values.kind === "refund" ? t("refund") : "",
    values.description,
    isWaiting ? (entry.want === null ? t("deleting") : t("waiting")) : "",
    entry?.parked ? t("parked") : "",
  ].filter(Boolean);
  const canChange = entry === null || isChangeable(entry);
  return (
    <View style={{ borderTopWidth: 1, borderColor: palette.line }}>
      <Pressable
        role="button"
        aria-expanded={isOpen}
        aria-label={`${t("moreActions", { what: `${name}, ${amount}` })}${notes.length ? `, ${notes.join(", ")}` : ""}`}
        onPress={() => setOpen(!isOpen)}
        style={{ flexDirection: "row", alignItems: "center", justifyContent: "space-between", minHeight: 48, gap: space.m }}
      >
        <View style={{ flexShrink: 1, paddingVertical: space.s }}>
          <Text lines={1}>{name}</Text>
          {notes.length > 0 && (
            <Text look="small" tone={entry?.parked ? "amber" : "soft"} lines={1}>
              {notes.join(" · ")}
            </Text>
          )}
        </View>
        <Text>{values.kind === "refund" ? `+ ${amount}` : amount}</Text>
      </Pressable>
      {entry?.parked && <ParkedLines entry={entry} {...actions} />}
      {isOpen && (
        <View style={{ flexDirection: "row", gap: space.s, paddingBottom: space.m, flexWrap: "wrap" }}>
          <Button title={t("again")} onPress={() => actions.onAgain(values)} />
          {canChange && <Button title={t("edit")} onPress={() => actions.onEdit(item)} />}
          {canChange && <Button title={t("delete")} onPress={() => actions.onDelete(item)} />}
        </View>
      )}
    </View>
  );
}

/** Why the server does not take it, and what can be done. */
export function ParkedLines({ entry, onDiscard, onInsist }: Pick<Actions, "onDiscard" | "onInsist"> & { entry: Entry }) {
  const parked = entry.parked!;
  const theirs = parked.theirs?.values;
  return (
    <View style={{ gap: space.s, paddingBottom: space.m, alignItems: "flex-start" }}>
      <Text look="small" tone="soft">
        {theirs
          ? t("changedMeanwhile", {
              amount: formatMoney(theirs.amount, theirs.currency),
              category: theirs.category || t("noCategory"),
            })
          : parked.messages.join(" ") || t("parkedHint")}
      </Text>
      <View style={{ flexDirection: "row", gap: space.s, flexWrap: "wrap" }}>
        {theirs && <Button title={t("keepMine")} onPress={() => onInsist(entry.key)} />}
        <Button title={theirs ? t("keepTheirs") : t("letGo")} onPress={() => onDiscard(entry.key)} />
      </View>
    </View>
  );
}
