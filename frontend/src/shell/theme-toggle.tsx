// Switches between the system's look, light and dark.
import { chooseTheme, type Theme, themes, useTheme } from './theme.ts';

const icons: Record<Theme, string> = { system: '◐', light: '☀', dark: '☾' };

export function ThemeToggle() {
  const theme = useTheme();
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system';
  return (
    <button
      type="button"
      className="icon-button"
      onClick={() => chooseTheme(next)}
      aria-label={`Look: ${theme}. Switch to ${next}`}
      title={`Look: ${theme}`}
    >
      <span aria-hidden="true">{icons[theme]}</span>
    </button>
  );
}
