// The frame of every page that says one thing in the middle: sign and words, nothing else.
import { type ReactNode, useEffect } from 'react';
import { Mark } from '../shell/mark.tsx';
import { ThemeToggle } from '../shell/theme-toggle.tsx';

export function CentrePage({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Tessera`;
  }, [title]);
  return (
    <div className="centre-page">
      <header className="centre-head">
        <span className="wordmark">
          <Mark /> Tessera
        </span>
        <ThemeToggle />
      </header>
      <main className="centre-main">
        <div className="centre-card">
          <h1>{title}</h1>
          {children}
        </div>
      </main>
    </div>
  );
}
