// Judges an audit store from its bytes alone. Shares no code with the writer: only JSON, SHA-256 and Ed25519, so that a fault of one is seen by the other.
import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

export interface ChainVerdict {
  readonly tenant: string;
  readonly writer: string;
  readonly ok: boolean;
  readonly records: number;
  /** Covered by a signed head. */
  readonly signed: number;
  /** Records whose personal part was erased by an act that is in the trail. */
  readonly erased: number;
  /** Intents without an outcome. */
  readonly dangling: readonly number[];
  /** The first record that is not as it was written, and what is wrong with it. */
  readonly firstBad: number | undefined;
  readonly problem: string | undefined;
}

export interface VerifyNeeds {
  readonly folder: string;
  /** Where the heads are kept a second time. Default: `heads` in the store. */
  readonly heads?: string | undefined;
  /** PEM of the public key; a copy kept elsewhere is worth more than the store's own. */
  readonly publicKey?: string | undefined;
  readonly tenant?: string | undefined;
  readonly now: Date;
}

interface Head {
  readonly tenant: string;
  readonly writer: string;
  readonly count: number;
  readonly hash: string;
  readonly last: string;
}
interface Row {
  readonly sequence: number;
  readonly at: string;
  readonly prev: string;
  readonly tenant: string;
  readonly writer: string;
  readonly kind: string;
  readonly action: string;
  readonly payload: string;
  readonly members?: readonly string[];
  readonly of?: number;
}
interface Walk {
  readonly records: number;
  readonly signed: number;
  readonly erasures: readonly (readonly [sequence: number, by: string])[];
  readonly acts: ReadonlyMap<string, readonly string[]>;
  readonly dangling: ReadonlySet<number>;
  readonly bad: Bad | undefined;
}
interface Bad {
  readonly at: number;
  readonly problem: string;
}

/** Every record is covered by a signed head after this, or somebody has to look. */
const longestUnsignedMs = 60_000;

/** The verdict on every chain of the store, or of one tenant's. */
export async function verifyAudit(needs: VerifyNeeds): Promise<ChainVerdict[]> {
  const headsFolder = needs.heads ?? path.join(needs.folder, 'heads');
  const pem = needs.publicKey ?? (await readFile(path.join(needs.folder, 'head-key.pub.pem'), 'utf8').catch(() => ''));
  const key = pem ? createPublicKey(pem) : undefined;
  const chains = await listChains(needs.folder, headsFolder);
  const tenants = [...new Set(chains.map(([tenant]) => tenant))].filter((name) => (needs.tenant ?? name) === name);
  const verdicts: ChainVerdict[] = [];
  for (const tenant of tenants) {
    const walks: [string, Walk][] = [];
    for (const [, writer] of chains.filter(([of]) => of === tenant)) {
      const folder = path.join(needs.folder, tenant, writer);
      const witness = path.join(headsFolder, `${tenant}.${writer}.heads.jsonl`);
      walks.push([writer, await walkChain(tenant, writer, folder, witness, key, needs.now)]);
    }
    const acts = new Map(walks.flatMap(([, walk]) => [...walk.acts]));
    for (const [writer, walk] of walks) {
      const unlawful = walk.erasures.find(([sequence, by]) => !isNamed(acts.get(by) ?? [], writer, sequence));
      const bad =
        unlawful && unlawful[0] < (walk.bad?.at ?? Number.POSITIVE_INFINITY)
          ? { at: unlawful[0], problem: 'its personal part is gone, and no act in the trail erased it' }
          : walk.bad;
      verdicts.push({
        tenant,
        writer,
        ok: bad === undefined,
        records: walk.records,
        signed: walk.signed,
        erased: walk.erasures.length,
        dangling: [...walk.dangling],
        firstBad: bad?.at,
        problem: bad?.problem,
      });
    }
  }
  return verdicts;
}

