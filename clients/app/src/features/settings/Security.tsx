import { useState } from "react";
import { View } from "react-native";

import { call } from "../../api/call";
import { live, open, readRefusal } from "../../api/live";
import type { SignIn } from "../../api/live";
import { getMode } from "../../api/session";
import { formatInstant, t } from "../../i18n";
import { platform } from "../../platform";
import { Button, Field, Notice, Text, radius, space } from "../../ui";
import { Problems } from "../pages/Choice";
import { Section } from "../pages/Page";
import type { PageProps } from "../pages/Page";
import { Row } from "../pages/Row";
import { useAnswer } from "../pages/useAnswer";
import { readErrors, restOf } from "../plan/store";
import type { Errors } from "../plan/store";
import { SignOut } from "../today/SignOut";
import { Fold, Secret } from "./parts";
import { readCode } from "./qr";

type Me = { username: string; email: string };
type Factor = { enabled: boolean; backup_codes_left: number };
type Session = { id: number; device: string; address: string; last_used_at: string; current: boolean };

/** Password, second factor, sessions, the end of the account. */
export function Security({ account, state, me }: PageProps & { me: Me }) {
  const factor = useAnswer<Factor>(account, "/api/auth/2fa/");
  const sessions = useAnswer<{ results: Session[] }>(account, "/api/auth/sessions/?page_size=50");
  const isOn = factor.data?.enabled ?? false;
  return (
    <>
      <Section title={t("security")}>
        <Fold title={t("password")} value={t("passwordFold")}>
          {(close) => <PasswordForm me={me} hasFactor={isOn} onDone={close} />}
        </Fold>
        <Fold
          title={t("secondFactor")}
          value={factor.data ? (isOn ? t("factorOn", { n: factor.data.backup_codes_left }) : t("factorOff")) : undefined}
        >
          {() => (isOn ? <FactorOn onChange={factor.reload} /> : <FactorSetup onChange={factor.reload} />)}
        </Fold>
        <Fold title={t("sessions")} value={sessions.data ? t("sessionCount", { n: sessions.data.results.length }) : undefined}>
          {() => <Sessions sessions={sessions.data?.results ?? []} onChange={sessions.reload} />}
        </Fold>
      </Section>
      <Section title={t("leaving")}>
        <View style={{ alignItems: "flex-start" }}>
          <SignOut account={account} />
        </View>
        <Fold title={t("deleteAccount")}>{() => <DeleteForm hasFactor={isOn} isOnline={state.isOnline} />}</Fold>
      </Section>
    </>
  );
}

/** A new password ends every session: this device signs in again with it, and keeps its place and what waits. */
function PasswordForm({ me, hasFactor, onDone }: { me: Me; hasFactor: boolean; onDone: () => void }) {
  const [now, setNow] = useState("");
  const [next, setNext] = useState("");
  const [otp, setOtp] = useState("");
  const [errors, setErrors] = useState<Errors>({});
  const [isBusy, setBusy] = useState(false);
  async function send() {
    setBusy(true);
    const reply = await call("post", "/api/auth/users/set_password/", { body: { current_password: now, new_password: next } });
    const found = readErrors(reply) ?? (await signInAgain(me.username, next, otp.trim()));
    setBusy(false);
    if (found) setErrors(found);
    else onDone();
  }
  return (
    <>
      <Secret label={t("passwordNow")} value={now} onChange={setNow} errors={errors["current_password"]} />
      <Secret label={t("passwordNew")} value={next} onChange={setNext} errors={errors["new_password"]} isNew hint={t("passwordHint")} />
      {hasFactor && <Field label={t("code")} value={otp} onChangeText={setOtp} autoComplete="one-time-code" errors={errors["otp"]} />}
      <Text look="small" tone="soft">
        {t("passwordEnds")}
      </Text>
      <Problems>{restOf(errors, ["current_password", "new_password", "otp"])}</Problems>
      <Button look="primary" title={t("changePassword")} disabled={isBusy || !now || !next || (hasFactor && !otp)} onPress={() => void send()} />
    </>
  );
}

