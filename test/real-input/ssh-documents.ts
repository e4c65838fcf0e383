// A real sshd log told in ECS, as a log shipper would send it: one document a line, and as many as a repeated line stands for.
import { readFileSync } from 'node:fs';
import type { Json } from '@tessera/demo';

/** The log does not tell its year; the shipper that was being set up in it is of early 2017. The host's zone is taken as UTC. */
const year = 2017;

const line =
  /^(?<month>\w{3}) +(?<day>\d+) (?<time>[\d:]{8}) (?<host>\S+) (?<process>[^\s:[]+)(?:\[(?<pid>\d+)\])?: (?<message>.*)$/;
const repeated = /^message repeated (?<times>\d+) times: \[ (?<message>.*)\]$/;
/** The name may be empty, or be that of nobody. */
const decided =
  /^(?<what>Failed|Accepted) (?<method>\S+) for (?:invalid user )?(?<user>.*) from (?<address>\S+) port (?<port>\d+)/;

/** `{ _index, _id, _source }` of every line of the file, in its order; all were stored at `ingested`. */
export function sshDocuments(file: string, ingested: Date): readonly Json[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text, number) => documentsOf(text, number + 1, ingested));
}

function documentsOf(text: string, number: number, ingested: Date): Json[] {
  const parts = line.exec(text)?.groups;
  if (!parts) return [];
  const { month, day, time, host, process, message = '' } = parts;
  const again = repeated.exec(message)?.groups;
  const told = again?.message ?? message;
  const at = new Date(`${month} ${day} ${year} ${time} UTC`).toISOString();
  const common = {
    '@timestamp': at,
    host: { name: host },
    process: { name: process },
    message,
  };
  return Array.from({ length: Number(again?.times ?? 1) }, (_, copy) => ({
    _index: `logs-system.auth-${year}`,
    _id: `${number}-${copy}`,
    _source: { ...common, ...eventOf(process ?? '', told, ingested) },
  }));
}

function eventOf(process: string, message: string, ingested: Date): Json {
  const stored = { ingested: ingested.toISOString() };
  const found = process === 'sshd' ? decided.exec(message)?.groups : undefined;
  if (!found) return { event: { ...stored, category: ['host'] } };
  return {
    event: {
      ...stored,
      category: ['authentication', 'session'],
      type: ['start'],
      action: 'ssh_login',
      outcome: found.what === 'Failed' ? 'failure' : 'success',
    },
    user: { name: found.user },
    source: { ip: found.address, port: Number(found.port) },
    system: { auth: { ssh: { event: found.what, method: found.method } } },
  };
}
