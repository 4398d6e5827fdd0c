import { useState } from "react";

import { addDays } from "../../figure";
import { t } from "../../i18n";
import { platform } from "../../platform";
import { navigation } from "../../platform/navigation";
import { Button, Field, space } from "../../ui";
import { DateField } from "../../ui/DateField";
import { Choice, Problems } from "../pages/Choice";
import { Page, Waiting, currencyOf } from "../pages/Page";
import type { PageProps } from "../pages/Page";
import { useAnswer } from "../pages/useAnswer";
import { decimalsOf, useDay } from "../today/useToday";
import { deletions } from "./deletions";
import { findChanges, toGoalBody, toGoalDraft } from "./form";
import type { Goal } from "./form";
import { change, create, restOf } from "./store";
import type { Errors } from "./store";

const UP = () => ({ path: "/plan", title: t("navPlan") });

export function GoalPage({ account, state, id }: PageProps & { id: number | null }) {
  const answer = useAnswer<Goal>(account, id === null ? null : `/api/savings-goal/${id}/`);
  const [tries, setTries] = useState(0);
  const title = id === null ? t("addGoal") : answer.data?.name || t("line_saving");
  return (
    <Page account={account} state={state} title={title} up={UP()}>
      {id === null || answer.data ? (
        <GoalForm
          key={tries === 0 ? "" : answer.data?.updated_at}
          account={account}
          state={state}
          goal={answer.data}
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

function GoalForm({ account, state, goal, onReload }: PageProps & { goal: Goal | null; onReload: () => void }) {
  const today = useDay(account);
  const currency = currencyOf(account);
  const [seen] = useState(goal);
  const [draft, setDraft] = useState(() => toGoalDraft(goal));
  const [errors, setErrors] = useState<Errors>({});
  const [isBusy, setBusy] = useState(false);
  const [place] = useState(platform.makeId);
  const body = toGoalBody(draft, decimalsOf(account, currency));
  async function save() {
    setBusy(true);
    const found = seen
      ? await change(`/api/savings-goal/${seen.id}/`, findChanges(seen, body!), seen.updated_at)
      : await create("/api/savings-goal/", body!, place);
    setBusy(false);
    if (found) setErrors(found);
    else navigation.go("/plan");
  }
  return (
    <>
      <Field label={t("nameOptional")} value={draft.name} maxLength={100} onChangeText={(name) => setDraft({ ...draft, name })} errors={errors["name"]} />
      <Choice
        label={t("goalKind")}
        options={[
          ["percentage", t("goalPercent")],
          ["target", t("goalTarget")],
        ]}
        value={draft.kind}
        onChange={(kind) => setDraft({ ...draft, kind })}
      />
      {draft.kind === "percentage" ? (
        <Field
          label={t("percent")}
          hint={t("percentHint")}
          value={draft.percentage}
          inputMode="decimal"
          onChangeText={(percentage) => setDraft({ ...draft, percentage })}
          errors={errors["percentage"]}
        />
      ) : (
        <>
          <Field
            label={`${t("targetAmount")} (${currency})`}
            value={draft.amount}
            inputMode="decimal"
            onChangeText={(amount) => setDraft({ ...draft, amount })}
            errors={errors["target_amount"]}
          />
          <DateField
            label={t("targetDate")}
            value={draft.date}
            onChange={(date) => setDraft({ ...draft, date })}
            errors={errors["target_date"] ?? (draft.date && draft.date < addDays(today, 1) ? [t("afterToday")] : [])}
          />
        </>
      )}
      <Problems>{restOf(errors, ["name", ...(draft.kind === "percentage" ? ["percentage"] : ["target_amount", "target_date"])])}</Problems>
      {errors["stale"] && <Button title={t("loadAnew")} onPress={onReload} style={{ alignSelf: "flex-start" }} />}
      <Button look="primary" title={t("save")} disabled={body === null || isBusy || !state.isOnline} onPress={() => void save()} />
      {seen && (
        <Button
          title={t("deleteWhat", { what: seen.name || t("line_saving") })}
          disabled={!state.isOnline}
          onPress={() => {
            deletions.add(`/api/savings-goal/${seen.id}/`, seen.name || t("line_saving"));
            navigation.go("/plan");
          }}
          style={{ alignSelf: "flex-start", marginTop: space.l }}
        />
      )}
    </>
  );
}
