// Everything below /t/<tenant>: first whether it is the caller's own, then the tenant's facts, then its pages. For another tenant nothing is asked.
import '../design/tile.css';
import '../design/parts.css';
import '../design/detail.css';
import '../design/flows.css';
import '../design/operations.css';
import { CubeProvider } from '@cubejs-client/react';
import { useEffect, useMemo } from 'react';
import { Route, Routes, useLocation, useParams } from 'react-router';
import type { AppConfig } from '../boot/app-config.ts';
import { DetailPage } from '../detail/detail-page.tsx';
import { operationsPages } from '../operations/pages.ts';
import { CentrePage } from '../pages/centre-page.tsx';
import { DashboardPage } from '../pages/dashboard-page.tsx';
import { FailurePage, RefusedPage } from '../pages/message-page.tsx';
import { WaitingPage } from '../pages/waiting-page.tsx';
import type { Session } from '../session/session.ts';
import { useSignIn } from '../session/use-sign-in.ts';
import { Shell } from '../shell/shell.tsx';
import { AccessTokenContext } from './access-token.ts';
import { clientOf } from './cube-client.ts';
import { TenantContext } from './tenant-context.ts';
import { useTenantInfo } from './use-tenant-info.ts';

interface Props {
  readonly session: Session;
  readonly config: AppConfig;
}

export function TenantArea(props: Props) {
  const { tenant } = useParams();
  if (tenant !== props.session.tenant) return <RefusedPage own={props.session.tenant} />;
  return <OwnArea {...props} />;
}

function OwnArea({ session, config }: Props) {
  const { answer, retry } = useTenantInfo(session.accessToken);
  const signIn = useSignIn();
  const { pathname, search } = useLocation();
  const cubeApi = useMemo(() => clientOf(session.accessToken, config.cubeUrl), [session.accessToken, config.cubeUrl]);
  const isSignedOut = answer.state === 'signed-out';
  useEffect(() => {
    if (isSignedOut) signIn(`${pathname}${search}`);
  }, [isSignedOut, signIn, pathname, search]);

  if (answer.state === 'loading' || isSignedOut) return <WaitingPage words="Loading your organisation…" />;
  if (answer.state === 'failed')
    return <FailurePage title="Your organisation cannot be shown" error={answer.error} onRetry={retry} />;
  if (answer.state === 'preparing') {
    return (
      <CentrePage title="Your first figures are on their way">
        <p role="status">The sources are being read for the first time. This page goes on by itself.</p>
      </CentrePage>
    );
  }
  const { info } = answer;
  return (
    <TenantContext value={info}>
      {/* A new release is new data: whatever was asked before is asked again. */}
      <CubeProvider cubeApi={cubeApi} options={{ castNumerics: true }} key={info.release.number}>
        <Shell session={session}>
          <AccessTokenContext value={session.accessToken}>
            <Routes>
              <Route index element={<DashboardPage />} />
              {operationsPages.map(({ path, Page }) => (
                <Route key={path} path={path} element={<Page />} />
              ))}
              <Route path=":metric" element={<DetailPage />} />
            </Routes>
          </AccessTokenContext>
        </Shell>
      </CubeProvider>
    </TenantContext>
  );
}
