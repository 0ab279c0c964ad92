/** Text as it is written, under a name; it scrolls by itself, also with the keyboard. */
export function CodeBlock({label, text}: {label: string; text: string}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the focus
    <section class="code-block" tabIndex={0} aria-label={label}>
      <pre>{text}</pre>
    </section>
  );
}
