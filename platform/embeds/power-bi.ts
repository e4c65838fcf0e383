// The same grant as a Power BI Embedded token: reports are shown by Power BI, rows are chosen there by the effective identity that we set.
import { createHash } from 'node:crypto';
import { type Call, createCall, Fault } from '@tessera/base';
import type { Dashboard, EmbedBroker, EmbedGrant } from './contract.ts';

export interface PowerBiNeeds {
  /** Of the Microsoft Entra tenant and of the application that may make tokens. */
  readonly entraTenant: string;
  readonly clientId: string;
  readonly clientSecret: () => Promise<string>;
  readonly workspaceId: string;
  readonly reports: Readonly<Partial<Record<Dashboard, { readonly reportId: string; readonly datasetId: string }>>>;
  readonly loginUrl?: string;
  readonly apiUrl?: string;
  /** Networks of one's own (CIDR) that may be called; Microsoft's clouds are not in one. */
  readonly networks?: readonly string[];
}

const scope = 'https://analysis.windows.net/powerbi/api/.default';
const guid = /^[0-9a-f-]{36}$/i;

/** Makes tokens by `POST /v1.0/myorg/GenerateToken` (the V2 form). EMBED_BROKER_FAILED where Microsoft does not give one; nothing of its answer is told. */
export function createPowerBiBroker(needs: PowerBiNeeds): EmbedBroker {
  const { networks = [], loginUrl = 'https://login.microsoftonline.com', apiUrl = 'https://api.powerbi.com' } = needs;
  const [callLogin, callApi] = [createCall(loginUrl, { networks }), createCall(apiUrl, { networks })];

  async function post(
    call: Call,
    step: string,
    url: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<Record<string, unknown>> {
    const answer = await call(url, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(10_000),
    }).catch((cause) => {
      throw new Fault('EMBED_BROKER_FAILED', { step, status: 0 }, { cause });
    });
    if (!answer.ok) throw new Fault('EMBED_BROKER_FAILED', { step, status: answer.status });
    return (await answer.json()) as Record<string, unknown>;
  }

  async function signIn(): Promise<string> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: needs.clientId,
      client_secret: await needs.clientSecret(),
      scope,
    });
    const url = `${loginUrl}/${needs.entraTenant}/oauth2/v2.0/token`;
    const { access_token: token } = await post(
      callLogin,
      'sign in',
      url,
      { 'content-type': 'application/x-www-form-urlencoded' },
      form.toString(),
    );
    if (typeof token !== 'string') throw new Fault('EMBED_BROKER_FAILED', { step: 'sign in', status: 200 });
    return token;
  }

  return {
    async mint(grant) {
      const report = needs.reports[grant.dashboard];
      if (!report) throw new Fault('EMBED_BROKER_FAILED', { step: 'find the report', status: 404 });
      const accessToken = await signIn();
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` };
      const said = await post(
        callApi,
        'make a token',
        `${apiUrl}/v1.0/myorg/GenerateToken`,
        headers,
        JSON.stringify(tokenRequest(grant, report, needs.workspaceId)),
      );
      const { token, tokenId, expiration } = said;
      if (
        typeof token !== 'string' ||
        typeof tokenId !== 'string' ||
        !guid.test(tokenId) ||
        typeof expiration !== 'string'
      )
        throw new Fault('EMBED_BROKER_FAILED', { step: 'make a token', status: 200 });
      return {
        id: tokenId,
        token,
        expiresAt: expiration,
        url: `https://app.powerbi.com/reportEmbed?reportId=${report.reportId}&groupId=${needs.workspaceId}`,
      };
    },
  };
}

/** Exported for who wants to see what is asked: one report, one dataset, one identity, five minutes, nothing that may be changed or saved. */
export function tokenRequest(
  grant: EmbedGrant,
  report: { readonly reportId: string; readonly datasetId: string },
  workspaceId: string,
) {
  return {
    datasets: [{ id: report.datasetId, xmlaPermissions: 'Off' }],
    reports: [{ id: report.reportId, allowEdit: false }],
    targetWorkspaces: [{ id: workspaceId }],
    lifetimeInMinutes: 5,
    identities: [
      {
        // Never an address or a name: the dataset's roles compare it with nothing but the tenant in front.
        username: `${grant.tenant}/${createHash('sha256').update(`${grant.tenant}/${grant.viewer}`).digest('hex').slice(0, 32)}`,
        roles: ['viewer'],
        datasets: [report.datasetId],
        customData: JSON.stringify({ tenant: grant.tenant, locks: grant.locks }),
      },
    ],
  };
}
