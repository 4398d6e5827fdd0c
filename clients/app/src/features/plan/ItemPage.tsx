import { useState } from "react";
import { View } from "react-native";

import { addDays } from "../../figure";
import { formatDay, t } from "../../i18n";
import type { MessageKey } from "../../i18n";
import { platform } from "../../platform";
import { navigation } from "../../platform/navigation";
import { Button, Field, Text, space } from "../../ui";
import { DateField } from "../../ui/DateField";
import { Sheet } from "../../ui/Sheet";
import { Choice, Problems } from "../pages/Choice";
import { Page, Waiting, currencyOf } from "../pages/Page";
import type { PageProps } from "../pages/Page";
import { useAnswer } from "../pages/useAnswer";
import { decimalsOf, useDay } from "../today/useToday";
import { Dates } from "./Dates";
import { deletions } from "./deletions";
import { FREQUENCIES, dateField, findChanges, findWays, newDraft, toBody, toDraft } from "./form";
import type { Body, ItemType, PlanItem } from "./form";
import { change, create, restOf } from "./store";
import type { Errors } from "./store";

type Props = PageProps & { type: ItemType; id: number | null };

/** An income or a bill: its form, and its dates. */
export function ItemPage({ account, state, type, id }: Props) {
  const answer = useAnswer<PlanItem>(account, id === null ? null : `/api/${type}/${id}/`);
  const [tries, setTries] = useState(0);
  const item = answer.data;
  const title = id === null ? t(type === "income" ? "addIncomeItem" : "addBillItem") : nameOf(type, item);
  return (
    <Page
      account={account}
      state={state}
      title={title}
      up={{ path: "/plan", title: t("navPlan") }}
      aside={item && <Dates account={account} state={state} type={type} item={item} />}
    >
      {id === null || item ? (
        <ItemForm
          key={tries === 0 ? "" : item?.updated_at}
          account={account}
          state={state}
          type={type}
          item={item}
          onReload={() => {
            answer.reload();
            setTries(tries + 1);
          }}
        />
      ) : (
        <Waiting answer={answer} state={state} />
      )}
    </Page>
  );
}

const nameOf = (type: ItemType, item: PlanItem | null) => item?.name || t(type === "income" ? "line_income" : "line_bill");

type FormProps = PageProps & { type: ItemType; item: PlanItem | null; onReload: () => void };

