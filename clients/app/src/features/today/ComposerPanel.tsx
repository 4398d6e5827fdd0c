import { ScrollView, View } from "react-native";

import type { Account } from "../../api/live";
import { addDays } from "../../figure";
import { formatDay, formatMoney, getDecimalSign, t } from "../../i18n";
import { Button, Text, space, useIsWide, usePalette } from "../../ui";
import { Keypad } from "./Keypad";
import type { Composer } from "./useComposer";
import { showFigure } from "./useToday";

type Props = {
  account: Account;
  day: string;
  composer: Composer;
  isHidden: boolean;
  onDone: () => void;
  onDetails: () => void;
};

export function ComposerPanel({ account, day, composer, isHidden, onDone, onDetails }: Props) {
  const palette = usePalette();
  const isWide = useIsWide();
  const { draft, setDraft, values, decimals, currency } = composer;
  // Those of late first; a new account gets some to begin with.
  const usual = account.categories.length < 5 ? t("usualCategories").split("|") : [];
  const chips = [...new Set([draft.category, ...account.categories, ...usual].filter(Boolean))].slice(0, 8);
  const shownSum = draft.sum.replaceAll(".", getDecimalSign()).replaceAll("-", " − ").replaceAll("+", " + ");
  const date = draft.date ?? day;
  const dayName = date === day ? t("today") : date === addDays(day, -1) ? t("yesterday") : formatDay(date, "short");
  const marks = [
    draft.kind === "refund" ? t("refund") : "",
    draft.description,
    draft.editing ? t("editing") : "",
  ].filter(Boolean);
  const title = draft.editing ? t("save") : values ? t("doneNamed", { amount: formatMoney(values.amount, values.currency) }) : t("done");

  const choices = (
    <>
        {chips.map((name) => (
          <Button
            key={name}
            look="chip"
            title={name}
            isSelected={draft.category === name}
            onPress={() => setDraft((before) => ({ ...before, category: before.category === name ? "" : name }))}
          />
        ))}
        <Button
          look="chip"
          title={dayName}
          label={`${t("day")}: ${dayName}`}
          onPress={() => setDraft((before) => ({ ...before, date: date === day ? addDays(day, -1) : day }))}
        />
        <Button look="chip" title={`${t("details")} …`} onPress={onDetails} />
        {(draft.editing || draft.sum !== "") && (
          <Button look="chip" title={t("cancel")} onPress={composer.clear} style={{ borderColor: palette.line }} />
        )}
    </>
  );

  return (
    <View role="region" aria-label={t("logPurchase")} style={{ gap: space.s }}>
      <View style={{ flexDirection: "row", alignItems: "center", justifyContent: "space-between", minHeight: 44, gap: space.m }}>
        <View style={{ flexShrink: 1 }} aria-live="polite">
          <Preview account={account} day={day} composer={composer} isHidden={isHidden} />
          {marks.length > 0 && (
            <Text look="small" tone="soft" lines={1}>
              {marks.join(" · ")}
            </Text>
          )}
        </View>
        <Text look="sum" tone={draft.sum ? "ink" : "soft"} lines={1} label={`${t("amount")}: ${shownSum || 0} ${currency}`}>
          {shownSum || (decimals > 0 ? `0${getDecimalSign()}${"0".repeat(decimals)}` : "0")}
          <Text look="small" tone="soft">{` ${currency}`}</Text>
        </Text>
      </View>
      {isWide ? (
        <View role="group" aria-label={t("categories")} style={{ flexDirection: "row", flexWrap: "wrap", gap: space.s }}>
          {choices}
        </View>
      ) : (
        <ScrollView
          horizontal
          showsHorizontalScrollIndicator={false}
          contentContainerStyle={{ gap: space.s, paddingEnd: space.l }}
          role="group"
          aria-label={t("categories")}
        >
          {choices}
        </ScrollView>
      )}
      <Keypad decimals={decimals} onKey={composer.type} done={{ title, onPress: onDone, disabled: values === null }} />
    </View>
  );
}

/** What would remain, and what that does to tomorrow. */
function Preview({ account, day, composer, isHidden }: Pick<Props, "account" | "day" | "composer" | "isHidden">) {
  const { draft, values } = composer;
  if (!values) {
    return (
      <Text look="small" tone="soft">
        {t("typeAmount")}
      </Text>
    );
  }
  if (isHidden) return null;
  const { editing } = draft;
  if (editing) {
    // The figure holds the line as it was: what is typed stands in its place.
    const amount = formatMoney(values.amount, values.currency);
    return <Text look="small">{t("insteadOf", { amount, before: formatMoney(editing.before.amount, editing.before.currency) })}</Text>;
  }
  const shown = showFigure(account, day, values);
  if (!("remaining" in shown)) return null;
  const isKept = values.date !== day;
  const about = shown.isApproximate ? "≈ " : "";
  return (
    <>
      <Text look="small">{t("typedLeaves", { amount: about + formatMoney(shown.remaining, shown.currency) })}</Text>
      <Text look="small" tone="soft">
        {isKept
          ? t("dayKept", { day: formatDay(values.date, "short") })
          : shown.tomorrow === null
            ? t("tomorrowNewPeriod")
            : t("typedTomorrow", { amount: `≈ ${formatMoney(shown.tomorrow, shown.currency)}` })}
      </Text>
    </>
  );
}
