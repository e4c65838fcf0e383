// Two servers may run on one TESSERA_HOME while one takes over from the other: each has a seat, and with it a trail's chain and serving copies of its own.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Fault } from '@tessera/base';
import { lockWriter, type Writer } from '@tessera/security';

export interface Seat {
  /** Under which the audit trail is written. */
  readonly writer: Writer;
  /** Folder of the serving copies: two processes would remove each other's old ones. */
  readonly serving: string;
  /** Folder of the alerts' state, beneath which is `alerts`. */
  readonly alerts: string;
  leave(): Promise<void>;
}

const seats = ['server', 'server-2'] as const satisfies readonly Writer[];

const servingFolder = (home: string, writer: Writer) =>
  path.join(home, writer === 'server' ? 'serving' : `serving-${writer}`);

/** Of every seat, whether or not somebody has it. */
export const servingFolders = (home: string): readonly string[] => seats.map((writer) => servingFolder(home, writer));

/** The first seat that is free, also where its last holder was killed. HOME_BUSY where both are taken. */
export async function claimSeat(home: string): Promise<Seat> {
  const folder = path.join(home, 'processes');
  await mkdir(folder, { recursive: true });
  for (const writer of seats) {
    try {
      const leave = await lockWriter(folder, writer, 0);
      const isFirst = writer === 'server';
      return {
        writer,
        serving: servingFolder(home, writer),
        alerts: isFirst ? home : path.join(folder, writer),
        leave,
      };
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'AUDIT_BUSY') throw error;
    }
  }
  throw new Fault('HOME_BUSY', { home, servers: seats.length });
}
