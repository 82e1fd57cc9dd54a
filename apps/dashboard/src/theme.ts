import { effect, signal } from '@preact/signals';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const key = 'escarp-theme';

/** What was chosen on this device; `system` follows its settings. */
export const theme = signal<Theme>(themes.find((name) => name === stored()) ?? 'system');

export function startTheme(): void {
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value;
    store(theme.value);
  });
}

export function nextTheme(): void {
  theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'system';
}

// A browser may forbid storage altogether; the theme then lasts as long as the page.
function stored(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(value: Theme): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    /* as above */
  }
}
