// The application's addresses: which page stands where. All but the first pages are loaded when somebody is signed in.
import { lazy, Suspense, useMemo } from 'react';
import { AuthProvider } from 'react-oidc-context';
import { BrowserRouter, Navigate, Route, Routes } from 'react-router';
import type { AppConfig } from './boot/app-config.ts';
import { NotFoundPage } from './pages/message-page.tsx';
import { SignedOutPage } from './pages/signed-out-page.tsx';
import { WaitingPage } from './pages/waiting-page.tsx';
import { WelcomePage } from './pages/welcome-page.tsx';
import { SessionGate } from './session/session-gate.tsx';
import { SignedInPage } from './session/signed-in-page.tsx';
import { createUserManager } from './session/user-manager.ts';

const TenantArea = lazy(() => import('./tenant/tenant-area.tsx').then((module) => ({ default: module.TenantArea })));

export function App({ config }: { readonly config: AppConfig }) {
  const userManager = useMemo(() => createUserManager(config), [config]);
  return (
    <AuthProvider userManager={userManager}>
      <BrowserRouter>
        <Suspense fallback={<WaitingPage words="Loading…" />}>
          <Routes>
            <Route path="/" element={<WelcomePage />} />
            <Route path="/signed-in" element={<SignedInPage />} />
            <Route path="/signed-out" element={<SignedOutPage />} />
            <Route
              path="/t/:tenant/*"
              element={<SessionGate>{(session) => <TenantArea session={session} config={config} />}</SessionGate>}
            />
            <Route path="/t" element={<Navigate to="/" replace />} />
            <Route path="*" element={<NotFoundPage />} />
          </Routes>
        </Suspense>
      </BrowserRouter>
    </AuthProvider>
  );
}