/** Chains that are there, and chains that a head says were there. */
async function listChains(folder: string, heads: string): Promise<(readonly [string, string])[]> {
  const found = new Set<string>();
  for (const tenant of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (!tenant.isDirectory() || tenant.name === 'heads') continue;
    for (const writer of await readdir(path.join(folder, tenant.name), { withFileTypes: true }))
      if (writer.isDirectory()) found.add(`${tenant.name}.${writer.name}`);
  }
  for (const name of await readdir(heads).catch(() => []))
    if (name.endsWith('.heads.jsonl')) found.add(name.slice(0, -'.heads.jsonl'.length));
  return [...found].sort().map((name) => {
    const dot = name.indexOf('.');
    return [name.slice(0, dot), name.slice(dot + 1)] as const;
  });
}

async function walkChain(
  tenant: string,
  writer: string,
  folder: string,
  witness: string,
  key: KeyObject | undefined,
  now: Date,
): Promise<Walk> {
  const texts = await Promise.all([
    readFile(path.join(folder, 'head.json'), 'utf8').catch(() => ''),
    readFile(witness, 'utf8').catch(() => ''),
  ]);
  const anchors = new Map<number, string>();
  let bad: Bad | undefined;
  const blame = (at: number, problem: string) => {
    if (bad === undefined || at < bad.at) bad = { at, problem };
  };
  const heads = texts.map((text) => text.split('\n').filter(Boolean));
  // The last line of the witness may be half written; every other must be whole.
  if (!texts[1]?.endsWith('\n')) heads[1]?.pop();
  for (const text of heads.flat()) {
    const head = readHead(text, key);
    if (!head || head.tenant !== tenant || head.writer !== writer) {
      blame(head?.count ?? 1, 'a head of this chain is not signed by this store for it');
      continue;
    }
    const other = anchors.get(head.count);
    if (other !== undefined && other !== head.hash) blame(head.count, 'two signed heads tell two histories');
    anchors.set(head.count, head.hash);
  }
  const signed = Math.max(0, ...anchors.keys());

  let records = 0;
  let last = { hash: '', at: '' };
  let anchored = 0;
  let oldestUnsigned: string | undefined;
  const erasures: [number, string][] = [];
  const acts = new Map<string, readonly string[]>();
  const dangling = new Set<number>();
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.jsonl')).sort();
  walking: for (const name of names) {
    for await (const { bytes, isWhole } of readLines(path.join(folder, name))) {
      const expected = records + 1;
      const line = readLine(bytes);
      // A half-written end after the last head is what a crash leaves; before it, it is damage.
      if (!isWhole && expected > signed && name === names.at(-1)) break walking;
      const problem = line ? judge(line, expected, last, tenant, writer) : 'this is not a record';
      if (!line || !isWhole || problem !== undefined) {
        blame(expected, problem ?? 'this is not a whole record');
        break walking;
      }
      records = expected;
      last = { hash: line.hash, at: line.row.at };
      const anchor = anchors.get(records);
      if (anchor !== undefined && anchor !== line.hash) {
        blame(anchored + 1, `a record from here to ${records} is not the one that was signed`);
        break walking;
      }
      if (anchor !== undefined) anchored = records;
      if (records > signed) oldestUnsigned ??= line.row.at;
      if (line.erasedBy !== undefined) erasures.push([records, line.erasedBy]);
      if (line.row.kind === 'intent') dangling.add(records);
      if (line.row.of !== undefined) dangling.delete(line.row.of);
      if (line.row.action === 'audit.erase' && line.row.kind === 'intent')
        acts.set(`${writer}:${records}`, line.row.members ?? []);
    }
  }
  if (records < signed) blame(records + 1, `the chain ends here, and ${signed} records were signed`);
  // The very first head may have been cut off by a crash between its two places.
  if (!heads[0]?.length && (heads[1]?.length ?? 0) > 1)
    blame(Math.max(records, 1), 'the head beside the chain is gone');
  if (!heads[1]?.length && heads[0]?.length) blame(signed, 'the second copy of the heads is gone');
  if (oldestUnsigned !== undefined && now.getTime() - Date.parse(oldestUnsigned) > longestUnsignedMs)
    blame(signed + 1, 'from here on nothing is signed: the writer died, or the records were added by hand');
  return { records, signed, erasures, acts, dangling, bad };
}

