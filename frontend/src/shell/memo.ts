import { Component, type FunctionComponent, h } from "preact";

/**
 * A component that is drawn again only when one of its properties is another.
 * Not that of preact/compat, which would also turn every `onChange` of a field into its `onInput`.
 */
export function memo<Props extends object>(draw: FunctionComponent<Props>) {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      const names = Object.keys({ ...this.props, ...next }) as (keyof Props)[];
      return names.some((name) => next[name] !== (this.props as Props)[name]);
    }

    override render() {
      return h(draw as FunctionComponent<object>, this.props);
    }
  };
}
