// Objects in S3 or what speaks its protocol. Put-if-absent is If-None-Match: *; files for DuckDB are downloaded once into a cache.
import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Fault } from '@tessera/base';
import type { ObjectKey, ObjectStore, StoredObject } from './contract.ts';

export interface S3StoreSettings {
  readonly client: S3Client;
  readonly bucket: string;
  /** Put before every key, with its slash, where the bucket is shared with others. */
  readonly prefix?: string;
  /** Copies of objects for DuckDB; may be deleted at any time that nobody reads. */
  readonly cacheFolder: string;
}

interface S3Error {
  readonly name?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}
const statusOf = (error: unknown): number | undefined => (error as S3Error).$metadata?.httpStatusCode;
const isMissing = (error: unknown): boolean => statusOf(error) === 404 && (error as S3Error).name !== 'NoSuchBucket';

/**
 * True where the failure of a get means that there is no such object. S3 says so (404) only to who may list the whole bucket;
 * to who may list a folder it says 403, and then the listing tells. What may not be listed either is not called absent.
 */
export async function isAbsent(
  client: S3Client,
  at: { readonly Bucket: string; readonly Key: string },
  error: unknown,
): Promise<boolean> {
  if (isMissing(error)) return true;
  if (statusOf(error) !== 403) return false;
  const { Bucket, Key } = at;
  const listed = await client
    .send(new ListObjectsV2Command({ Bucket, Prefix: Key, MaxKeys: 1 }))
    .catch(() => undefined);
  return listed !== undefined && listed.Contents?.[0]?.Key !== Key;
}

function storeFault(action: string, key: string, error: unknown): Fault {
  if (error instanceof Fault) return error;
  const reason = `${(error as S3Error).name ?? 'unknown'} ${statusOf(error) ?? ''}`.trim();
  return new Fault('STORE_FAILED', { action, key, reason }, { cause: error });
}

/** Above this a file is sent as a stream, and not held in memory. */
const largeBytes = 32_000_000;
const conflictAttempts = 10;

/** A bucket as an object store. Failures of the service are STORE_FAILED with its own error name. */
export function createS3Store({ client, bucket, prefix = '', cacheFolder }: S3StoreSettings): ObjectStore {
  const cache = resolve(cacheFolder);
  const cached = (key: ObjectKey) => join(cache, key);
  const at = (key: ObjectKey) => ({ Bucket: bucket, Key: prefix + key });
  const downloads = new Map<ObjectKey, Promise<string>>();

  async function download(key: ObjectKey): Promise<string> {
    const path = cached(key);
    if (await stat(path).catch(() => undefined)) return path;
    const partial = join(cache, '.partial', randomUUID());
    try {
      await mkdir(dirname(partial), { recursive: true });
      await mkdir(dirname(path), { recursive: true });
      const { Body } = await client.send(new GetObjectCommand(at(key)));
      await pipeline(Body as Readable, createWriteStream(partial));
      await rename(partial, path);
      return path;
    } catch (error) {
      if (await isAbsent(client, at(key), error)) throw new Fault('OBJECT_MISSING', { key });
      throw storeFault('read', key, error);
    } finally {
      await rm(partial, { force: true });
    }
  }

  async function* list(under: ObjectKey, after?: ObjectKey): AsyncIterable<StoredObject> {
    let token: string | undefined;
    do {
      const page = await client
        .send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: prefix + under,
            ...(after === undefined ? {} : { StartAfter: prefix + after }),
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
        )
        .catch((error: unknown) => {
          throw storeFault('list', under, error);
        });
      for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
        const key = Key.slice(prefix.length) as ObjectKey;
        yield { key, bytes: Size, modifiedAt: LastModified ?? new Date(0) };
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  return {
    async put(key, body) {
      try {
        await client.send(new PutObjectCommand({ ...at(key), Body: body }));
        await rm(cached(key), { force: true });
      } catch (error) {
        throw storeFault('write', key, error);
      }
    },

    async putIfAbsent(key, body) {
      for (let attempt = 1; ; attempt++) {
        try {
          await client.send(new PutObjectCommand({ ...at(key), Body: body, IfNoneMatch: '*' }));
          return true;
        } catch (error) {
          if (statusOf(error) === 412) return false;
          // 409: two conditional writes met, and S3 asks for another try; neither is known to have won.
          if (statusOf(error) !== 409 || attempt === conflictAttempts) throw storeFault('write', key, error);
        }
      }
    },

    async putFile(key, localPath) {
      try {
        const { size } = await stat(localPath);
        const body = size > largeBytes ? createReadStream(localPath) : await readFile(localPath);
        await client.send(new PutObjectCommand({ ...at(key), Body: body, ContentLength: size }));
        // The next thing that happens to a data file is that it is read.
        await mkdir(dirname(cached(key)), { recursive: true });
        await rename(localPath, cached(key)).catch(() => rm(localPath));
        return size;
      } catch (error) {
        throw storeFault('write', key, error);
      }
    },

    async get(key) {
      try {
        const { Body } = await client.send(new GetObjectCommand(at(key)));
        return await Body?.transformToByteArray();
      } catch (error) {
        if (await isAbsent(client, at(key), error)) return undefined;
        throw storeFault('read', key, error);
      }
    },

    async *keys(under, after) {
      for await (const { key } of list(under, after)) yield key;
    },
    list,

    async delete(key) {
      try {
        await client.send(new DeleteObjectCommand(at(key)));
        await rm(cached(key), { force: true });
      } catch (error) {
        throw storeFault('delete', key, error);
      }
    },

    localPath(key) {
      const running = downloads.get(key) ?? download(key).finally(() => downloads.delete(key));
      downloads.set(key, running);
      return running;
    },
  };
}
