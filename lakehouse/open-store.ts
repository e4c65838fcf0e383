// Where the lake is, by one line of text: a folder of this machine, or a bucket with or without a prefix.
import path from 'node:path';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { Fault } from '@tessera/base';
import type { ObjectStore } from './contract.ts';
import { createFolderStore } from './folder-store.ts';
import { createS3Store } from './s3-store.ts';

export interface OpenStoreSettings {
  /** Copies of a bucket's objects for DuckDB; a folder needs none. */
  readonly cacheFolder: string;
  /** Of the client: credentials, region, endpoint; what is not given is looked up as the AWS SDK does by default. */
  readonly s3?: S3ClientConfig;
}
export type StorePlace = { readonly folder: string } | { readonly bucket: string; readonly prefix: string };

const s3Place = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/((?:[\w.=-]+\/)*[\w.=-]+))?\/?$/;

/** `s3://bucket`, `s3://bucket/prefix` or a folder; another scheme, or a bucket that cannot be, is SETTING_INVALID. */
export function parseStorePlace(text: string): StorePlace {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) return { folder: path.resolve(text) };
  const [, bucket, prefix] = s3Place.exec(text) ?? [];
  if (bucket === undefined)
    throw new Fault('SETTING_INVALID', { name: 'TESSERA_LAKE', problem: 'neither a folder nor s3://bucket/prefix' });
  return { bucket, prefix: prefix === undefined ? '' : `${prefix}/` };
}

/** The store at that place; nothing is asked of it until it is used. */
export function openObjectStore(text: string, { cacheFolder, s3 = {} }: OpenStoreSettings): ObjectStore {
  const place = parseStorePlace(text);
  if ('folder' in place) return createFolderStore(place.folder);
  return createS3Store({ client: new S3Client(s3), bucket: place.bucket, prefix: place.prefix, cacheFolder });
}
