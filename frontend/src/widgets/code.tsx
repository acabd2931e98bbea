/** Lines to copy into a script, a file or a terminal. */
export const Code = ({ text }: { readonly text: string }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
  <pre class="code-lines" tabIndex={0}>
    <code>{text}</code>
  </pre>
);
