// Whose dashboards Power BI shows: `power-bi.json` in TESSERA_HOME. Without it, all embeds are ours.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createReach, Fault, isThisMachine, networksFor, type Settings } from '@tessera/base';
import { createPowerBiBroker, dashboards, type EmbedNeeds } from '@tessera/platform';
import { z } from 'zod';

export const powerBiFile = ({ home }: Pick<Settings, 'home'>): string => path.join(home, 'power-bi.json');

/** Microsoft's other clouds have other addresses; what goes there is a secret. */
const address = z.url().refine((url) => {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && isThisMachine(hostname));
}, 'it must be https (http only on this machine)');
const report = z.strictObject({ reportId: z.guid(), datasetId: z.guid() });
const names = Object.keys(dashboards) as [keyof typeof dashboards, ...(keyof typeof dashboards)[]];
const schema = z.strictObject({
  entraTenant: z.string().regex(/^[\w.-]{1,100}$/),
  clientId: z.guid(),
  clientSecret: z.union([
    z.strictObject({
      env: z.string().regex(/^(?!TESSERA_)\w+$/, 'a variable whose name does not begin with TESSERA_'),
    }),
    z.strictObject({ file: z.string().min(1) }),
  ]),
  workspaceId: z.guid(),
  reports: z.partialRecord(z.enum(names), report).refine((all) => Object.keys(all).length > 0, 'name a report'),
  loginUrl: address.optional(),
  apiUrl: address.optional(),
});

/** The broker of the dashboards that the file names; undefined where there is no file. POWER_BI_INVALID where it cannot be understood, or its secret is not there. */
export async function openPowerBi(
  settings: Pick<Settings, 'home'> & Partial<Pick<Settings, 'vendorNetworks'>>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<EmbedNeeds['brokerFor']> {
  const file = powerBiFile(settings);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw invalid(file, '(file)', `it cannot be read (${error.code})`);
  });
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(parse(file, text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(file, issue?.path.join('.') || '(top)', issue?.message ?? 'not valid');
  }
  const { clientSecret: reference, loginUrl, apiUrl, ...rest } = parsed.data;
  const networks = settings.vendorNetworks ?? [];
  for (const [at, url] of Object.entries({ loginUrl, apiUrl })) {
    if (url === undefined) continue;
    const refuse = (problem: string) => invalid(file, at, `${problem}; see TESSERA_VENDOR_NETWORKS`);
    createReach({ networks: networksFor(new URL(url).hostname, networks), refuse }).check(url);
  }
  // Read for each token: a secret that was renewed needs no restart.
  const clientSecret = async () => {
    const secret = 'env' in reference ? env[reference.env] : await readFile(reference.file, 'utf8').catch(() => '');
    if (!secret?.trim()) throw invalid(file, 'clientSecret', 'it is not set where the reference points');
    return secret.trim();
  };
  await clientSecret();
  const broker = createPowerBiBroker({
    ...rest,
    clientSecret,
    networks,
    ...(loginUrl === undefined ? {} : { loginUrl }),
    ...(apiUrl === undefined ? {} : { apiUrl }),
  });
  return (dashboard) => (rest.reports[dashboard] ? broker : undefined);
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(file, '(file)', 'it is not JSON');
  }
}

const invalid = (where: string, at: string, problem: string) => new Fault('POWER_BI_INVALID', { where, at, problem });