async function signInAgain(username: string, password: string, otp: string): Promise<Errors | null> {
  const mode = getMode() ?? "keep";
  try {
    const answer = await open.POST("/api/auth/jwt/create/", {
      body: { username, password, ...(otp ? { otp } : {}) } as never,
      headers: platform.isWeb ? { "X-Refresh-Cookie": mode === "session" ? "session" : "1" } : {},
    });
    if (answer.data) {
      await live.enter(answer.data as unknown as SignIn, mode);
      return null;
    }
    const refusal = readRefusal(answer.response.status, answer.error);
    return { "": [t("signInAgain"), ...refusal.messages] };
  } catch {
    return { "": [t("signInAgain")] };
  }
}

function FactorSetup({ onChange }: { onChange: () => void }) {
  const [password, setPassword] = useState("");
  const [setup, setSetup] = useState<{ secret: string; qr_svg: string } | null>(null);
  const [code, setCode] = useState("");
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [errors, setErrors] = useState<Errors>({});
  const [isBusy, setBusy] = useState(false);
  async function begin() {
    setBusy(true);
    const reply = await call<{ secret: string; qr_svg: string }>("post", "/api/auth/2fa/totp/", { body: { current_password: password } });
    setBusy(false);
    setErrors(readErrors(reply) ?? {});
    if (reply.type === "data") setSetup(reply.data);
  }
  async function confirm() {
    setBusy(true);
    const reply = await call<{ backup_codes: string[] }>("post", "/api/auth/2fa/totp/confirm/", { body: { code: code.trim() } });
    setBusy(false);
    setErrors(readErrors(reply) ?? {});
    if (reply.type === "data") setCodes(reply.data.backup_codes);
  }
  if (codes) return <Codes codes={codes} onDone={onChange} />;
  if (!setup) {
    return (
      <>
        <Text look="small" tone="soft">
          {t("factorLead")}
        </Text>
        <Secret label={t("passwordNow")} value={password} onChange={setPassword} errors={errors["current_password"]} />
        <Problems>{restOf(errors, ["current_password"])}</Problems>
        <Button look="primary" title={t("factorBegin")} disabled={isBusy || !password} onPress={() => void begin()} />
      </>
    );
  }
  return (
    <>
      <Text>{t("factorScan")}</Text>
      <Picture svg={setup.qr_svg} />
      <Text look="small" tone="soft">
        {t("factorSecret")}
      </Text>
      <Text style={{ letterSpacing: 1 }}>{setup.secret.replace(/(.{4})/g, "$1 ").trim()}</Text>
      <Field label={t("factorCode")} value={code} onChangeText={setCode} inputMode="numeric" maxLength={8} autoComplete="one-time-code" errors={errors["code"]} />
      <Problems>{restOf(errors, ["code"])}</Problems>
      <Button look="primary" title={t("factorConfirm")} disabled={isBusy || code.trim().length < 6} onPress={() => void confirm()} />
    </>
  );
}

/** A QR code is read from dark cells on white, in both colour schemes. */
function Picture({ svg }: { svg: string }) {
  const code = readCode(svg);
  if (!code) return null;
  const side = Math.max(3, Math.floor(228 / code.size));
  return (
    <View
      role="img"
      aria-label={t("qrCode")}
      style={{ width: side * code.size, height: side * code.size, backgroundColor: "#ffffff", borderRadius: radius.s, overflow: "hidden" }}
    >
      {code.runs.map(({ x, y, width }) => (
        <View
          key={`${x}/${y}`}
          style={{ position: "absolute", left: x * side, top: y * side, width: width * side, height: side, backgroundColor: "#000000" }}
        />
      ))}
    </View>
  );
}

function Codes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  return (
    <>
      <Notice>{t("codesLead")}</Notice>
      <View style={{ flexDirection: "row", flexWrap: "wrap", gap: space.m }}>
        {codes.map((one) => (
          <Text key={one} style={{ width: 130 }}>
            {one}
          </Text>
        ))}
      </View>
      <Button look="primary" title={t("codesKept")} onPress={onDone} />
    </>
  );
}

