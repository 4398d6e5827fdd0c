import { fireEvent, render, screen } from "@testing-library/react-native";

import { Keypad } from "../../src/features/today/Keypad";

test("each key says what it is, and tells what was pressed", () => {
  const pressed: string[] = [];
  render(<Keypad decimals={2} onKey={(key) => pressed.push(key)} done={{ title: "Done", onPress: () => pressed.push("done"), disabled: false }} />);
  for (const label of ["7", "decimal sign", "5", "plus", "minus", "Delete the last digit", "Done"]) {
    fireEvent.press(screen.getByLabelText(label));
  }
  expect(pressed).toEqual(["7", ".", "5", "+", "-", "back", "done"]);
});

test("a currency without decimals has no decimal sign", () => {
  render(<Keypad decimals={0} onKey={() => undefined} done={{ title: "Done", onPress: () => undefined, disabled: true }} />);
  expect(screen.queryByLabelText("decimal sign")).toBeNull();
});
