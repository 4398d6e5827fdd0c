import { t } from "../../i18n";
import { Text } from "../../ui";
import { Sheet } from "../../ui/Sheet";
import { Reconcile } from "./Reconcile";

type Props = { currency: string; decimals: number; onClose: () => void };

/** "Correct the figure": say what is really there. */
export default function Correct({ currency, decimals, onClose }: Props) {
  return (
    <Sheet title={t("correctTitle")} onClose={onClose}>
      <Text tone="soft">{t("correctLead")}</Text>
      <Reconcile currency={currency} decimals={decimals} isSpendingOffered action={t("store")} onStored={onClose} />
    </Sheet>
  );
}
