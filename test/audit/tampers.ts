// Every way to falsify a trail that we can think of: each takes the files of a store and gives them back changed, with the first record it touched.
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** Files of a store by their path in it. */
export type Files = ReadonlyMap<string, string>;

export interface Scene {
  /** The whole store, of two tenants. */
  readonly files: Files;
  /** The store as it was after each closing. */
  readonly earlier: readonly Files[];
  /** Numbers of records that a head has signed, ascending. */
  readonly anchors: readonly number[];
  readonly records: number;
}
export interface Tampered {
  readonly files: Map<string, string>;
  /** The record that the verifier must name. */
  readonly first: number;
}
/** A number below `below`, from 0. */
export type Pick = (below: number) => number;
type Tamper = (scene: Scene, pick: Pick) => Tampered;

export const victim = 'acme-corp';
const other = 'globex-inc';
const chain = `${victim}/server`;
const headFile = `${chain}/head.json`;
const witnessFile = `heads/${victim}.server.heads.jsonl`;

const segmentsOf = (files: Files, folder = chain) =>
  [...files.keys()].filter((name) => name.startsWith(`${folder}/0`)).sort();
const linesOf = (files: Files) =>
  segmentsOf(files).flatMap((name) => (files.get(name) ?? '').split('\n').filter(Boolean));
const sha = (text: string) => createHash('sha256').update(text).digest('base64url');

/** Puts the lines back into segments as they were cut before; what is too much goes into the last. */
function withLines(files: Files, lines: readonly string[]): Map<string, string> {
  const changed = new Map(files);
  const rest = [...lines];
  const names = segmentsOf(files);
  for (const [at, name] of names.entries()) {
    const size = at === names.length - 1 ? rest.length : (files.get(name) ?? '').split('\n').length - 1;
    changed.set(
      name,
      rest
        .splice(0, size)
        .map((line) => `${line}\n`)
        .join(''),
    );
  }
  return changed;
}

/** Changes one record and makes every hash from there on fit again, as a forger would. */
function rehash(lines: readonly string[], at: number, edit: (record: string) => string): string[] {
  const forged = [...lines];
  let prev: string | undefined;
  for (let i = at; i < forged.length; i++) {
    const [, record = '', payload = ''] =
      /^\{"hash":".{43}","record":(.*),"payload":(\{.*\})\}$/.exec(forged[i] ?? '') ?? [];
    let next = i === at ? edit(record) : record;
    if (prev !== undefined) next = next.replace(/"prev":"[^"]*"/, `"prev":"${prev}"`);
    prev = sha(next);
    forged[i] = `{"hash":"${prev}","record":${next},"payload":${payload}}`;
  }
  return forged;
}

/** The first record that may have been changed without a head between telling otherwise. */
const afterAnchor = ({ anchors }: Scene, record: number) =>
  Math.max(0, ...anchors.filter((anchor) => anchor < record)) + 1;

const replace = (scene: Scene, name: string, text: string | undefined) => {
  const changed = new Map(scene.files);
  if (text === undefined) changed.delete(name);
  else changed.set(name, text);
  return changed;
};

function signHead(head: object, key: KeyObject): string {
  const text = JSON.stringify(head);
  return `{"head":${text},"signature":"${sign(null, Buffer.from(text), key).toString('base64url')}"}\n`;
}
const headIn = (files: Files) => JSON.parse(files.get(headFile) ?? '{}').head as { count: number; hash: string };

