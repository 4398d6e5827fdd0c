import { Suspense, lazy, useCallback, useEffect, useRef, useState } from "react";
import { ScrollView, View } from "react-native";

import { live } from "../../api/live";
import type { Account, State } from "../../api/live";
import { formatMoney, t } from "../../i18n";
import { readTyped, readKey } from "../../money";
import type { Values } from "../../outbox";
import { platform } from "../../platform";
import { navigation } from "../../platform/navigation";
import { Button, Card, Notice, Text, radius, space, useIsWide, usePalette } from "../../ui";
import { Boundary } from "../../ui/Boundary";
import { ComposerPanel } from "./ComposerPanel";
import { Entries } from "./Entries";
import type { Item } from "./Entries";
import { FigureBlock } from "./FigureBlock";
import { Header, SideBar } from "./Header";
import { useComposer } from "./useComposer";
import { decimalsOf, showFigure, useDay, useHidden } from "./useToday";

const Details = lazy(() => import("./Details"));
const Correct = lazy(() => import("../correct/Correct"));
const Menu = lazy(() => import("./Menu"));

const UNDO_MS = 6000;

type Undo = { text: string; take: (() => Promise<void>) | null };

export function Today({ account, state }: { account: Account; state: State }) {
  const palette = usePalette();
  const isWide = useIsWide();
  const day = useDay(account);
  const [isHidden, toggleHidden] = useHidden();
  const [sheet, setSheet] = useState<"details" | "correct" | "menu" | null>(null);
  const [undo, setUndo] = useState<Undo | null>(null);
  const today = account.box.figure?.today ?? null;
  const home = today?.currency ?? account.profile?.currency ?? "EUR";
  const composer = useComposer(account, day, home);
  const { draft, setDraft, values, type } = composer;
  const shown = showFigure(account, day);
  const below = "remaining" in shown ? shown.below : account.box.entries.map((entry) => entry.key);

  useLink(composer);
  const undoTimer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const offer = useCallback((text: string, take: Undo["take"]) => {
    clearTimeout(undoTimer.current);
    setUndo({ text, take });
    undoTimer.current = setTimeout(() => setUndo(null), UNDO_MS);
  }, []);

  const isStoring = useRef(false);
  const done = useCallback(async () => {
    if (!values || isStoring.current) return;
    isStoring.current = true;
    try {
      const amount = formatMoney(values.amount, values.currency);
      const { editing } = draft;
      if (editing) {
        const isChanged = await live.change(editing.id, values);
        if (isChanged) offer(t("changed", { amount }), async () => void (await live.change(editing.id, editing.before)));
        else offer(t("tooLate"), null);
      } else {
        const key = await live.add(values);
        offer(t("stored", { amount }), () => live.remove(key, 0));
      }
      platform.buzz();
      composer.clear();
      if (navigation.location().startsWith("/log")) navigation.go("/", { replace: true });
    } catch {
      // Nothing was kept: what is typed stays.
      offer(t("notKept"), null);
    } finally {
      isStoring.current = false;
    }
  }, [values, draft, composer, offer]);

  const edit = (item: Item) =>
    setDraft({ ...toDraft(item.values), date: item.values.date, editing: { id: item.id, before: item.values } });
  const remove = async (item: Item) => {
    await live.remove(item.id);
    const amount = formatMoney(item.values.amount, item.values.currency);
    offer(t("deleted", { amount }), async () => {
      if (!(await live.change(item.id, item.values))) offer(t("tooLate"), null);
    });
  };

  const isSheetOpen = sheet !== null;
  useEffect(() => {
    if (isSheetOpen) return undefined;
    return platform.onKey((pressed) => {
      if (pressed === "Enter") {
        void done();
        return true;
      }
      if (pressed === "Escape") {
        composer.clear();
        return true;
      }
      const key = readKey(pressed);
      if (key) type(key);
      return key !== null;
    });
  }, [isSheetOpen, done, type, composer]);

  const correct = () => setSheet("correct");
  const figure = (
    <FigureBlock shown={shown} today={today} state={state} isHidden={isHidden} onToggle={toggleHidden} onCorrect={correct} />
  );
  const notices = (
    <>
      {!platform.canKeep && platform.isWeb && <Notice>{t("onlineOnly")}</Notice>}
      {!state.isOnline ? (
        <Notice tone="tint">{t("offline")}</Notice>
      ) : state.isUnreachable ? (
        <Notice tone="tint">{t("unreachable")}</Notice>
      ) : null}
      {state.activateUpdate && (
        <Notice tone="tint" action={<Button look="plain" title={t("takeIt")} onPress={state.activateUpdate} />}>
          {t("newVersion")}
        </Notice>
      )}
    </>
  );
  const entries = (
    <Entries
      account={account}
      day={day}
      below={below}
      isHidden={isHidden}
      onAgain={(again: Values) => setDraft({ ...toDraft(again), date: day, editing: null })}
      onEdit={edit}
      onDelete={(item) => void remove(item)}
      onDiscard={(key) => void live.discard(key)}
      onInsist={(key) => void live.insist(key)}
    />
  );
  const panel = (
    <ComposerPanel
      account={account}
      day={day}
      composer={composer}
      isHidden={isHidden}
      onDone={() => void done()}
      onDetails={() => setSheet("details")}
    />
  );
  const undoBar = (
    <View role="status" aria-live="polite">
      {undo && (
        <View
          style={{
            flexDirection: "row",
            alignItems: "center",
            justifyContent: "space-between",
            backgroundColor: palette.tint,
            borderRadius: radius.s,
            paddingStart: space.m,
            marginBottom: space.s,
          }}
        >
          <Text look="small" style={{ flexShrink: 1 }}>
            {undo.text}
          </Text>
          {undo.take && (
            <Button
              look="plain"
              title={t("undo")}
              onPress={() => {
                const take = undo.take;
                setUndo(null);
                void take?.();
              }}
            />
          )}
        </View>
      )}
    </View>
  );
  const close = () => setSheet(null);
  const sheets = (
    <Boundary>
      <Suspense fallback={null}>
        {sheet === "details" && <Details account={account} day={day} composer={composer} onClose={close} />}
        {sheet === "correct" && <Correct currency={home} decimals={decimalsOf(account, home)} onClose={close} />}
        {sheet === "menu" && <Menu account={account} onCorrect={correct} onClose={close} />}
      </Suspense>
    </Boundary>
  );

  if (isWide) {
    return (
      <View style={{ flex: 1, flexDirection: "row" }}>
        <SideBar account={account} onCorrect={correct} />
        <ScrollView role="main" style={{ flex: 1 }} contentContainerStyle={{ padding: space.xxl, gap: space.xl, maxWidth: 640 }}>
          {notices}
          {figure}
          {entries}
        </ScrollView>
        <View style={{ width: 420, padding: space.xl, justifyContent: "flex-start" }}>
          {undoBar}
          <Card>{panel}</Card>
        </View>
        {sheets}
      </View>
    );
  }
  return (
    <View style={{ flex: 1 }}>
      <Header onMenu={() => setSheet("menu")} />
      <ScrollView role="main" style={{ flex: 1 }} contentContainerStyle={{ paddingHorizontal: space.xl, paddingBottom: space.xl, gap: space.l }}>
        {figure}
        {notices}
        {entries}
      </ScrollView>
      <View
        style={{
          backgroundColor: palette.surface,
          borderTopWidth: 1,
          borderColor: palette.line,
          borderTopStartRadius: radius.l,
          borderTopEndRadius: radius.l,
          paddingHorizontal: space.l,
          paddingTop: space.m,
          paddingBottom: space.l,
        }}
      >
        {undoBar}
        {panel}
      </View>
      {sheets}
    </View>
  );
}

function toDraft(values: Values) {
  return {
    sum: values.amount.replace(/\.0+$/, ""),
    category: values.category,
    description: values.description,
    kind: values.kind,
    currency: values.currency,
  };
}

/** `/log?amount=&category=&note=` fills the keypad in, and stores nothing by itself. */
function useLink({ setDraft, decimals }: ReturnType<typeof useComposer>) {
  useEffect(() => {
    const [path, query = ""] = navigation.location().split("?");
    if (path !== "/log" || query === "") return;
    const asked = new URLSearchParams(query);
    const amount = readTyped(asked.get("amount") ?? "", decimals) ?? "";
    setDraft((before) => ({
      ...before,
      sum: amount.startsWith("-") ? "" : amount.replace(/\.0+$/, ""),
      category: (asked.get("category") ?? "").slice(0, 50),
      description: (asked.get("note") ?? "").slice(0, 200),
      editing: null,
    }));
    // Once: the address is what the person came with.
    navigation.go("/log", { replace: true });
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
}
