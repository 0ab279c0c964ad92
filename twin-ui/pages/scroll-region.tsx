import type {ComponentChildren} from 'preact';

type Props = {class: string; label: string; children: ComponentChildren};

/** What is larger than its place: it scrolls by itself, and takes the focus so that keys can scroll it (axe: scrollable-region-focusable). */
export function ScrollRegion({class: name, label, children}: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the focus
    <section class={name} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
