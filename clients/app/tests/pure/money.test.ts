import { convert, evaluate, press, readAmount, readKey, readTyped, shareDown, parseDecimal, toText } from "../../src/money";

const type = (keys: string, decimals = 2) => [...keys].reduce((sum, key) => press(sum, readKey(key) ?? key, decimals), "");

test("a sum is added and subtracted exactly", () => {
  expect(readAmount("3.50+2", 2)).toBe("5.50");
  expect(readAmount("0.10+0.20", 2)).toBe("0.30");
  expect(readAmount("10-2.25-0.75", 2)).toBe("7.00");
  expect(toText(evaluate("5+"), 2)).toBe("5.00");
});

test("what is no amount is none", () => {
  for (const sum of ["", "0", "2-2", "1-5", "0.00"]) expect(readAmount(sum, 2)).toBeNull();
});

test("keys of other scripts are understood", () => {
  expect(type("٣٫٥٠")).toBe("3.50");
  expect(type("۱۲,۵")).toBe("12.5");
});

test("the keypad takes no more decimals than the currency has", () => {
  expect(type("1.2345")).toBe("1.23");
  expect(type("1.2345", 3)).toBe("1.234");
  expect(type("1.5", 0)).toBe("15");
});

test("a sign in place of another replaces it, and zeros do not pile up", () => {
  expect(type("5+-3")).toBe("5-3");
  expect(type("007")).toBe("7");
  expect(type(".5")).toBe("0.5");
});

test("typed amounts are read as people write them", () => {
  expect(readTyped("1.234,50", 2)).toBe("1234.50");
  expect(readTyped("1,234.50", 2)).toBe("1234.50");
  expect(readTyped("1'234.5", 2)).toBe("1234.50");
  expect(readTyped("3.000", 2)).toBe("3000.00");
  expect(readTyped("3.000", 3)).toBe("3.000");
  expect(readTyped("-12", 2)).toBe("-12.00");
  for (const text of ["", "abc", "1.2.3", "1,23,456", "12.345,678", "5-3"]) expect(readTyped(text, 2)).toBeNull();
});

test("a conversion is rounded half to even", () => {
  expect(toText(convert("1", "0.125", 2))).toBe("0.12");
  expect(toText(convert("1", "0.135", 2))).toBe("0.14");
  expect(toText(convert("-1", "0.125", 2))).toBe("-0.12");
});

test("a share is rounded down to the minor unit", () => {
  expect(toText(shareDown(parseDecimal("1700.00"), 1, 9, 2))).toBe("188.88");
  expect(toText(shareDown(parseDecimal("100"), 1, 3, 0))).toBe("33");
});
