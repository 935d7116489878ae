import { computed, effect, signal } from '@preact/signals';

type Theme = 'light' | 'dark';

const key = 'console-theme';
const system = globalThis.matchMedia('(prefers-color-scheme: dark)');
const systemTheme = signal<Theme>(system.matches ? 'dark' : 'light');
system.addEventListener('change', ({ matches }) => {
  systemTheme.value = matches ? 'dark' : 'light';
});

const stored = globalThis.localStorage.getItem(key);
const chosen = signal<Theme | undefined>(stored === 'light' || stored === 'dark' ? stored : undefined);

/** The theme that the person chose here, or that of the system. */
export const theme = computed<Theme>(() => chosen.value ?? systemTheme.value);

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});

export function toggleTheme(): void {
  const next = theme.value === 'dark' ? 'light' : 'dark';
  chosen.value = next;
  globalThis.localStorage.setItem(key, next);
}
