import { Suspense, lazy, useMemo, useSyncExternalStore } from "react";
import { View } from "react-native";

import { live, setGlance } from "../api/live";
import type { Account } from "../api/live";
import { Today } from "../features/today/Today";
import { readDay, showFigure, useLive } from "../features/today/useToday";
import { chooseLanguage, formatDay, formatMoney, getLocale, isRightToLeft, t } from "../i18n";
import { platform } from "../platform";
import { navigation } from "../platform/navigation";
import { getDeviceLanguages } from "../platform/languages";
import { Text, Theme, space, usePalette } from "../ui";
import { Boundary } from "../ui/Boundary";

const Welcome = lazy(() => import("../features/welcome/Welcome"));
const FirstSteps = lazy(() => import("../features/first-steps/FirstSteps"));
/** Screens beyond Today, each loaded when it is first opened. */
const PAGES = {
  why: lazy(() => import("../features/why/Why")),
  history: lazy(() => import("../features/history/History")),
  plan: lazy(() => import("../features/plan/Plan")),
  settings: lazy(() => import("../features/settings/Settings")),
};

chooseLanguage(getDeviceLanguages());
setGlance(glance);
void live.start();

/** What boot.js paints at the next visit, before the app is there. */
function glance(account: Account) {
  const shown = showFigure(account, readDay(account));
  if (!("remaining" in shown) || shown.isEstimated) return null;
  const isHidden = platform.getFlag("hidden") === "1";
  const number = isHidden ? t("hidden") : formatMoney(shown.remaining, shown.currency);
  return {
    label: t("leftToday", { day: formatDay(shown.day) }),
    number: shown.isApproximate ? `≈ ${number}` : number,
    note: isHidden
      ? ""
      : [
          t("ofAmount", { amount: formatMoney(shown.amount, shown.currency) }),
          t("spentAmount", { amount: formatMoney(shown.spent, shown.currency) }),
        ].join(" · "),
    hidden: isHidden,
    locale: getLocale(),
  };
}

export function App() {
  return (
    <Theme>
      <Page />
    </Theme>
  );
}

function Page() {
  const palette = usePalette();
  const location = useSyncExternalStore(navigation.subscribe, navigation.location, navigation.location);
  const state = useLive();
  const language = state.account?.profile?.language ?? "";
  // Before anything below is rendered in it.
  useMemo(() => chooseLanguage([language, ...getDeviceLanguages()].filter(Boolean)), [language]);
  const page = location.split(/[/?]/)[1] ?? "";
  const Screen = Object.hasOwn(PAGES, page) ? PAGES[page as keyof typeof PAGES] : null;
  const direction = isRightToLeft() ? "rtl" : "ltr";
  return (
    <View style={{ flex: 1, backgroundColor: palette.paper, direction }} {...(platform.isWeb ? { dir: direction } : {})}>
      <Boundary>
        <Suspense fallback={<Waiting />}>
          {state.status === "starting" ? (
            <Waiting />
          ) : state.status === "out" || !state.account ? (
            <Welcome notice={state.notice} />
          ) : location.startsWith("/first-steps") ? (
            <FirstSteps account={state.account} />
          ) : Screen ? (
            <Screen key={`${state.account.user}/${page}`} account={state.account} state={state} />
          ) : (
            <Today key={state.account.user} account={state.account} state={state} />
          )}
        </Suspense>
      </Boundary>
    </View>
  );
}

/** The same place as the glance, so that nothing jumps. */
function Waiting() {
  return (
    <View style={{ paddingTop: 68, paddingHorizontal: space.xl }}>
      <Text look="small" tone="soft">
        {t("loading")}
      </Text>
    </View>
  );
}
