import type {RefObject} from 'preact';
import {useLayoutEffect, useRef} from 'preact/hooks';

/**
 * For a part of the page that opens and closes: its heading is read first, Escape closes it and nothing around it, and who
 * closes it is back where he was. Gives the heading's reference and the part's key handler.
 */
export function useClosable(close: () => void): {
  heading: RefObject<HTMLHeadingElement | null>;
  onKeyDown: (event: KeyboardEvent) => void;
} {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    heading.current?.focus({preventScroll: true});
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({preventScroll: true});
    };
  }, []);
  return {
    heading,
    onKeyDown: (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      close();
    },
  };
}
