import { readCode } from "../../src/features/settings/qr";

test("cells side by side become one run, row by row", () => {
  const svg = '<svg viewBox="0 0 9 9"><path d="M5,4H6V5H5zM4,4H5V5H4zM7,4H8V5H7zM4,5H5V6H4z" /></svg>';
  expect(readCode(svg)).toEqual({
    size: 9,
    runs: [
      { x: 4, y: 4, width: 2 },
      { x: 7, y: 4, width: 1 },
      { x: 4, y: 5, width: 1 },
    ],
  });
});

test("a picture that is drawn in another way is not shown", () => {
  expect(readCode("<svg><rect /></svg>")).toBeNull();
});
