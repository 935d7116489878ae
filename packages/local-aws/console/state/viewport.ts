import { signal } from '@preact/signals';

const narrow = globalThis.matchMedia('(max-width: 760px)');

/** Whether the page has the width of a phone. */
export const isNarrow = signal(narrow.matches);
narrow.addEventListener('change', ({ matches }) => {
  isNarrow.value = matches;
});
