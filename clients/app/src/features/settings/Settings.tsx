import { useState } from "react";
import { View } from "react-native";

import { call, ifMatch } from "../../api/call";
import { live } from "../../api/live";
import type { Profile } from "../../api/live";
import { getLocale, t } from "../../i18n";
import { platform } from "../../platform";
import { Button, Field, Link, Notice, Text, space } from "../../ui";
import { Choice, Problems } from "../pages/Choice";
import { Page, Section, Waiting } from "../pages/Page";
import type { PageProps } from "../pages/Page";
import { Row } from "../pages/Row";
import { useAnswer } from "../pages/useAnswer";
import { readErrors, restOf } from "../plan/store";
import type { Errors } from "../plan/store";
import { getDeviceZone } from "../welcome/currencies";
import { Picker } from "./Picker";
import { Security } from "./Security";
import { Fold, Secret } from "./parts";

type Me = Required<Profile> & { email_verified: boolean };
type Listed<T> = { results: T[] };
type Save = (changes: Partial<Me> & { current_password?: string; otp?: string }) => Promise<Errors | null>;

export default function Settings({ account, state }: PageProps) {
  const answer = useAnswer<Me>(account, "/api/auth/users/me/");
  const me = answer.data;
  const save: Save = async (changes) => {
    const reply = await call<Me>("patch", "/api/auth/users/me/", { body: changes, headers: ifMatch(me!.updated_at) });
    if (reply.type === "data") {
      await live.takeProfile(reply.data);
    }
    answer.reload();
    return readErrors(reply);
  };
  const device = getDeviceZone();
  return (
    <Page account={account} state={state} title={t("navSettings")} aside={me && <Security account={account} state={state} me={me} />}>
      {me === null ? (
        <Waiting answer={answer} state={state} />
      ) : (
        <>
          {device !== me.timezone && device !== "UTC" && (
            <Notice tone="tint" action={<Button look="plain" title={t("takeZone", { zone: readable(device) })} onPress={() => void save({ timezone: device })} />}>
              {t("otherZone", { device: readable(device), zone: readable(me.timezone) })}
            </Notice>
          )}
          <Section title={t("profile")}>
            <Fold title={t("yourName")} value={[me.first_name, me.last_name].filter(Boolean).join(" ") || t("notSaid")}>
              {(close) => <NameForm me={me} save={save} onDone={close} />}
            </Fold>
            <Fold title={t("email")} value={me.email_verified ? me.email : t("notVerified", { email: me.email })}>
              {(close) => <EmailForm me={me} save={save} onDone={close} />}
            </Fold>
          </Section>
          <Section title={t("moneyAndTime")}>
            <Fold title={t("currency")} value={me.currency}>
              {(close) => <CurrencyForm account={account} state={state} me={me} save={save} onDone={close} />}
            </Fold>
            <Fold title={t("timeZone")} value={readable(me.timezone)}>
              {(close) => (
                <ListForm
                  account={account}
                  path="/api/timezones/"
                  label={t("timeZone")}
                  value={me.timezone}
                  read={(one: { name: string; offset: string }) => ({ value: one.name, title: `${readable(one.name)} (${one.offset})` })}
                  onSave={(timezone) => save({ timezone })}
                  onDone={close}
                />
              )}
            </Fold>
            <Fold title={t("language")} value={me.language || t("asDevice")}>
              {(close) => (
                <>
                  <Text look="small" tone="soft">
                    {t("languageHint")}
                  </Text>
                  <ListForm
                    account={account}
                    path="/api/languages/"
                    label={t("language")}
                    value={me.language}
                    none={t("asDevice")}
                    read={(one: { code: string; name: string }) => ({ value: one.code, title: one.name })}
                    onSave={(language) => save({ language })}
                    onDone={close}
                  />
                </>
              )}
            </Fold>
            <Fold title={t("holidays")} value={me.holiday_calendar || t("weekendsAlone")}>
              {(close) => (
                <ListForm
                  account={account}
                  path="/api/holiday-calendars/"
                  label={t("holidays")}
                  value={me.holiday_calendar}
                  none={t("weekendsAlone")}
                  read={(one: { code: string; name: string }) => ({ value: one.code, title: one.name })}
                  onSave={(calendar) => save({ holiday_calendar: calendar })}
                  onDone={close}
                />
              )}
            </Fold>
          </Section>
          <Section title={t("howShared")}>
            <Fold title={t("weights")} value={describeWeights(me.weekday_weights)}>
              {(close) => <WeightsForm me={me} save={save} onDone={close} />}
            </Fold>
            <Fold title={t("leftover")} value={t(`leftover_${me.leftover}`)}>
              {() => (
                <Choice
                  label={t("leftover")}
                  options={[
                    ["forget", t("leftover_forget")],
                    ["carry", t("leftover_carry")],
                  ]}
                  value={me.leftover}
                  onChange={(leftover) => void save({ leftover })}
                  hint={t("fromNextPeriod")}
                />
              )}
            </Fold>
            <Fold title={t("overspend")} value={t(`overspend_${me.overspend}`)}>
              {() => (
                <Choice
                  label={t("overspend")}
                  options={[
                    ["forgive", t("overspend_forgive")],
                    ["repay", t("overspend_repay")],
                  ]}
                  value={me.overspend}
                  onChange={(overspend) => void save({ overspend })}
                  hint={t("fromNextPeriod")}
                />
              )}
            </Fold>
          </Section>
          <About account={account} state={state} />
        </>
      )}
    </Page>
  );
}

