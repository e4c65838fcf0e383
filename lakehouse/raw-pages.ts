// The exact bytes that vendors sent, by source, stream, day, run and page; from them everything else can be built again.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import { Fault, type Tenant } from '@tessera/base';
import type { RawPage, RawPageEntry, RawPages, RawPart } from './contract.ts';
import { rawDayKey, rawPageKeys, rawPartKey, rawPrefix } from './keys.ts';
import type { SealedObjects } from './sealed-objects.ts';

const compressLater = promisify(zstdCompress);
const decompressLater = promisify(zstdDecompress);
/** A page that unpacks to more is not one of ours: pages are compressed here. */
const largestPage = 1_073_741_824;
/** What is smaller is done at once: the way to another thread and back takes longer (measured: 0.1 ms against 0.5 for a kilobyte). */
const small = 65_536;
/** Each piece of the result is such a way, so there are to be few: a page of 1.4 MB unpacks in 3 ms instead of 10. */
const pieces = (bytes: number) => ({ chunkSize: Math.min(1_048_576, Math.max(4096, Math.ceil(bytes))) });

async function compress(body: Uint8Array): Promise<Uint8Array> {
  // With a checksum of the content: whoever unpacks the page without its sidecar, as DuckDB does, sees that it is damaged.
  const params = { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 };
  const options = { params, pledgedSrcSize: body.byteLength, ...pieces(body.byteLength / 4) };
  return body.byteLength <= small ? zstdCompressSync(body, options) : compressLater(body, options);
}

async function decompress(packed: Uint8Array): Promise<Uint8Array> {
  const options = { maxOutputLength: largestPage, ...pieces(packed.byteLength * 8) };
  return packed.byteLength <= small / 8 ? zstdDecompressSync(packed, options) : decompressLater(packed, options);
}

const atOnce = 16;

const sha256 = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex');

/** Everything of the sidecar but the key, which its own place tells. */
const renderMeta = (page: RawPage, hash: string): Uint8Array => {
  const { body: _, ...told } = page;
  return new TextEncoder().encode(JSON.stringify({ ...told, sha256: hash }));
};

function parseMeta(tenant: Tenant, body: Uint8Array): RawPageEntry {
  const stored = JSON.parse(new TextDecoder().decode(body)) as Omit<RawPageEntry, 'key'> & { receivedAt: string };
  const told = { ...stored, receivedAt: new Date(stored.receivedAt) };
  return { ...told, key: rawPageKeys(tenant, told).body };
}

/** The tenant's raw pages. A page exists once its sidecar does; a page that exists is never changed. */
export function openRawPages(store: SealedObjects, tenant: Tenant): RawPages {
  const describe = ({ body: _, ...told }: RawPage, hash: string): RawPageEntry => ({
    ...told,
    sha256: hash,
    key: rawPageKeys(tenant, told).body,
  });
  const read = async (entry: RawPageEntry): Promise<Uint8Array> => {
    const packed = await store.get(entry.key);
    if (packed === undefined) throw new Fault('OBJECT_MISSING', { key: entry.key });
    const body = await decompress(packed).catch((cause: unknown) => {
      throw new Fault('RAW_PAGE_CORRUPT', { key: entry.key }, { cause });
    });
    if (sha256(body) !== entry.sha256) throw new Fault('RAW_PAGE_CORRUPT', { key: entry.key });
    return body;
  };
  return {
    async put(page) {
      const keys = rawPageKeys(tenant, page);
      const known = await store.get(keys.meta);
      if (known !== undefined) return parseMeta(tenant, known);
      const hash = sha256(page.body);
      const packed = await compress(page.body);
      // Bytes left by a killed run have no sidecar and may be of another answer, hence put and not putIfAbsent.
      await store.put(keys.body, packed);
      await store.put(keys.meta, renderMeta(page, hash));
      return describe(page, hash);
    },
    describe: (page) => describe(page, sha256(page.body)),

    notePart: (source, stream, part) =>
      store.put(rawPartKey(tenant, source, stream, part.number), new TextEncoder().encode(JSON.stringify(part))),
    async parts(source, stream) {
      const found: RawPart[] = [];
      for await (const key of store.keys(rawPartKey(tenant, source, stream, ''))) {
        const body = await store.get(key);
        if (body !== undefined) found.push(JSON.parse(new TextDecoder().decode(body)) as RawPart);
      }
      return found;
    },

    async list(source, stream, run, since) {
      const from = since === undefined ? undefined : rawDayKey(tenant, source, stream, since);
      const wanted = run === undefined ? undefined : new RegExp(`/${escaped(run)}-\\d{6,}\\.meta\\.json$`);
      const keys = [];
      for await (const key of store.keys(rawPrefix(tenant, source, stream), from)) {
        if (key.endsWith('.meta.json') && (wanted?.test(key) ?? true)) keys.push(key);
      }
      const entries: RawPageEntry[] = [];
      for (let i = 0; i < keys.length; i += atOnce) {
        const bodies = await Promise.all(keys.slice(i, i + atOnce).map((key) => store.get(key)));
        for (const body of bodies) if (body !== undefined) entries.push(parseMeta(tenant, body));
      }
      return entries;
    },

    read,

    localPaths: (entries, use) =>
      store.lend(
        entries.map((entry) => entry.key),
        use,
      ),
    rewritten: (entries, rewrite, use) =>
      store.lendFolder(async (folder) => {
        const paths: (string | undefined)[] = [];
        for (const [i, entry] of entries.entries()) {
          const made = await read(entry).then(rewrite, passOverDamaged);
          const path = made && join(folder, `${i}.json.zst`);
          if (made && path) await writeFile(path, await compress(made), { mode: 0o600, flag: 'wx' });
          paths.push(path);
        }
        return use(paths);
      }),
  };
}

const damaged = new Set(['OBJECT_MISSING', 'RAW_PAGE_CORRUPT', 'SEAL_BROKEN']);
/** A page that is damaged is nothing; what else fails is the store's trouble and no page's. */
function passOverDamaged(error: unknown): undefined {
  if (!(error instanceof Fault && damaged.has(error.code))) throw error;
}

const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
