import { act } from "react";
import { createRoot } from "react-dom/client";

import { Keypad } from "../../src/features/today/Keypad";

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

test("keys are buttons with names, in a group", () => {
  const place = document.createElement("div");
  document.body.append(place);
  const pressed: string[] = [];
  act(() =>
    createRoot(place).render(
      <Keypad decimals={2} onKey={(key) => pressed.push(key)} done={{ title: "Done", onPress: () => pressed.push("done"), disabled: true }} />,
    ),
  );
  const group = place.querySelector('[role="group"]')!;
  expect(group.getAttribute("aria-label")).toBe("Keypad");
  const names = [...group.querySelectorAll('[role="button"]')].map((key) => key.getAttribute("aria-label"));
  expect(names).toEqual(["1", "2", "3", "Delete the last digit", "4", "5", "6", "minus", "7", "8", "9", "plus", "decimal sign", "0", "Done"]);
  act(() => (group.querySelector('[aria-label="7"]') as HTMLElement).click());
  expect(pressed).toEqual(["7"]);
  expect(group.querySelector('[aria-label="Done"]')!.getAttribute("aria-disabled")).toBe("true");
});
