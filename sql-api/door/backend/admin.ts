// In charge of our own statements to the PostgreSQL behind the door: as its superuser, by the simple protocol, answers as text.
import net from 'node:net';
import path from 'node:path';
import { Fault } from '@tessera/base';
import { readErrorFields } from '../wire/error-fields.ts';
import { createFrameReader, type Frame } from '../wire/frames.ts';
import { message, simpleQuery, startupMessage } from '../wire/write.ts';
import { superuser } from './cluster.ts';

export interface Admin {
  /** Runs the statements; gives the rows of all of them, as text. SQL_BACKEND_FAILED where PostgreSQL refuses one. */
  run(sql: string): Promise<(string | null)[][]>;
  close(): void;
}

export const socketFile = (folder: string): string => path.join(folder, '.s.PGSQL.5432');
const largestAnswer = 16 * 1024 * 1024;

export async function connectAdmin(socketFolder: string, database: string): Promise<Admin> {
  const socket = net.connect(socketFile(socketFolder));
  const frames = createFrameReader(0);
  frames.typed(largestAnswer);
  let rows: (string | null)[][] = [];
  let failed: Fault | undefined;
  let waiting: { resolve(rows: (string | null)[][]): void; reject(fault: Fault): void } | undefined;

  const failure = (reason: string) => new Fault('SQL_BACKEND_FAILED', { reason });
  const end = (fault: Fault) => {
    waiting?.reject(fault);
    waiting = undefined;
    socket.destroy();
  };
  const byType: Record<string, (frame: Frame) => void> = {
    D: ({ bytes }) => rows.push(readRow(bytes)),
    E: ({ bytes }) => {
      failed = failure(readErrorFields(bytes).M ?? 'it refused a statement');
    },
    Z: () => {
      const done = waiting;
      waiting = undefined;
      if (failed) done?.reject(failed);
      else done?.resolve(rows);
      rows = [];
      failed = undefined;
    },
  };
  socket.on('data', (chunk) => {
    try {
      frames.push(chunk);
      for (let frame = frames.next(); frame; frame = frames.next()) byType[frame.type]?.(frame);
    } catch (error) {
      end(failure((error as Error).message));
    }
  });
  socket.on('error', (error) => end(failure(error.message)));
  socket.on('close', () => end(failed ?? failure('it closed the connection')));

  const answer = () =>
    new Promise<(string | null)[][]>((resolve, reject) => {
      waiting = { resolve, reject };
    });
  const connected = answer();
  socket.write(startupMessage({ user: superuser, database, client_encoding: 'UTF8' }));
  await connected;
  return {
    run(sql) {
      if (socket.destroyed) return Promise.reject(failure('it closed the connection'));
      const result = answer();
      socket.write(simpleQuery(sql));
      return result;
    },
    close() {
      socket.end(message('X'));
    },
  };
}

function readRow(bytes: Buffer): (string | null)[] {
  const row: (string | null)[] = [];
  let at = 7;
  for (let left = bytes.readInt16BE(5); left > 0; left -= 1) {
    const length = bytes.readInt32BE(at);
    at += 4;
    row.push(length < 0 ? null : bytes.toString('utf8', at, at + length));
    if (length > 0) at += length;
  }
  return row;
}

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** A literal that means the same whatever standard_conforming_strings says. */
export const literal = (text: string): string => `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
