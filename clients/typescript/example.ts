// What a client of the API looks like. It is compiled with the generated client, so it cannot go stale.
import { Api, type IncomeErrors, type Today } from "./generated/api.js";

export async function showToday(baseUrl: string, username: string, password: string): Promise<Today> {
  const api = new Api<string>({
    baseUrl,
    securityWorker: (access) => (access ? { headers: { Authorization: `Bearer ${access}` } } : {}),
  });

  const login = await api.sessions.jwtCreate({ username, password });
  api.setSecurityData(login.data.access);

  // The same key sent twice adds one income, however often the network fails.
  const added = await api.income.incomeCreate(
    { name: "Salary", amount: "3000.00", frequency: "monthly", next_payment_date: "2026-12-01" },
    { headers: { "Idempotency-Key": crypto.randomUUID() } },
  );
  const nextPayday: string | null = added.data.next_occurrence;

  const refused = await api.income
    .incomeUpdate(added.data.id, { amount: "0", frequency: "monthly", next_payment_date: "2026-12-01" })
    .catch((answer: { error: IncomeErrors }) => answer.error);
  if ("amount" in refused) {
    console.log(nextPayday, refused.amount);
  }

  const purchases = await api.transaction.transactionList({ kind: "spend", date_after: "2026-11-01", page_size: 200 });
  for (const purchase of purchases.data.results) {
    const left: string = purchase.remaining_amount;
    console.log(purchase.date, purchase.amount, left);
  }

  const today = await api.allowance.allowanceToday();
  return today.data;
}
