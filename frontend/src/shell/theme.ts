// Light or dark: the system decides until somebody chooses; the choice stays in this browser.
import { useSyncExternalStore } from 'react';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const key = 'tessera.theme';
const listeners = new Set<() => void>();
const dark = window.matchMedia('(prefers-color-scheme: dark)');

/** Set inside a frame, where the page around says it: a frame of another site may have no storage, and leaves none. */
let given: Theme | undefined;

function stored(): Theme {
  if (given) return given;
  const value = localStorage.getItem(key);
  return themes.find((theme) => theme === value) ?? 'system';
}

/** For embeds: `?theme=light|dark`, else the system's. */
export function applyGivenTheme(search: string): void {
  const value = new URLSearchParams(search).get('theme');
  given = themes.find((theme) => theme === value) ?? 'system';
  applyStoredTheme();
}

export function applyStoredTheme(): void {
  const theme = stored();
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(key);
  else localStorage.setItem(key, theme);
  applyStoredTheme();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  dark.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    dark.removeEventListener('change', listener);
  };
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, stored);

/** What is really shown, for what style sheets cannot colour. */
export const useShownTheme = (): 'light' | 'dark' =>
  useSyncExternalStore(subscribe, () => {
    const theme = stored();
    return theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
  });
