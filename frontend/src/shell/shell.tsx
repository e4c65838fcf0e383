// The frame of every page of a tenant: who and where one is, how fresh the data is, the way out.
import { type ReactNode, useEffect, useRef } from 'react';
import { Link, useLocation } from 'react-router';
import { formatInstant } from '../format/time.ts';
import type { Session } from '../session/session.ts';
import { useSignOut } from '../session/use-sign-in.ts';
import { summaryOf } from '../tenant/freshness.ts';
import { useTenant } from '../tenant/tenant-context.ts';
import { AreaNav } from './area-nav.tsx';
import { Mark } from './mark.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

export function Shell({ session, children }: { readonly session: Session; readonly children: ReactNode }) {
  const info = useTenant();
  const signOut = useSignOut();
  const { pathname, search } = useLocation();
  const summary = summaryOf(info);
  const main = useRef<HTMLElement>(null);
  const shownPath = useRef(pathname);
  // Another page begins at its top, for eyes and for readers.
  useEffect(() => {
    if (shownPath.current === pathname) return;
    shownPath.current = pathname;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the figures
      </a>
      <header className="top">
        <div className="top-inner">
          <Link
            to={{ pathname: `/t/${info.tenant}`, search }}
            className="wordmark"
            aria-label={`Tessera, dashboard of ${info.displayName}`}
          >
            <Mark /> <span className="wordmark-text">Tessera</span>
          </Link>
          <span className="top-tenant">{info.displayName}</span>
          <Link to={`/t/${info.tenant}/freshness`} className={`top-fresh ${summary.isBad ? 'is-bad' : 'is-good'}`}>
            {summary.words}
          </Link>
          <span className="top-space" />
          <span className="top-person" title={session.email}>
            {session.name}
          </span>
          <ThemeToggle />
          <button type="button" className="button small" onClick={signOut}>
            Sign out
          </button>
        </div>
        <AreaNav />
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
      <footer className="foot">
        <p>
          Data as of {formatInstant(info.asOf, info.timeZone)} · days are those of {info.timeZone} · release{' '}
          {info.release.number}
        </p>
      </footer>
    </div>
  );
}
