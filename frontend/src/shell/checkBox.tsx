import { CheckMark, type Share } from "./fields.tsx";

interface CheckBoxProps {
  readonly state: Share;
  readonly toggle: () => void;
}

/** For the pointer alone: the row itself is checked by a key, and tells a screen reader whether it is. */
export const CheckBox = ({ state, toggle }: CheckBoxProps) => (
  // biome-ignore lint/a11y/noStaticElementInteractions: see above
  // biome-ignore lint/a11y/useKeyWithClickEvents: see above
  <span class="check-box in-row" data-testid="check" onClick={toggle}>
    <CheckMark state={state} />
  </span>
);
