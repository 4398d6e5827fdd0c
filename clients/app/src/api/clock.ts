/** Now, as the server sees it: the device's clock corrected by the last answer's `Date`. */

let offset = 0;

export function learnTime(date: string | null, receivedAt: number): void {
  const server = date ? Date.parse(date) : NaN;
  // `Date` has whole seconds: less than two are no difference.
  if (!Number.isNaN(server)) offset = Math.abs(server - receivedAt) < 2000 ? 0 : server - receivedAt;
}

export function getOffset(): number {
  return offset;
}

export function setOffset(value: number): void {
  offset = value;
}

export function now(): number {
  return Date.now() + offset;
}
