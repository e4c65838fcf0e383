// The style sheet's colours for what draws itself.

export interface Palette {
  readonly line: string;
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly surface: string;
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  return {
    line: colour('--accent'),
    ink: colour('--ink'),
    muted: colour('--muted'),
    grid: colour('--line'),
    surface: colour('--surface'),
  };
}
