// Attack 150 where the operator configures: issuers, receivers of alerts and the broker of embeds are judged when they are written down, as vendors are.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { readSettings } from '@tessera/base';
import { openChannels, readAlertConfig } from '@tessera/pipeline';
import { chooseIssuers } from './choose-issuers.ts';
import { openPowerBi, powerBiFile } from './power-bi.ts';

const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;

/** What an address is refused with, in each place that takes one; undefined where it is taken. */
const places: Readonly<Record<string, (home: string, url: string, networks: string) => Promise<unknown>>> = {
  'the setting of the issuer': (home, url, networks) =>
    chooseIssuers(
      readSettings({ TESSERA_HOME: home, TESSERA_ISSUER: url, TESSERA_VENDOR_NETWORKS: networks }),
      undefined,
    ),
  'the list of issuers': async (home, url, networks) => {
    const listed = [{ issuer: url, audience: 'a', clients: ['c'], tenants: '*' }];
    await writeFile(path.join(home, 'issuers.json'), JSON.stringify(listed));
    const env = { TESSERA_HOME: home, TESSERA_ISSUER: 'https://8.8.8.8', TESSERA_VENDOR_NETWORKS: networks };
    return chooseIssuers(readSettings(env), undefined);
  },
  'a receiver of alerts': async (home, url, networks) => {
    const file = path.join(home, 'alerts.json');
    await writeFile(file, JSON.stringify({ channels: [{ name: 'a', kind: 'webhook', url }] }));
    return openChannels(await readAlertConfig(file), file, {}, networks === '' ? [] : [networks]);
  },
  'a mail server': async (home, url, networks) => {
    const file = path.join(home, 'alerts.json');
    const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
    const channel = { name: 'a', kind: 'email', host, from: 'a@tessera.example', to: ['b@tessera.example'] };
    await writeFile(file, JSON.stringify({ channels: [channel] }));
    return openChannels(await readAlertConfig(file), file, {}, networks === '' ? [] : [networks]);
  },
  'the broker of embeds': async (home, url, networks) => {
    await writeFile(path.join(home, 'secret'), 'x');
    const config = {
      entraTenant: 'contoso.example',
      clientId: id(1),
      clientSecret: { file: path.join(home, 'secret') },
      workspaceId: id(2),
      reports: { overview: { reportId: id(3), datasetId: id(4) } },
      apiUrl: url,
    };
    await writeFile(powerBiFile({ home }), JSON.stringify(config));
    return openPowerBi({ home, vendorNetworks: networks === '' ? [] : [networks] }, {});
  },
};

const outcome = async (t: TestContext, place: string, url: string, networks = ''): Promise<string> => {
  const home = await mkdtemp(path.join(tmpdir(), 'tessera-addresses-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  return (places[place] as (typeof places)[string])(home, url, networks).then(
    () => 'taken',
    (error: Error) =>
      /inside a private network.*TESSERA_VENDOR_NETWORKS/.test(error.message) ? 'refused' : `${error}`,
  );
};

for (const place of Object.keys(places))
  test(`attack 150: ${place} may be on the internet, on this machine by its name, in a network that is allowed, and nowhere else`, async (t) => {
    const answers = {
      internet: await outcome(t, place, 'https://93.184.215.14'),
      here: await outcome(t, place, 'https://127.0.0.1:8443'),
      metadata: await outcome(t, place, 'https://169.254.169.254'),
      metadataAllowed: await outcome(t, place, 'https://169.254.169.254', '169.254.0.0/16'),
      mapped: await outcome(t, place, 'https://[::ffff:a9fe:a9fe]'),
      decimal: await outcome(t, place, 'https://167772168'),
      private: await outcome(t, place, 'https://10.0.0.8'),
      allowed: await outcome(t, place, 'https://10.0.0.8', '10.0.0.0/16'),
    };
    assert.deepEqual(answers, {
      ...{ internet: 'taken', here: 'taken', allowed: 'taken' },
      ...{ metadata: 'refused', metadataAllowed: 'refused', mapped: 'refused', decimal: 'refused', private: 'refused' },
    });
  });