function ItemForm({ account, state, type, item, onReload }: FormProps) {
  const today = useDay(account);
  // What the form was opened with: a write fails where it is another by then.
  const [seen] = useState(item);
  const [draft, setDraft] = useState(() => (item ? toDraft(type, item) : newDraft(currencyOf(account), addDays(today, 1))));
  const [errors, setErrors] = useState<Errors>({});
  const [isBusy, setBusy] = useState(false);
  const [asked, setAsked] = useState<Body | null>(null);
  const [hasLimits, setLimits] = useState(Boolean(item?.start_date || item?.end_date));
  const [place] = useState(platform.makeId);
  const body = toBody(type, draft, decimalsOf(account, draft.currency));
  const set = (values: Partial<typeof draft>) => setDraft({ ...draft, ...values });

  async function store(work: () => Promise<Errors | null>) {
    setBusy(true);
    const found = await work();
    setBusy(false);
    setAsked(null);
    if (found) setErrors(found);
    else navigation.go("/plan");
  }
  function save() {
    if (!seen) return void store(() => create(`/api/${type}/`, body!, place));
    const changes = findChanges(seen, body!);
    const ways = findWays(seen, changes);
    if (ways === "nothing") return navigation.go("/plan");
    if (ways === "either") return setAsked(changes);
    return void store(() => change(`/api/${type}/${seen.id}/`, changes, seen.updated_at));
  }

  const isIncome = type === "income";
  return (
    <View style={{ gap: space.l }}>
      <Field
        label={isIncome ? t("nameOptional") : t("billName")}
        value={draft.name}
        maxLength={100}
        onChangeText={(name) => set({ name })}
        errors={errors["name"]}
      />
      <View style={{ flexDirection: "row", gap: space.m }}>
        <Field
          style={{ flex: 2 }}
          label={isIncome ? t("incomeAmount") : t("billAmount")}
          value={draft.amount}
          onChangeText={(amount) => set({ amount })}
          inputMode="decimal"
          errors={errors["amount"]}
        />
        <Field
          style={{ flex: 1 }}
          label={t("currency")}
          value={draft.currency}
          maxLength={3}
          autoCapitalize="characters"
          onChangeText={(currency) => set({ currency: currency.toUpperCase() })}
          errors={errors["currency"]}
        />
      </View>
      <Choice
        label={t("frequency")}
        options={FREQUENCIES.map((one) => [one, t(`freq_${one}`)] as const)}
        value={draft.frequency as (typeof FREQUENCIES)[number]}
        onChange={(frequency) => set({ frequency })}
        errors={errors["frequency"]}
      />
      <DateField
        label={t(seen ? "anchorDate" : isIncome ? "nextPayday" : "billDue")}
        value={draft.date}
        onChange={(date) => set({ date })}
        errors={errors[dateField(type)] ?? []}
      />
      {draft.frequency === "semi-monthly" && (
        <View style={{ gap: space.xs }}>
          <View style={{ flexDirection: "row", gap: space.m }}>
            {([0, 1] as const).map((place) => (
              <Field
                key={place}
                style={{ flex: 1 }}
                label={t(place === 0 ? "firstDay" : "secondDay")}
                value={draft.days[place]}
                maxLength={2}
                inputMode="numeric"
                onChangeText={(day) => set({ days: place === 0 ? [day, draft.days[1]] : [draft.days[0], day] })}
              />
            ))}
          </View>
          <Text look="small" tone="soft">
            {t("daysHint")}
          </Text>
          <Problems>{errors["days"]}</Problems>
        </View>
      )}
      {draft.frequency !== "daily" && (
        <Choice
          label={t("weekend")}
          options={[
            ["none", t("weekendNone")],
            ["before", t("weekendBefore")],
            ["after", t("weekendAfter")],
          ]}
          value={draft.adjust}
          onChange={(adjust) => set({ adjust })}
          errors={errors["adjust"]}
        />
      )}
      {hasLimits ? (
        <View style={{ flexDirection: "row", flexWrap: "wrap", gap: space.m }}>
          <View style={{ flexGrow: 1, flexBasis: 130 }}>
            <DateField label={t("startDate")} value={draft.start} onChange={(start) => set({ start })} errors={errors["start_date"] ?? []} />
          </View>
          <View style={{ flexGrow: 1, flexBasis: 130 }}>
            <DateField label={t("endDate")} value={draft.end} onChange={(end) => set({ end })} errors={errors["end_date"] ?? []} />
          </View>
        </View>
      ) : (
        <Button look="plain" title={t("addLimits")} onPress={() => setLimits(true)} style={{ alignSelf: "flex-start", paddingHorizontal: 0 }} />
      )}
      <Problems>
        {restOf(errors, ["name", "amount", "currency", "frequency", dateField(type), "days", "adjust", ...(hasLimits ? ["start_date", "end_date"] : [])])}
      </Problems>
      {errors["stale"] && <Button title={t("loadAnew")} onPress={onReload} style={{ alignSelf: "flex-start" }} />}
      {!state.isOnline && (
        <Text look="small" tone="soft">
          {t("planOnline")}
        </Text>
      )}
      <Button look="primary" title={t("save")} disabled={body === null || isBusy || !state.isOnline} onPress={save} />
      {seen && (
        <Button
          title={t("deleteWhat", { what: nameOf(type, seen) })}
          disabled={!state.isOnline}
          onPress={() => {
            deletions.add(`/api/${type}/${seen.id}/`, nameOf(type, seen));
            navigation.go("/plan");
          }}
          style={{ alignSelf: "flex-start" }}
        />
      )}
      {asked && seen && (
        <WhenSheet
          item={seen}
          isBusy={isBusy}
          onClose={() => setAsked(null)}
          onAlways={() => void store(() => change(`/api/${type}/${seen.id}/`, asked, seen.updated_at))}
          onFrom={(day) => void store(() => create(`/api/${type}/${seen.id}/change/`, { effective_from: day, ...asked }, place))}
        />
      )}
    </View>
  );
}

type WhenProps = { item: PlanItem; isBusy: boolean; onFrom: (day: string) => void; onAlways: () => void; onClose: () => void };

/** A change holds from a date on, or corrects what was wrong from the beginning. */
function WhenSheet({ item, isBusy, onFrom, onAlways, onClose }: WhenProps) {
  const [way, setWay] = useState<"from" | "always">("from");
  const [day, setDay] = useState(item.next_occurrence!);
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(day);
  return (
    <Sheet title={t("sinceWhen")} onClose={onClose}>
      <Choice
        label={t("sinceWhen")}
        options={[
          ["from", t("fromOn", { day: isDay ? formatDay(day, "short") : "…" })],
          ["always", t("alwaysSo")],
        ]}
        value={way}
        onChange={setWay}
        hint={t((way === "from" ? "fromOnHint" : "alwaysSoHint") as MessageKey)}
      />
      {way === "from" && <DateField label={t("effectiveFrom")} value={day} onChange={setDay} />}
      <Button
        look="primary"
        title={t("save")}
        disabled={isBusy || (way === "from" && !isDay)}
        onPress={() => (way === "from" ? onFrom(day) : onAlways())}
      />
    </Sheet>
  );
}
