import { useState } from "react";
import { ScrollView, View } from "react-native";

import { live, open, readRefusal } from "../../api/live";
import type { SignIn, State } from "../../api/live";
import { formatMoney, t } from "../../i18n";
import { platform } from "../../platform";
import { navigation } from "../../platform/navigation";
import { Button, Card, Field, Link, Notice, Text, space, useIsWide, usePalette } from "../../ui";
import { Brand } from "../today/Header";
import { getDeviceZone, guessCurrency } from "./currencies";

type Mode = "signIn" | "register" | "forgot";
type Errors = Readonly<Record<string, readonly string[]>>;

export default function Welcome({ notice }: { notice: State["notice"] }) {
  const isWide = useIsWide();
  const [mode, setMode] = useState<Mode>("signIn");
  return (
    <ScrollView
      role="main"
      style={{ flex: 1 }}
      contentContainerStyle={{
        padding: space.xl,
        gap: space.xl,
        flexDirection: isWide ? "row" : "column",
        justifyContent: "center",
        alignItems: isWide ? "center" : "stretch",
        minHeight: isWide ? "100%" : undefined,
      }}
    >
      <View style={{ gap: space.l, maxWidth: 460, flexShrink: 1, marginEnd: isWide ? space.xxl : 0 }}>
        <Brand />
        <Text look="display" level={1} style={{ fontSize: 42, lineHeight: 48 }}>
          {t("welcomeTitle")}
        </Text>
        <Text tone="soft">{t("welcomeLead")}</Text>
        <Example />
      </View>
      <Card style={isWide ? { width: 420 } : {}}>
        {notice === "ended" && <Notice tone="tint">{t("ended")}</Notice>}
        {mode === "forgot" ? (
          <Forgot onBack={() => setMode("signIn")} />
        ) : (
          <>
            <View role="radiogroup" style={{ flexDirection: "row", gap: space.s, flexWrap: "wrap" }}>
              <Button look="chip" role="radio" title={t("signIn")} isSelected={mode === "signIn"} onPress={() => setMode("signIn")} />
              <Button look="chip" role="radio" title={t("register")} isSelected={mode === "register"} onPress={() => setMode("register")} />
            </View>
            {mode === "signIn" ? <Login onForgot={() => setMode("forgot")} /> : <Register />}
          </>
        )}
        {platform.isWeb && (
          <View style={{ flexDirection: "row", gap: space.l, flexWrap: "wrap", alignItems: "center" }}>
            <Text look="small" tone="soft">
              {t("forDevelopers")}
            </Text>
            <Link title={t("swagger")} href="/swagger/" />
            <Link title={t("redoc")} href="/redoc/" />
            <Link title={t("admin")} href="/admin/" />
          </View>
        )}
      </Card>
    </ScrollView>
  );
}

function Example() {
  const palette = usePalette();
  const currency = guessCurrency(getDeviceZone());
  const money = (amount: string) => formatMoney(amount, currency);
  const lines = [
    [t("exampleIncome"), money("3000")],
    [t("exampleBills"), `− ${money("1000")}`],
    [t("exampleSavings"), `− ${money("300")}`],
    [t("exampleLeft"), money("1700")],
  ];
  return (
    <View style={{ gap: space.xs }}>
      <Text look="small" tone="soft">
        {t("exampleTitle")}
      </Text>
      {lines.map(([name, amount]) => (
        <View key={name} style={{ flexDirection: "row", justifyContent: "space-between", borderBottomWidth: 1, borderColor: palette.line, paddingVertical: space.xs }}>
          <Text look="small">{name}</Text>
          <Text look="small">{amount}</Text>
        </View>
      ))}
      <View style={{ flexDirection: "row", justifyContent: "space-between", paddingTop: space.xs }}>
        <Text look="heading" tone="accent">
          {t("exampleToday")}
        </Text>
        <Text look="heading" tone="accent">
          {money("188.88")}
        </Text>
      </View>
    </View>
  );
}

/** Run a call of a form: what is wrong stands on its field, anything else in one line. */
function useForm() {
  const [errors, setErrors] = useState<Errors>({});
  const [isBusy, setBusy] = useState(false);
  async function submit(work: () => Promise<Errors | null>) {
    if (isBusy) return;
    setBusy(true);
    setErrors({});
    try {
      const found = await work();
      if (found) setErrors(found);
    } catch {
      setErrors({ "": [t(platform.isOnline() ? "failed" : "needsNetwork")] });
    } finally {
      setBusy(false);
    }
  }
  return { errors, isBusy, submit };
}

async function logIn(username: string, password: string, otp: string, isForeign: boolean): Promise<Errors | "otp" | null> {
  const mode = isForeign ? ("session" as const) : ("keep" as const);
  const answer = await open.POST("/api/auth/jwt/create/", {
    body: { username, password, ...(otp ? { otp } : {}) } as never,
    headers: platform.isWeb ? { "X-Refresh-Cookie": isForeign ? "session" : "1" } : {},
  });
  if (answer.data) {
    await live.enter(answer.data as unknown as SignIn, mode);
    return null;
  }
  const refusal = readRefusal(answer.response.status, answer.error);
  if (refusal.code === "otp_required") return "otp";
  if (refusal.code === "otp_invalid") return { otp: refusal.messages };
  if (refusal.status === 401) return { "": [t("wrongLogin")] };
  if (refusal.status === 429) return { "": [t("tooMany")] };
  return { ...refusal.fields, "": refusal.messages.length > 0 || Object.keys(refusal.fields).length > 0 ? refusal.messages : [t("failed")] };
}

