// A dashboard inside somebody else's page: the same tiles and pages without the frame, for as long as its session lasts.
import '../design/tile.css';
import '../design/parts.css';
import '../design/detail.css';
import '../design/embed.css';
import { CubeProvider } from '@cubejs-client/react';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { MemoryRouter, Navigate, Route, Routes } from 'react-router';
import { DetailPage } from '../detail/detail-page.tsx';
import { DashboardPage } from '../pages/dashboard-page.tsx';
import { clientOf } from '../tenant/cube-client.ts';
import { TenantContext } from '../tenant/tenant-context.ts';
import { useTenantInfo } from '../tenant/use-tenant-info.ts';
import { type EmbedSession, openEmbed } from './open-embed.ts';

type Opening =
  | { readonly state: 'opening' }
  | { readonly state: 'open'; readonly session: EmbedSession }
  | { readonly state: 'closed'; readonly why: string };

const ended = 'This view has ended. Load the page around it again.';

export function EmbedApp({ token }: { readonly token: string }) {
  const [opening, setOpening] = useState<Opening>({ state: 'opening' });
  useEffect(() => {
    openEmbed(token).then(
      (session) => setOpening({ state: 'open', session }),
      (error: Error) => setOpening({ state: 'closed', why: error.message }),
    );
  }, [token]);
  const session = opening.state === 'open' ? opening.session : undefined;
  useMessages(session);
  useEffect(() => {
    if (!session) return;
    const timer = setTimeout(() => {
      window.parent.postMessage({ type: 'tessera:ended' }, session.origin);
      setOpening({ state: 'closed', why: ended });
    }, session.expiresAt - Date.now());
    return () => clearTimeout(timer);
  }, [session]);
  if (opening.state === 'closed') return <Said>{opening.why}</Said>;
  return session ? <OpenEmbed session={session} /> : <Said>Opening…</Said>;
}

function OpenEmbed({ session }: { readonly session: EmbedSession }) {
  const { accessToken, tenant, dashboard } = session;
  const { answer } = useTenantInfo(accessToken);
  const cubeApi = useMemo(() => clientOf(accessToken, '/cubejs-api/v1'), [accessToken]);
  if (answer.state === 'signed-out') return <Said>{ended}</Said>;
  if (answer.state === 'failed') return <Said>{answer.error.message}</Said>;
  if (answer.state !== 'ready') return <Said>Loading…</Said>;
  const { info } = answer;
  const isWhole = dashboard === 'overview';
  const start = isWhole ? `/t/${tenant}` : `/t/${tenant}/${dashboard}`;
  return (
    <TenantContext value={info}>
      <CubeProvider cubeApi={cubeApi} options={{ castNumerics: true }} key={info.release.number}>
        {/* Addresses inside the frame are in memory: the frame's own address never changes. */}
        <MemoryRouter initialEntries={[start]}>
          <main className={isWhole ? 'embed' : 'embed is-single'}>
            <Routes>
              <Route path="/t/:tenant" element={isWhole ? <DashboardPage /> : <Navigate to={start} replace />} />
              <Route path="/t/:tenant/:metric" element={<DetailPage />} />
              <Route path="*" element={<Navigate to={start} replace />} />
            </Routes>
          </main>
        </MemoryRouter>
      </CubeProvider>
    </TenantContext>
  );
}

const Said = ({ children }: { readonly children: ReactNode }) => (
  <main className="embed">
    <p className="notice" role="status">
      {children}
    </p>
  </main>
);

/** Tells the page around how high this one is, and tells nobody else. */
function useMessages(session: EmbedSession | undefined): void {
  useEffect(() => {
    if (!session || window.parent === window) return;
    const tell = () => {
      const height = Math.ceil(document.body.getBoundingClientRect().height);
      window.parent.postMessage({ type: 'tessera:height', height }, session.origin);
    };
    const watching = new ResizeObserver(tell);
    watching.observe(document.body);
    return () => watching.disconnect();
  }, [session]);
}