const readable = (zone: string) => zone.replace(/_/g, " ");

/** The days of the week in the person's language, Monday first. */
function weekdays(style: "long" | "short"): string[] {
  const format = new Intl.DateTimeFormat(getLocale(), { weekday: style, timeZone: "UTC" });
  return Array.from({ length: 7 }, (_, day) => format.format(new Date(Date.UTC(2024, 0, 1 + day))));
}

function describeWeights(weights: readonly number[]): string {
  if (weights.every((weight) => weight === weights[0])) return t("allEqual");
  const names = weekdays("short");
  return weights.map((weight, day) => `${names[day]} ${weight}`).join(", ");
}

type FormProps = { me: Me; save: Save; onDone: () => void };

function useSaving(onDone: () => void) {
  const [errors, setErrors] = useState<Errors>({});
  const [isBusy, setBusy] = useState(false);
  const run = async (work: () => Promise<Errors | null>) => {
    setBusy(true);
    const found = await work();
    setBusy(false);
    setErrors(found ?? {});
    if (found === null) onDone();
  };
  return { errors, isBusy, run };
}

function NameForm({ me, save, onDone }: FormProps) {
  const [first, setFirst] = useState(me.first_name);
  const [last, setLast] = useState(me.last_name);
  const { errors, isBusy, run } = useSaving(onDone);
  return (
    <>
      <Field label={t("firstName")} value={first} onChangeText={setFirst} maxLength={150} autoComplete="given-name" errors={errors["first_name"]} />
      <Field label={t("lastName")} value={last} onChangeText={setLast} maxLength={150} autoComplete="family-name" errors={errors["last_name"]} />
      <Problems>{restOf(errors, ["first_name", "last_name"])}</Problems>
      <Button look="primary" title={t("save")} disabled={isBusy} onPress={() => void run(() => save({ first_name: first.trim(), last_name: last.trim() }))} />
    </>
  );
}

function EmailForm({ me, save, onDone }: FormProps) {
  const [email, setEmail] = useState(me.email);
  const [password, setPassword] = useState("");
  const [otp, setOtp] = useState("");
  const [isSent, setSent] = useState(false);
  const { errors, isBusy, run } = useSaving(onDone);
  const resend = async () => {
    const reply = await call("post", "/api/auth/users/resend_verification/", {});
    setSent(reply.type === "data");
  };
  return (
    <>
      {!me.email_verified && (
        <Button title={t(isSent ? "linkSentShort" : "sendProof")} disabled={isSent} onPress={() => void resend()} style={{ alignSelf: "flex-start" }} />
      )}
      <Field label={t("email")} value={email} onChangeText={setEmail} inputMode="email" autoCapitalize="none" autoComplete="email" errors={errors["email"]} />
      <Secret label={t("passwordNow")} value={password} onChange={setPassword} errors={errors["current_password"]} />
      <Field label={t("codeIfOn")} value={otp} onChangeText={setOtp} autoComplete="one-time-code" errors={errors["otp"]} />
      <Problems>{restOf(errors, ["email", "current_password", "otp"])}</Problems>
      <Button
        look="primary"
        title={t("save")}
        disabled={isBusy || password === "" || email.trim() === me.email}
        onPress={() => void run(() => save({ email: email.trim(), current_password: password, ...(otp ? { otp: otp.trim() } : {}) }))}
      />
    </>
  );
}

