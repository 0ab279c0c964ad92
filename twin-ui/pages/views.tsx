import type {ComponentChildren} from 'preact';
import {useEffect, useRef} from 'preact/hooks';
import {visit} from '../state/address.ts';

type LinkProps = {
  href: string;
  children: ComponentChildren;
  class?: string;
  current?: boolean;
  label?: string;
};

/** A link to another view of this page: followed without loading the page again, and opened elsewhere as any link. */
export function HereLink({href, children, current, label, ...rest}: LinkProps) {
  return (
    <a
      {...rest}
      href={href}
      aria-label={label}
      aria-current={current ? 'page' : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        visit(href);
        scrollTo(0, 0);
      }}
    >
      {children}
    </a>
  );
}

type ViewsProps = {label: string; views: readonly {href: string; word: string; current: boolean}[]};

/** Links to the parts of a page. */
export function Views({label, views}: ViewsProps) {
  const nav = useRef<HTMLElement>(null);
  const current = views.findIndex((view) => view.current);
  // On a phone the links go on beyond the edge: the one that is open is in sight.
  useEffect(() => {
    const link = nav.current?.children[current] as HTMLElement | undefined;
    if (link) nav.current!.scrollLeft = link.offsetLeft - (nav.current!.clientWidth - link.offsetWidth) / 2;
  }, [current]);
  return (
    <nav class="views" aria-label={label} ref={nav}>
      {views.map(({href, word, current}) => (
        <HereLink key={href} href={href} current={current}>
          {word}
        </HereLink>
      ))}
    </nav>
  );
}
