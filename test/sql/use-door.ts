// The one open door of a test file, and a session in it: opened before its tests, closed after them.
import { after, before } from 'node:test';
import type pg from 'pg';
import { type DoorOptions, type OpenDoor, openDoor } from './open-door.ts';

/** Of the file that called `useDoor`; test files are processes of their own. */
export let open: OpenDoor;
/** A session of an analyst of Acme. */
export let client: pg.Client;

export function useDoor(options?: DoorOptions): void {
  before(async () => {
    open = await openDoor(options);
    client = await open.connect();
  });
  after(async () => {
    await client?.end();
    await open?.close();
  });
}