function General({ errors }: { errors: Errors }) {
  return (
    <View role="alert">
      {(errors[""] ?? []).map((line) => (
        <Text key={line} look="small" tone="amber">
          {line}
        </Text>
      ))}
    </View>
  );
}

function Login({ onForgot }: { onForgot: () => void }) {
  const { errors, isBusy, submit } = useForm();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [otp, setOtp] = useState("");
  const [needsOtp, setNeedsOtp] = useState(false);
  const [isForeign, setForeign] = useState(false);
  const send = () =>
    submit(async () => {
      const result = await logIn(username.trim(), password, otp.trim(), isForeign);
      if (result !== "otp") return result;
      setNeedsOtp(true);
      return null;
    });
  return (
    <View role="form" style={{ gap: space.m }}>
      <Field
        label={t("emailOrName")}
        value={username}
        onChangeText={setUsername}
        autoCapitalize="none"
        autoComplete="username"
        errors={errors["username"]}
        onSubmitEditing={() => void send()}
      />
      <Field
        label={t("password")}
        value={password}
        onChangeText={setPassword}
        secureTextEntry
        autoCapitalize="none"
        autoCorrect={false}
        spellCheck={false}
        autoComplete="current-password"
        errors={errors["password"]}
        onSubmitEditing={() => void send()}
      />
      {needsOtp && (
        <Field label={t("code")} value={otp} onChangeText={setOtp} autoComplete="one-time-code" errors={errors["otp"]} onSubmitEditing={() => void send()} />
      )}
      {platform.isWeb && (
        <Button look="chip" role="checkbox" title={t("notMyDevice")} isSelected={isForeign} onPress={() => setForeign(!isForeign)} />
      )}
      <General errors={errors} />
      <Button look="primary" title={t("signIn")} onPress={() => void send()} disabled={isBusy} />
      <Button look="plain" title={t("forgot")} onPress={onForgot} />
    </View>
  );
}

function Register() {
  const { errors, isBusy, submit } = useForm();
  const zone = getDeviceZone();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [currency, setCurrency] = useState(guessCurrency(zone));
  const [isChoosing, setChoosing] = useState(false);
  const send = () =>
    submit(async () => {
      const address = email.trim();
      const answer = await open.POST("/api/auth/users/", {
        body: { username: address, email: address, password, currency, timezone: zone } as never,
      });
      if (!answer.response.ok) {
        const refusal = readRefusal(answer.response.status, answer.error);
        if (refusal.status === 429) return { "": [t("tooMany")] };
        if (refusal.fields["currency"]) setChoosing(true);
        const { username, ...fields } = refusal.fields;
        return { ...fields, email: fields["email"] ?? username ?? [], "": [...refusal.messages, ...(fields["timezone"] ?? [])] };
      }
      const result = await logIn(address, password, "", false);
      if (result === null) navigation.go("/first-steps", { replace: true });
      return result === "otp" ? null : result;
    });
  return (
    <View role="form" style={{ gap: space.m }}>
      <Field
        label={t("email")}
        value={email}
        onChangeText={setEmail}
        autoCapitalize="none"
        autoComplete="email"
        inputMode="email"
        errors={errors["email"]}
        onSubmitEditing={() => void send()}
      />
      <Field
        label={t("password")}
        value={password}
        onChangeText={setPassword}
        secureTextEntry
        autoCapitalize="none"
        autoCorrect={false}
        spellCheck={false}
        autoComplete="new-password"
        hint={t("passwordHint")}
        errors={errors["password"]}
        onSubmitEditing={() => void send()}
      />
      {isChoosing ? (
        <Field
          label={t("currency")}
          value={currency}
          maxLength={3}
          autoCapitalize="characters"
          onChangeText={(text) => setCurrency(text.toUpperCase())}
          errors={errors["currency"]}
        />
      ) : (
        <View style={{ flexDirection: "row", alignItems: "center", justifyContent: "space-between", flexWrap: "wrap" }}>
          <Text look="small">{t("currencyGuess", { currency })}</Text>
          <Button look="plain" title={t("changeCurrency")} onPress={() => setChoosing(true)} />
        </View>
      )}
      <General errors={errors} />
      <Button look="primary" title={t("register")} onPress={() => void send()} disabled={isBusy} />
    </View>
  );
}

function Forgot({ onBack }: { onBack: () => void }) {
  const { errors, isBusy, submit } = useForm();
  const [email, setEmail] = useState("");
  const [isSent, setSent] = useState(false);
  const send = () =>
    submit(async () => {
      const answer = await open.POST("/api/auth/users/reset_password/", { body: { email: email.trim() } as never });
      if (answer.response.ok) setSent(true);
      else {
        const refusal = readRefusal(answer.response.status, answer.error);
        return { ...refusal.fields, "": refusal.status === 429 ? [t("tooMany")] : refusal.messages };
      }
      return null;
    });
  return (
    <View role="form" style={{ gap: space.m }}>
      <Text>{t("resetLead")}</Text>
      <Field label={t("email")} value={email} onChangeText={setEmail} autoCapitalize="none" autoComplete="email" inputMode="email" errors={errors["email"]} onSubmitEditing={() => void send()} />
      <General errors={errors} />
      <View role="status">{isSent && <Text look="small">{t("linkSent")}</Text>}</View>
      <Button look="primary" title={t("sendLink")} onPress={() => void send()} disabled={isBusy} />
      <Button look="plain" title={t("backToSignIn")} onPress={onBack} />
    </View>
  );
}
