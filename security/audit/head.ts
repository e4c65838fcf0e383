// The signed head of a chain: how many records there are and the hash of the last, so that nothing can be cut off or replaced unseen.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { link, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { type ChainEnd, canonical } from './record.ts';

export interface Head {
  readonly tenant: string;
  readonly writer: string;
  readonly count: number;
  readonly hash: string;
  /** Time of the last record. */
  readonly last: string;
  /** When it was signed. */
  readonly at: string;
  /** Intents without an outcome at that time. */
  readonly open: readonly number[];
}

export interface HeadSigner {
  sign(head: Head): string;
  /** The head in a signed text, or undefined where it is not ours. */
  read(text: string): Head | undefined;
}

/** The store's signing key, made on first use; only its owner may read it. The public half lies beside it for verifiers. */
export async function openSigner(folder: string): Promise<HeadSigner> {
  const file = path.join(folder, 'head-key.pem');
  const pem = await readFile(file, 'utf8').catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    const { privateKey } = generateKeyPairSync('ed25519');
    return createOnce(file, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
  });
  const secret = createPrivateKey(pem);
  const known = createPublicKey(secret);
  await createOnce(path.join(folder, 'head-key.pub.pem'), known.export({ format: 'pem', type: 'spki' }).toString());
  return {
    sign: (head) => {
      const text = canonical(head);
      return `{"head":${text},"signature":"${sign(null, Buffer.from(text), secret).toString('base64url')}"}\n`;
    },
    read: (text) => readHead(text, known),
  };
}

function readHead(text: string, known: KeyObject): Head | undefined {
  try {
    const { head, signature } = JSON.parse(text) as { head: Head; signature: string };
    return verify(null, Buffer.from(canonical(head)), known, Buffer.from(signature, 'base64url')) ? head : undefined;
  } catch {
    return undefined;
  }
}

/** Puts the file there whole, unless somebody was first; answers what is there. */
async function createOnce(file: string, text: string): Promise<string> {
  const draft = `${file}.${process.pid}.draft`;
  await writeSynced(draft, text, 'w', 0o600);
  try {
    await link(draft, file);
    await syncFolder(path.dirname(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(draft);
  }
  return readFile(file, 'utf8');
}

/** Adds the head to the witness file, which lies elsewhere and only grows, then replaces the one beside the chain. */
export async function writeHead(signed: string, file: string, witness: string): Promise<void> {
  await mkdir(path.dirname(witness), { recursive: true, mode: 0o700 });
  await writeSynced(witness, signed, 'a', 0o600);
  await writeSynced(`${file}.draft`, signed, 'w', 0o600);
  await rename(`${file}.draft`, file);
  await syncFolder(path.dirname(file));
}

export async function writeSynced(file: string, text: string, flags: 'w' | 'a', mode: number): Promise<void> {
  const handle = await open(file, flags, mode);
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Makes new names in the folder survive a crash of the machine. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export const headOf = (tenant: string, writer: string, end: ChainEnd, dangling: Iterable<number>, now: Date): Head => ({
  tenant,
  writer,
  count: end.sequence,
  hash: end.hash,
  last: end.at,
  at: now.toISOString(),
  open: [...dangling],
});
