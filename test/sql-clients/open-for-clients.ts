// The door that clients are run against: a handful of rows, ten thousand of one view, a certificate, and an account as a BI tool would be given.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import selfsigned from 'selfsigned';
import { insertRows } from '../cube/gold-rows.ts';
import { acme, type GoldCopy } from '../cube/served-tenants.ts';
import { type OpenDoor, openDoor } from '../sql/open-door.ts';

/** What a client's program is told by its environment. */
export type Address = Readonly<Record<'TESSERA_SQL_URL' | 'TESSERA_SQL_CA' | 'TESSERA_SQL_WRONG_CA', string>>;

export const manyLogins = 10_000;

async function fill(copy: GoldCopy): Promise<void> {
  await insertRows(copy);
  await copy.insert(
    'fact_auth_event',
    Array.from({ length: manyLogins }, (_, at) => ({ event_id: `e${at}`, actor_login: `user${at}` })),
  );
}

const certificate = () =>
  selfsigned.generate([{ name: 'commonName', value: '127.0.0.1' }], {
    days: 1,
    keySize: 2048,
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });

export async function openForClients(): Promise<{ readonly open: OpenDoor; readonly address: Address }> {
  const { private: key, cert } = certificate();
  const open = await openDoor({ fill, tls: { cert, key } });
  const authority = path.join(open.folder, 'authority.pem');
  const stranger = path.join(open.folder, 'stranger.pem');
  await writeFile(authority, cert);
  await writeFile(stranger, certificate().cert);
  const { user, password } = await open.accounts.create({ tenant: acme, name: 'bi', role: 'analyst' });
  const url = `postgresql://${user}:${password}@127.0.0.1:${open.door.port}/${acme}`;
  return { open, address: { TESSERA_SQL_URL: url, TESSERA_SQL_CA: authority, TESSERA_SQL_WRONG_CA: stranger } };
}
