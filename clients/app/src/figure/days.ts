/** Calendar days as `YYYY-MM-DD`, in the zone of the profile. */

const DAY_MS = 86_400_000;

/** The day of an instant in a time zone; in UTC where the device does not know the zone. */
export function dayAt(instant: number, timeZone: string): string {
  try {
    const parts = new Intl.DateTimeFormat("en-US", {
      timeZone,
      calendar: "gregory",
      numberingSystem: "latn",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    }).formatToParts(new Date(instant));
    const get = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
    return `${get("year").padStart(4, "0")}-${get("month")}-${get("day")}`;
  } catch {
    return new Date(instant).toISOString().slice(0, 10);
  }
}

function toMs(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

export function addDays(day: string, days: number): string {
  return new Date(toMs(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Days from `a` to `b`. */
export function daysBetween(a: string, b: string): number {
  return Math.round((toMs(b) - toMs(a)) / DAY_MS);
}
