import {ScrollRegion} from './scroll-region.tsx';

/** Text as it is written, under a name. */
export function CodeBlock({label, text}: {label: string; text: string}) {
  return (
    <ScrollRegion class="code-block" label={label}>
      <pre>{text}</pre>
    </ScrollRegion>
  );
}
