import { makePicture } from "../../src/features/why/picture";

const sums = { expenses: "1000.00", savings: "250.00", spent_before: "250.00", pool: "750.00" };

test("the parts of the bar are thousandths of what there is", () => {
  expect(makePicture(sums, "500.00")).toEqual([
    { what: "bills", amount: "1000.00", share: 500 },
    { what: "savings", amount: "250.00", share: 125 },
    { what: "spent", amount: "250.00", share: 125 },
    { what: "left", amount: "500.00", share: 250 },
  ]);
});

test("what is nothing or below nothing has no part", () => {
  expect(makePicture({ ...sums, savings: "0.00", spent_before: "-5.00" }, "-20.00")).toEqual([
    { what: "bills", amount: "1000.00", share: 1000 },
  ]);
});

test("without any money there is no picture", () => {
  expect(makePicture({ expenses: "0", savings: "0", spent_before: "0", pool: "0" }, "0")).toEqual([]);
});
