import { Suspense, lazy, useState } from "react";
import type { ReactNode } from "react";
import { ScrollView, View } from "react-native";
import type { NativeScrollEvent, NativeSyntheticEvent } from "react-native";

import type { Account, State } from "../../api/live";
import { formatMoney, t } from "../../i18n";
import { platform } from "../../platform";
import { navigation } from "../../platform/navigation";
import { Button, Card, Notice, Text, space, useIsWide, usePalette } from "../../ui";
import { Boundary } from "../../ui/Boundary";
import { SideBar } from "../today/Header";
import { decimalsOf } from "../today/useToday";
import type { Answer } from "./useAnswer";

const Correct = lazy(() => import("../correct/Correct"));

export type PageProps = { account: Account; state: State };

type Props = {
  account: Account;
  state: State;
  title: string;
  children: ReactNode;
  /** Where "back" leads on a phone; Today where nothing is said. */
  up?: { path: string; title: string };
  /** Beside the page on wide screens, below it on others. */
  aside?: ReactNode;
  onEnd?: () => void;
  footer?: ReactNode;
};

const NEAR_END = 600;

/** The frame of a screen beyond Today: a bar with the way back on phones, the side bar on wide screens. */
export function Page({ account, state, title, children, up, aside, onEnd, footer }: Props) {
  const palette = usePalette();
  const isWide = useIsWide();
  const [isCorrecting, setCorrecting] = useState(false);
  const currency = currencyOf(account);
  const watch = ({ nativeEvent }: NativeSyntheticEvent<NativeScrollEvent>) => {
    const { contentOffset, contentSize, layoutMeasurement } = nativeEvent;
    if (contentOffset.y + layoutMeasurement.height > contentSize.height - NEAR_END) onEnd?.();
  };
  const back = up ?? { path: "/", title: t("today") };
  const notice = !state.isOnline ? <Notice tone="tint">{t("offlinePage")}</Notice> : null;
  const heading = (
    <Text look="title" level={1}>
      {title}
    </Text>
  );
  const sheet = isCorrecting && (
    <Boundary>
      <Suspense fallback={null}>
        <Correct currency={currency} decimals={decimalsOf(account, currency)} onClose={() => setCorrecting(false)} />
      </Suspense>
    </Boundary>
  );
  const scroll = onEnd ? { onScroll: watch, scrollEventThrottle: 100 } : {};

  if (isWide) {
    return (
      <View style={{ flex: 1, flexDirection: "row" }}>
        <SideBar account={account} onCorrect={() => setCorrecting(true)} />
        <View style={{ flex: 1 }}>
          <ScrollView {...scroll} role="main" tabIndex={0} style={{ flex: 1 }} contentContainerStyle={{ padding: space.xxl }}>
            <View style={{ flexDirection: "row", gap: space.xxl, alignItems: "flex-start" }}>
              <View style={{ flex: 1, maxWidth: 640, gap: space.l }}>
                {up && <Back {...up} />}
                {heading}
                {notice}
                {children}
              </View>
              {aside && <View style={{ width: 320, gap: space.l }}>{aside}</View>}
            </View>
          </ScrollView>
          {footer}
        </View>
        {sheet}
      </View>
    );
  }
  return (
    <View style={{ flex: 1 }}>
      <View
        role="banner"
        style={{ flexDirection: "row", alignItems: "center", paddingHorizontal: space.l, minHeight: 60, borderBottomWidth: 1, borderColor: palette.line }}
      >
        <Back {...back} />
      </View>
      <ScrollView {...scroll} role="main" tabIndex={0} style={{ flex: 1 }} contentContainerStyle={{ padding: space.xl, gap: space.l }}>
        {heading}
        {notice}
        {children}
        {aside}
      </ScrollView>
      {footer}
      {sheet}
    </View>
  );
}

function Back({ path, title }: { path: string; title: string }) {
  return (
    <Button
      look="plain"
      title={t("backTo", { page: title })}
      onPress={() => navigation.go(path)}
      style={{ alignSelf: "flex-start", paddingHorizontal: 0 }}
    />
  );
}

/** What stands where nothing can be shown yet. */
export function Waiting({ answer, state }: { answer: Answer<unknown>; state: State }) {
  if (answer.isMissing) return <Text tone="soft">{t("notThere")}</Text>;
  if (!answer.hasFailed) {
    return (
      <View role="status">
        <Text tone="soft">{t("loading")}</Text>
      </View>
    );
  }
  return (
    <Card>
      <Text>{state.isOnline ? t("failed") : t("connectToSee")}</Text>
      <Button title={t("retry")} onPress={answer.reload} style={{ alignSelf: "flex-start" }} />
    </Card>
  );
}

/** A heading with what belongs to it. */
export function Section({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <View style={{ gap: space.s, paddingTop: space.s }}>
      <View style={{ flexDirection: "row", justifyContent: "space-between", alignItems: "center", flexWrap: "wrap", minHeight: 44 }}>
        <Text look="heading" level={2}>
          {title}
        </Text>
        {action}
      </View>
      {children}
    </View>
  );
}

export const currencyOf = (account: Account): string =>
  account.box.figure?.today.currency ?? account.profile?.currency ?? "EUR";

/** Amounts as they are shown on this device: hidden where the person has hidden them. */
export function showMoney(amount: string, currency: string, options: { sign?: boolean } = {}): string {
  return platform.getFlag("hidden") === "1" ? t("hidden") : formatMoney(amount, currency, options);
}
