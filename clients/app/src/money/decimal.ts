/**
 * Decimal amounts without binary floats: whole units of 10^-scale in a BigInt.
 *
 * Amounts travel as strings in the currency's minor unit ("12.50", "1500", "1.250"), as the API sends them.
 */

export type Decimal = { readonly units: bigint; readonly scale: number };

const TEN = BigInt(10);
const ZERO = BigInt(0);
const ONE = BigInt(1);
const TWO = BigInt(2);

export const zero: Decimal = { units: ZERO, scale: 0 };

/** Read "-12.50". Raises a RangeError for anything else. */
export function parseDecimal(text: string): Decimal {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) throw new RangeError(`not a decimal: ${text}`);
  const fraction = match[3] ?? "";
  const units = BigInt(match[2]! + fraction);
  return { units: match[1] ? -units : units, scale: fraction.length };
}

function power(exponent: number): bigint {
  return TEN ** BigInt(exponent);
}

function align(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  return [a.units * power(scale - a.scale), b.units * power(scale - b.scale), scale];
}

export function add(a: Decimal, b: Decimal): Decimal {
  const [x, y, scale] = align(a, b);
  return { units: x + y, scale };
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  return add(a, negate(b));
}

export function negate(a: Decimal): Decimal {
  return { units: -a.units, scale: a.scale };
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

export function compare(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const [x, y] = align(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

export function isZero(a: Decimal): boolean {
  return a.units === ZERO;
}

export function isNegative(a: Decimal): boolean {
  return a.units < ZERO;
}

/** Round half to even, as the API rounds a conversion. */
export function roundHalfEven(a: Decimal, scale: number): Decimal {
  if (a.scale <= scale) return { units: a.units * power(scale - a.scale), scale };
  const divisor = power(a.scale - scale);
  const sign = a.units < ZERO ? -ONE : ONE;
  const magnitude = a.units * sign;
  let quotient = magnitude / divisor;
  const twice = (magnitude % divisor) * TWO;
  if (twice > divisor || (twice === divisor && quotient % TWO === ONE)) quotient += ONE;
  return { units: quotient * sign, scale };
}

/** `a` × `numerator` / `denominator`, rounded down. Meant for amounts of at least 0. */
export function shareDown(a: Decimal, numerator: number, denominator: number, scale: number): Decimal {
  const [units] = [a.units * power(Math.max(0, scale - a.scale))];
  const at = Math.max(scale, a.scale);
  const exact = (units * BigInt(numerator)) / BigInt(denominator);
  return { units: exact / power(at - scale), scale };
}

/** Text with exactly `scale` decimals. `a` must not have more of them. */
export function toText(a: Decimal, scale: number = a.scale): string {
  const shown = a.scale === scale ? a : roundHalfEven(a, scale);
  const sign = shown.units < ZERO ? "-" : "";
  const digits = (shown.units < ZERO ? -shown.units : shown.units).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  return scale === 0 ? sign + digits : `${sign}${whole}.${digits.slice(digits.length - scale)}`;
}

/** Convert at a rate, rounded half to even to `decimals`. */
export function convert(amount: string, rate: string, decimals: number): Decimal {
  return roundHalfEven(multiply(parseDecimal(amount), parseDecimal(rate)), decimals);
}
