import { Pressable, View } from "react-native";

import { now } from "../../api/clock";
import type { State } from "../../api/live";
import type { Problem, Shown } from "../../figure";
import { formatDay, formatInstant, formatMoney, t } from "../../i18n";
import { isNegative, parseDecimal } from "../../money";
import type { Today } from "../../outbox";
import { navigation } from "../../platform/navigation";
import { Button, Notice, Text, space, usePalette } from "../../ui";

const OLD_MS = 10 * 60_000;

type Props = {
  shown: Shown | Problem;
  today: Today | null;
  state: State;
  isHidden: boolean;
  onToggle: () => void;
  onCorrect: () => void;
};

export function FigureBlock({ shown, today, state, isHidden, onToggle, onCorrect }: Props) {
  if (!("remaining" in shown)) {
    return (
      <View style={{ gap: space.m, paddingVertical: space.l }}>
        <Text look="title" level={1}>
          {shown.type === "past_payday" ? t("pastPayday") : t("noFigureYet")}
        </Text>
        {shown.type === "no_figure" && (
          <Text tone="soft">{state.isUnreachable || !state.isOnline ? t("noFigureOffline") : t("loading")}</Text>
        )}
      </View>
    );
  }
  const money = (amount: string) => (isHidden ? t("hidden") : formatMoney(amount, shown.currency));
  const number = `${shown.isApproximate || shown.isEstimated ? "≈ " : ""}${money(shown.remaining)}`;
  const size = number.length > 15 ? 32 : number.length > 11 ? 44 : 60;
  const marks = [shown.isEstimated ? t("estimated") : "", shown.isApproximate ? t("approximate") : ""].filter(Boolean);
  const tomorrow =
    shown.tomorrow === null
      ? t("tomorrowNewPeriod")
      : `${t("tomorrowAmount", { amount: `${shown.isTomorrowEstimated ? "≈ " : ""}${money(shown.tomorrow)}` })}`;
  const at = state.account?.box.figure?.at ?? 0;
  const isOld = (state.isUnreachable || !state.isOnline) && now() - at > OLD_MS;

  return (
    <View style={{ gap: space.xs }}>
      <Text look="small" tone="soft" level={1}>
        {t("leftToday", { day: formatDay(shown.day) })}
      </Text>
      <Pressable
        role="button"
        aria-label={`${isHidden ? t("showAmounts") : number}. ${isHidden ? "" : t("hideAmounts")}`}
        onPress={onToggle}
        style={{ alignSelf: "flex-start", minHeight: 72, justifyContent: "center" }}
      >
        <Text look="display" style={{ fontSize: size, lineHeight: 72 }}>
          {number}
        </Text>
      </Pressable>
      <Text look="small" tone="soft">
        {[t("ofAmount", { amount: money(shown.amount) }), t("spentAmount", { amount: money(shown.spent) }), ...marks].join(" · ")}
      </Text>
      <Text look="small" tone="soft">
        {[tomorrow, t("daysToPayday", { n: shown.daysLeft })].join(" · ")}
      </Text>
      {today && <PeriodStrip today={today} daysLeft={shown.daysLeft} />}
      {isOld && (
        <Text look="small" tone="amber">
          {t("asOf", { when: formatInstant(at) })}
        </Text>
      )}
      {today && <Condition shown={shown} today={today} money={money} onCorrect={onCorrect} />}
    </View>
  );
}

/** The pay period as a row of days: past, today, ahead. */
function PeriodStrip({ today, daysLeft }: { today: Today; daysLeft: number }) {
  const palette = usePalette();
  const { days } = today.period;
  if (days > 62) return null;
  const position = days - daysLeft;
  return (
    <View
      role="img"
      aria-label={t("dayOfPeriod", { n: position + 1, total: days })}
      style={{ flexDirection: "row", alignItems: "center", gap: 2, height: 24, marginTop: space.s }}
    >
      {Array.from({ length: days }, (_, day) => (
        <View
          key={day}
          style={{
            flex: day === position ? 2 : 1,
            height: day === position ? 18 : 8,
            borderRadius: 4,
            backgroundColor: day < position ? palette.line : day === position ? palette.accent : palette.ahead,
          }}
        />
      ))}
    </View>
  );
}

type ConditionProps = { shown: Shown; today: Today; money: (amount: string) => string; onCorrect: () => void };

/** What is the matter, in words, with the way out. */
function Condition({ shown, today, money, onCorrect }: ConditionProps) {
  const over = (amount: string) => money(amount.replace("-", ""));
  const correct = <Button look="plain" title={t("correct")} onPress={onCorrect} />;
  if (today.status === "shortfall") {
    return <Notice action={correct}>{t("shortfall", { amount: money(today.shortfall) })}</Notice>;
  }
  if (isNegative(parseDecimal(shown.left))) {
    return <Notice action={correct}>{t("overspentLeft", { amount: over(shown.left) })}</Notice>;
  }
  if (isNegative(parseDecimal(shown.remaining))) {
    const text =
      shown.tomorrow === null
        ? t("overspentLast", { amount: over(shown.remaining) })
        : t("overspent", { amount: over(shown.remaining), tomorrow: money(shown.tomorrow) });
    return <Notice>{text}</Notice>;
  }
  if (today.status === "no_income") {
    const add = <Button look="plain" title={t("addIncome")} onPress={() => navigation.go("/first-steps")} />;
    return <Notice action={add}>{t("noIncome")}</Notice>;
  }
  return null;
}