export const tampers: Readonly<Record<string, Tamper>> = {
  'edit of any byte': (scene, pick) => {
    const names = segmentsOf(scene.files);
    const name = names[pick(names.length)] ?? '';
    const text = scene.files.get(name) ?? '';
    const at = pick(text.length);
    const letter = String.fromCharCode(33 + ((text.charCodeAt(at) - 33 + 1 + pick(92)) % 93));
    const before = names
      .slice(0, names.indexOf(name))
      .reduce((sum, one) => sum + (scene.files.get(one) ?? '').split('\n').length - 1, 0);
    const first = before + text.slice(0, at).split('\n').length;
    return { files: replace(scene, name, text.slice(0, at) + letter + text.slice(at + 1)), first };
  },
  'edit with every later hash made to fit': (scene, pick) => {
    const lines = linesOf(scene.files);
    const at = pick(lines.length);
    const forged = rehash(lines, at, (record) => record.replace('"decision":"', '"decision":"not-'));
    return { files: withLines(scene.files, forged), first: afterAnchor(scene, at + 1) };
  },
  delete: (scene, pick) => {
    const lines = linesOf(scene.files);
    const at = pick(lines.length);
    return { files: withLines(scene.files, lines.toSpliced(at, 1)), first: at + 1 };
  },
  'delete of a segment': (scene, pick) => {
    const names = segmentsOf(scene.files);
    const name = names[pick(names.length)] ?? '';
    return { files: replace(scene, name, undefined), first: Number(name.split('/').at(-1)?.slice(0, 12)) };
  },
  insert: (scene, pick) => {
    const lines = linesOf(scene.files);
    const at = pick(lines.length);
    return { files: withLines(scene.files, lines.toSpliced(at + 1, 0, lines[pick(at + 1)] ?? '')), first: at + 2 };
  },
  reorder: (scene, pick) => {
    const lines = linesOf(scene.files);
    const a = pick(lines.length - 1);
    const b = a + 1 + pick(lines.length - 1 - a);
    const swapped = lines.with(a, lines[b] ?? '').with(b, lines[a] ?? '');
    return { files: withLines(scene.files, swapped), first: a + 1 };
  },
  'cut off at a byte': (scene, pick) => {
    const whole = linesOf(scene.files)
      .map((line) => `${line}\n`)
      .join('');
    const cut = whole.slice(0, pick(whole.length));
    const files = new Map(scene.files);
    let left = cut;
    for (const name of segmentsOf(files)) {
      const size = (scene.files.get(name) ?? '').length;
      files.set(name, left.slice(0, size));
      left = left.slice(size);
      if (files.get(name) === '') files.delete(name);
    }
    return { files, first: cut.split('\n').length };
  },
  'a segment of another tenant': (scene, pick) => {
    const names = segmentsOf(scene.files);
    const name = names[pick(names.length)] ?? '';
    const foreign = segmentsOf(scene.files, `${other}/server`);
    const text = scene.files.get(foreign[pick(foreign.length)] ?? '');
    return { files: replace(scene, name, text), first: Number(name.split('/').at(-1)?.slice(0, 12)) };
  },
  'the whole chain of another tenant, head and all': (scene) => {
    const files = new Map([...scene.files].filter(([name]) => !name.startsWith(`${chain}/`)));
    for (const [name, text] of scene.files)
      if (name.startsWith(`${other}/server/`)) files.set(name.replace(other, victim), text);
    return { files, first: 1 };
  },
  'the chain as it was earlier, head and all': (scene, pick) => {
    const old = scene.earlier[pick(scene.earlier.length - 1)] ?? scene.files;
    const files = new Map([...scene.files].filter(([name]) => !name.startsWith(`${chain}/`)));
    for (const [name, text] of old) if (name.startsWith(`${chain}/`)) files.set(name, text);
    return { files, first: headIn(old).count + 1 };
  },
  'clock back': (scene, pick) => {
    const lines = linesOf(scene.files);
    const at = pick(lines.length);
    const forged = rehash(lines, at, (record) => record.replace(/"at":"\d{4}/, '"at":"1999'));
    return { files: withLines(scene.files, forged), first: at === 0 ? 1 : at + 1 };
  },
  'another history signed with the real key': (scene, pick) => {
    const lines = linesOf(scene.files);
    const at = pick(lines.length);
    const forged = rehash(lines, at, (record) => record.replace('"decision":"', '"decision":"not-'));
    const key = createPrivateKey(scene.files.get('head-key.pem') ?? '');
    const head = { ...headIn(scene.files), hash: /^\{"hash":"(.{43})/.exec(forged.at(-1) ?? '')?.[1] };
    const files = withLines(scene.files, forged);
    files.set(headFile, signHead(head, key));
    return { files, first: afterAnchor(scene, at + 1) };
  },
  'a head signed with another key': (scene) => {
    const { privateKey } = generateKeyPairSync('ed25519');
    return { files: replace(scene, headFile, signHead(headIn(scene.files), privateKey)), first: 1 };
  },
  'the head taken away': (scene) => ({ files: replace(scene, headFile, undefined), first: scene.records }),
  'the second copy of the heads taken away': (scene) => ({
    files: replace(scene, witnessFile, undefined),
    first: scene.records,
  }),
  'the whole chain taken away': (scene) => ({
    files: new Map([...scene.files].filter(([name]) => !name.startsWith(`${chain}/`))),
    first: 1,
  }),
  'the store without any head': (scene) => {
    const files = replace(scene, headFile, undefined);
    files.delete(witnessFile);
    return { files, first: 1 };
  },
  'a person taken out without an act': (scene, pick) => {
    const lines = linesOf(scene.files);
    const at = pick(lines.length);
    const by = ['cli:1', 'server:1', `cli:${pick(99)}`][pick(3)];
    const gone = (lines[at] ?? '').replace(
      /,"payload":(\{.*\})\}$/,
      (_, payload: string) => `,"payload":${`{"erased":"${by}"`.padEnd(payload.length - 1)}}}`,
    );
    return { files: withLines(scene.files, lines.with(at, gone)), first: at + 1 };
  },
  'a record added by hand': (scene) => {
    const lines = linesOf(scene.files);
    const added = rehash([...lines, lines.at(-1) ?? ''], lines.length, (record) =>
      record
        .replace(/"prev":"[^"]*"/, `"prev":"${/^\{"hash":"(.{43})/.exec(lines.at(-1) ?? '')?.[1]}"`)
        .replace(/"sequence":\d+/, `"sequence":${lines.length + 1}`),
    );
    return { files: withLines(scene.files, added), first: lines.length + 1 };
  },
};