function CurrencyForm({ account, me, save, onDone }: FormProps & PageProps) {
  const answer = useAnswer<Listed<{ code: string; name: string }>>(account, "/api/currencies/");
  const [code, setCode] = useState(me.currency);
  const { errors, isBusy, run } = useSaving(onDone);
  const options = (answer.data?.results ?? []).map((one) => ({ value: one.code, title: `${one.code} · ${one.name}` }));
  return (
    <>
      <Picker label={t("currency")} options={options} value={code} onChange={setCode} />
      {code !== me.currency && <Notice>{t("reexpress", { from: me.currency, to: code })}</Notice>}
      <Problems>{Object.values(errors).flat()}</Problems>
      <Button
        look="primary"
        title={code === me.currency ? t("save") : t("changeTo", { currency: code })}
        disabled={isBusy || code === me.currency}
        onPress={() => void run(() => save({ currency: code }))}
      />
    </>
  );
}

type ListProps<T> = {
  account: PageProps["account"];
  path: string;
  label: string;
  value: string;
  none?: string;
  read: (one: T) => { value: string; title: string };
  onSave: (value: string) => Promise<Errors | null>;
  onDone: () => void;
};

/** One of a list that the server has. */
function ListForm<T>({ account, path, label, value, none, read, onSave, onDone }: ListProps<T>) {
  const answer = useAnswer<Listed<T>>(account, path);
  const [chosen, setChosen] = useState(value);
  const { errors, isBusy, run } = useSaving(onDone);
  const options = [...(none ? [{ value: "", title: none }] : []), ...(answer.data?.results ?? []).map(read)];
  // What is chosen stands first, so that it is seen without a search.
  const sorted = [...options].sort((a, b) => Number(b.value === value) - Number(a.value === value));
  if (answer.data === null) return <Text tone="soft">{t(answer.hasFailed ? "failed" : "loading")}</Text>;
  return (
    <>
      <Picker label={t("searchIn", { what: label })} options={sorted} value={chosen} onChange={setChosen} />
      <Problems>{Object.values(errors).flat()}</Problems>
      <Button look="primary" title={t("save")} disabled={isBusy || chosen === value} onPress={() => void run(() => onSave(chosen))} />
    </>
  );
}

const MOST_WEIGHT = 10;

function WeightsForm({ me, save, onDone }: FormProps) {
  const [weights, setWeights] = useState<readonly number[]>(me.weekday_weights);
  const { errors, isBusy, run } = useSaving(onDone);
  const set = (day: number, weight: number) => setWeights(weights.map((one, index) => (index === day ? weight : one)));
  return (
    <>
      <Text look="small" tone="soft">
        {t("weightsHint")}
      </Text>
      {weekdays("long").map((name, day) => {
        const weight = weights[day] ?? 1;
        return (
          <View key={name} style={{ flexDirection: "row", alignItems: "center", gap: space.m }}>
            <Text style={{ flex: 1 }}>{name}</Text>
            <Button title="−" label={t("less", { day: name })} disabled={weight <= 0} onPress={() => set(day, weight - 1)} />
            <View aria-live="polite" style={{ minWidth: 28, alignItems: "center" }}>
              <Text label={`${name}: ${weight}`}>{String(weight)}</Text>
            </View>
            <Button title="+" label={t("more", { day: name })} disabled={weight >= MOST_WEIGHT} onPress={() => set(day, weight + 1)} />
          </View>
        );
      })}
      <Problems>{Object.values(errors).flat()}</Problems>
      <Button
        look="primary"
        title={t("save")}
        disabled={isBusy || weights.every((weight) => weight === 0)}
        onPress={() => void run(() => save({ weekday_weights: weights }))}
      />
    </>
  );
}

function About({ account }: PageProps) {
  const answer = useAnswer<{ product: string; version: string; api: number }>(account, "/api/");
  return (
    <Section title={t("about")}>
      <Row title={t("version")} value={answer.data ? `${answer.data.version} (API ${answer.data.api})` : "…"} />
      {!platform.isWeb && <Row title={t("server")} value={platform.server()} />}
      <Text look="small" tone="soft">
        {t("aboutHint")}
      </Text>
      {platform.isWeb && (
        <View style={{ flexDirection: "row", gap: space.l }}>
          <Link title={t("swagger")} href="/swagger/" />
          <Link title={t("redoc")} href="/redoc/" />
        </View>
      )}
    </Section>
  );
}