function FactorOn({ onChange }: { onChange: () => void }) {
  const [password, setPassword] = useState("");
  const [otp, setOtp] = useState("");
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [errors, setErrors] = useState<Errors>({});
  const [isBusy, setBusy] = useState(false);
  const body = { current_password: password, otp: otp.trim() };
  async function renew() {
    setBusy(true);
    const reply = await call<{ backup_codes: string[] }>("post", "/api/auth/2fa/backup-codes/", { body });
    setBusy(false);
    setErrors(readErrors(reply) ?? {});
    if (reply.type === "data") setCodes(reply.data.backup_codes);
  }
  async function turnOff() {
    setBusy(true);
    const found = readErrors(await call("delete", "/api/auth/2fa/", { body }));
    setBusy(false);
    setErrors(found ?? {});
    if (found === null) onChange();
  }
  if (codes) return <Codes codes={codes} onDone={onChange} />;
  const isReady = !isBusy && password !== "" && otp.trim() !== "";
  return (
    <>
      <Secret label={t("passwordNow")} value={password} onChange={setPassword} errors={errors["current_password"]} />
      <Field label={t("code")} value={otp} onChangeText={setOtp} autoComplete="one-time-code" errors={errors["otp"]} />
      <Problems>{restOf(errors, ["current_password", "otp"])}</Problems>
      <View style={{ flexDirection: "row", flexWrap: "wrap", gap: space.s }}>
        <Button title={t("newCodes")} disabled={!isReady} onPress={() => void renew()} />
        <Button title={t("factorTurnOff")} disabled={!isReady} onPress={() => void turnOff()} />
      </View>
    </>
  );
}

function Sessions({ sessions, onChange }: { sessions: readonly Session[]; onChange: () => void }) {
  const [hasFailed, setFailed] = useState(false);
  const end = async (method: "post" | "delete", path: string) => {
    const reply = await call(method, path, {});
    setFailed(reply.type !== "data");
    onChange();
  };
  return (
    <>
      {sessions.map((one) => (
        <View key={one.id}>
          <Row
            title={one.current ? t("thisDevice", { device: one.device || t("unknownDevice") }) : one.device || t("unknownDevice")}
            note={`${one.address} · ${t("lastUsed", { when: formatInstant(Date.parse(one.last_used_at)) })}`}
          />
          {!one.current && (
            <Button
              title={t("endSession")}
              label={`${t("endSession")}: ${one.device || one.address}`}
              onPress={() => void end("delete", `/api/auth/sessions/${one.id}/`)}
              style={{ alignSelf: "flex-start", marginBottom: space.s }}
            />
          )}
        </View>
      ))}
      <Problems>{hasFailed ? [t("failed")] : []}</Problems>
      {sessions.length > 1 && <Button title={t("endOthers")} onPress={() => void end("post", "/api/auth/sessions/revoke-others/")} />}
    </>
  );
}

function DeleteForm({ hasFactor, isOnline }: { hasFactor: boolean; isOnline: boolean }) {
  const [password, setPassword] = useState("");
  const [otp, setOtp] = useState("");
  const [errors, setErrors] = useState<Errors>({});
  const [isBusy, setBusy] = useState(false);
  async function send() {
    setBusy(true);
    const body = { current_password: password, ...(otp ? { otp: otp.trim() } : {}) };
    const found = readErrors(await call("delete", "/api/auth/users/me/", { body }));
    setBusy(false);
    if (found) setErrors(found);
    else await live.leave();
  }
  return (
    <>
      <Notice>{t("deleteAccountLead")}</Notice>
      <Secret label={t("passwordNow")} value={password} onChange={setPassword} errors={errors["current_password"]} />
      {hasFactor && <Field label={t("code")} value={otp} onChangeText={setOtp} autoComplete="one-time-code" errors={errors["otp"]} />}
      <Problems>{restOf(errors, ["current_password", "otp"])}</Problems>
      <Button title={t("deleteForGood")} disabled={isBusy || !password || !isOnline || (hasFactor && !otp)} onPress={() => void send()} style={{ alignSelf: "flex-start" }} />
    </>
  );
}
