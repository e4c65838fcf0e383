// `tessera tenant backup|restore|drill|erase`: all of one tenant at once.
import path from 'node:path';
import { readSettings, type Settings } from '@tessera/base';
import { type ObjectStore, openObjectStore } from '@tessera/lakehouse';
import type { Command } from 'commander';
import { audited } from '../audited.ts';
import { eraseWholeTenant } from '../erase-tenant.ts';
import { type Lakes, openLakes } from '../open-lakes.ts';
import { tenantOption } from '../open-pipeline.ts';
import { printRows } from '../print.ts';
import { backUp, drill, restore } from '../tenant-backup.ts';
import { tesseraPolicy } from '../tessera-policy.ts';
import { openAudit } from '../wire-audit.ts';
import { barOf, withProgress } from '../with-progress.ts';

interface Options {
  readonly tenant: string;
  readonly json?: boolean;
}

export function addTenantCommands(program: Command): void {
  const tenants = program.command('tenant').description('All of one tenant: backup, restore, erasure');
  const command = (name: string, about: string) =>
    tenants.command(name).description(about).requiredOption('--tenant <slug>', 'tenant').option('--json', 'as JSON');

  command(
    'backup',
    'copy the tenant to another place, sealed; the pipeline may go on, and a second time only news is copied',
  )
    .requiredOption('--to <place>', 'folder, or s3://bucket/prefix')
    .action(async ({ tenant: slug, to, json = false }: Options & { readonly to: string }) =>
      withLakes(async (settings, lakes) => {
        const tenant = tenantOption(slug);
        const [manifest] = await withProgress([{ tenant }], json, (_, say) =>
          audited({ tenant, action: 'tenant.backup' }, () =>
            backUp({ settings, lakes, tenant, onProgress: barOf(say, 'copied') }, placeOf(settings, to)),
          ),
        );
        if (manifest) printRows([summaryOf(manifest)], json);
      }),
    );

  command('restore', 'bring a backup back into a home that holds nothing of the tenant; every checksum is compared')
    .requiredOption('--from <place>', 'folder, or s3://bucket/prefix')
    .action(async ({ tenant: slug, from, json = false }: Options & { readonly from: string }) =>
      withLakes(async (settings, lakes) => {
        const tenant = tenantOption(slug);
        const [manifest] = await withProgress([{ tenant }], json, (_, say) =>
          audited({ tenant, action: 'tenant.restore' }, () =>
            restore({ settings, lakes, tenant, onProgress: barOf(say, 'restored') }, placeOf(settings, from)),
          ),
        );
        if (manifest) printRows([summaryOf(manifest)], json);
      }),
    );

  command(
    'drill',
    'restore a backup to a scratch folder, build its serving copy, and compare; exit 1 where anything differs',
  )
    .requiredOption('--from <place>', 'folder, or s3://bucket/prefix')
    .action(async ({ tenant: slug, from, json = false }: Options & { readonly from: string }) =>
      withLakes(async (settings, lakes) => {
        const tenant = tenantOption(slug);
        const [done] = await withProgress([{ tenant }], json, (_, say) =>
          drill({ settings, lakes, tenant, onProgress: barOf(say, 'restored') }, placeOf(settings, from)),
        );
        if (!done) return;
        printRows(
          done.tables.map(({ table, backup, restored, served, same }) => ({
            table,
            rows: backup.rows,
            restored_rows: restored.rows,
            served_rows: served,
            checksum: backup.sum,
            restored_checksum: restored.sum,
            same,
          })),
          json,
        );
        if (!done.samePolicy)
          process.stderr.write(
            `The backup was made under policy ${done.manifest.policy}; ${tesseraPolicy(settings.policy).id} is in force.\n`,
          );
        if (done.tables.length === 0 || done.tables.some(({ same }) => !same)) process.exitCode = 1;
      }),
    );

  command('erase', 'destroy the tenant’s key and delete everything of it, for good; the name can never be used again')
    .requiredOption('--confirm <slug>', 'the tenant’s name again')
    .requiredOption('--reason <text>', 'why, for the audit trail')
    .action(
      async ({
        tenant: slug,
        confirm,
        reason,
        json = false,
      }: Options & { readonly confirm: string; readonly reason: string }) => {
        if (confirm !== slug) {
          process.stderr.write('Nothing was done: --confirm must say the tenant’s name again.\n');
          process.exitCode = 2;
          return;
        }
        await withLakes(async (settings, lakes) => {
          const tenant = tenantOption(slug);
          const [proof] = await withProgress([{ tenant }], json, (_, say) => {
            say('waiting for its last run to end, then deleting');
            return audited({ tenant, action: 'tenant.erase', purpose: reason }, () =>
              eraseWholeTenant(settings, lakes, tenant),
            );
          });
          if (!proof) return;
          const { objects, bytes, left, accounts, paths } = proof;
          await writeProof(settings, tenant, proof);
          printRows([{ tenant, objects, bytes, accounts, objects_left: left, paths_left: paths.join(' ') }], json);
          if (left + paths.length > 0) process.exitCode = 1;
        });
      },
    );
}

const summaryOf = ({ tenant, at, release, policy, objects }: Awaited<ReturnType<typeof backUp>>) => ({
  tenant,
  at,
  release,
  policy,
  same_policy: policy === tesseraPolicy(readSettings(process.env).policy).id,
  objects: objects.length,
  bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0),
});

const placeOf = ({ home }: Settings, place: string): ObjectStore =>
  openObjectStore(place, { cacheFolder: path.join(home, 'cache') });

async function withLakes(work: (settings: Settings, lakes: Lakes) => Promise<void>): Promise<void> {
  const settings = readSettings(process.env);
  const lakes = await openLakes(settings);
  try {
    await work(settings, lakes);
  } finally {
    lakes.close();
  }
}

/** What was deleted and what a search found afterwards, in the trail of the tenant that is no more. */
async function writeProof(
  settings: Settings,
  tenant: ReturnType<typeof tenantOption>,
  { objects, bytes, left, accounts, paths }: Awaited<ReturnType<typeof eraseWholeTenant>>,
): Promise<void> {
  const audit = await openAudit(settings, 'cli');
  try {
    await audit.append({
      ...{ tenant, kind: 'decision', door: 'cli', action: 'tenant.erase.proof' },
      decision: left + paths.length === 0 ? 'allowed' : 'failed',
      rows: objects,
      object: `objects ${objects}, bytes ${bytes}, accounts ${accounts}, objects left ${left}, paths left ${paths.length}`,
    });
  } finally {
    await audit.close();
  }
}