function judge(line: Line, expected: number, last: { hash: string; at: string }, tenant: string, writer: string) {
  const { row } = line;
  if (!line.isHashed) return 'its hash is not that of its content';
  if (row.sequence !== expected) return `record ${row.sequence} stands in its place`;
  if (row.tenant !== tenant || row.writer !== writer) return `it belongs to the chain of ${row.tenant}, ${row.writer}`;
  if (row.prev !== last.hash) return 'it does not follow the record before';
  if (!(row.at >= last.at)) return 'its time is before that of the record before';
  if (!line.isPayloadKept && line.erasedBy === undefined) return 'its personal part is not the one that was written';
  return undefined;
}

interface Line {
  readonly hash: string;
  readonly row: Row;
  readonly isHashed: boolean;
  readonly isPayloadKept: boolean;
  readonly erasedBy: string | undefined;
}

const prefix = /^\{"hash":"([A-Za-z0-9_-]{43})","record":$/;
const prefixLength = '{"hash":"'.length + 43 + '","record":'.length;
const separator = ',"payload":{';

/** The parts of a line as they lie in the file: hashes are taken of those bytes, not of what was understood. */
function readLine(bytes: Buffer): Line | undefined {
  const hashText = prefix.exec(bytes.toString('latin1', 0, prefixLength))?.[1];
  const cut = bytes.indexOf(separator, prefixLength);
  if (hashText === undefined || cut < 0 || bytes.at(-1) !== 0x7d) return undefined;
  const record = bytes.subarray(prefixLength, cut);
  const payload = bytes.subarray(cut + separator.length - 1, bytes.length - 1);
  try {
    const row = JSON.parse(record.toString('utf8')) as Row;
    const isPayloadKept = hash('sha256', payload, 'base64url') === row.payload;
    return {
      hash: hashText,
      row,
      isHashed: hash('sha256', record, 'base64url') === hashText,
      isPayloadKept,
      erasedBy: isPayloadKept ? undefined : /^\{"erased":"([a-z]+:\d+)" *\}$/.exec(payload.toString('latin1'))?.[1],
    };
  } catch {
    return undefined;
  }
}

function readHead(text: string, key: KeyObject | undefined): Head | undefined {
  const parts = /^\{"head":(\{.*\}),"signature":"([A-Za-z0-9_-]+)"\}$/.exec(text);
  if (!parts?.[1] || !parts[2] || !key) return undefined;
  const isOurs = verify(null, Buffer.from(parts[1]), key, Buffer.from(parts[2], 'base64url'));
  return isOurs ? (JSON.parse(parts[1]) as Head) : undefined;
}

/** `server:5` or `server:5-9` in the list of what an act erased. */
function isNamed(ranges: readonly string[], writer: string, sequence: number): boolean {
  return ranges.some((range) => {
    const [, of, from, to = from] = /^([a-z]+):(\d+)(?:-(\d+))?$/.exec(range) ?? [];
    return of === writer && Number(from) <= sequence && sequence <= Number(to);
  });
}

async function* readLines(file: string): AsyncGenerator<{ readonly bytes: Buffer; readonly isWhole: boolean }> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 128 * 1024 }) as AsyncIterable<Buffer>) {
    const block = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let from = 0;
    for (let to = block.indexOf(10); to >= 0; to = block.indexOf(10, from)) {
      yield { bytes: block.subarray(from, to), isWhole: true };
      from = to + 1;
    }
    rest = block.subarray(from);
  }
  if (rest.length > 0) yield { bytes: rest, isWhole: false };
}
