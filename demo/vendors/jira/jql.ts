// The part of JQL that a reader of issues needs. Dates as text are minutes in the token owner's time zone; numbers are epoch milliseconds.
import { at, instant } from '../standing.ts';
import { localInstant } from './local-time.ts';

export type Test = (issue: unknown) => boolean;
export interface OrderKey {
  readonly field: string;
  readonly sign: 1 | -1;
}
export interface Jql {
  readonly test: Test;
  /** False for an empty query or one that only orders: such a search is refused. */
  readonly bounded: boolean;
  readonly order: readonly OrderKey[];
}

/** A query that the server cannot read; its message goes to the client. */
export class JqlError extends Error {}

interface Context {
  readonly timeZone: string;
  readonly now: Date;
}
type Value = string | undefined;

/** Parses a query; throws JqlError. */
export function parseJql(source: string, context: Context): Jql {
  const [, where = '', by] = /^(.*?)(?:\border\s+by\b(.*))?$/is.exec(source.trim()) ?? [];
  const order = (by?.split(',') ?? []).map((one): OrderKey => {
    const [field = '', direction = 'asc'] = one.trim().split(/\s+/);
    return { field: canonical(field), sign: direction.toLowerCase() === 'desc' ? -1 : 1 };
  });
  if (where.trim() === '') return { test: () => true, bounded: false, order };
  const tokens = where.match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[(),]|[!<>=~]+|[^\s(),"'!<>=~]+/g) ?? [];
  return { test: new Parser(tokens, context).parse(), bounded: true, order };
}

class Parser {
  private readonly tokens: readonly string[];
  private readonly context: Context;
  private next = 0;
  constructor(tokens: readonly string[], context: Context) {
    this.tokens = tokens;
    this.context = context;
  }

  parse(): Test {
    const test = this.either();
    if (this.next < this.tokens.length) throw unexpected(this.tokens[this.next]);
    return test;
  }

  private take(...words: readonly string[]): boolean {
    if (!words.includes(this.tokens[this.next]?.toLowerCase() ?? '')) return false;
    this.next++;
    return true;
  }

  private either(): Test {
    const parts = [this.both()];
    while (this.take('or', '||')) parts.push(this.both());
    return (issue) => parts.some((part) => part(issue));
  }

  private both(): Test {
    const parts = [this.single()];
    while (this.take('and', '&&')) parts.push(this.single());
    return (issue) => parts.every((part) => part(issue));
  }

  private single(): Test {
    if (this.take('not', '!')) {
      const inner = this.single();
      return (issue) => !inner(issue);
    }
    if (this.take('(')) {
      const inner = this.either();
      if (!this.take(')')) throw unexpected(this.tokens[this.next]);
      return inner;
    }
    return this.clause();
  }

  private clause(): Test {
    const field = canonical(unquote(this.tokens[this.next++]));
    const values = fields[field];
    if (!values) throw new JqlError(`Field '${field}' does not exist or you do not have permission to view it.`);
    const operator = this.operator();
    if (operator === 'is' || operator === 'is not') {
      if (!this.take('empty', 'null')) throw unexpected(this.tokens[this.next]);
      return (issue) => values(issue).every((value) => value === undefined) === (operator === 'is');
    }
    const wanted = operator.endsWith('in') ? this.list() : [this.operand()];
    if (dateFields.has(field)) return this.dateClause(values, operator, wanted);
    const has = (issue: unknown) => values(issue).some((value) => wanted.some((one) => same(value, one)));
    const order = (issue: unknown) => Number(values(issue)[0]) - Number(wanted[0]);
    const tests: Readonly<Record<string, Test>> = {
      '=': has,
      in: has,
      '!=': (issue) => !has(issue),
      'not in': (issue) => !has(issue),
      '~': (issue) =>
        values(issue).some((value) => `${value ?? ''}`.toLowerCase().includes(wanted[0]?.toLowerCase() ?? '')),
      '>': (issue) => order(issue) > 0,
      '>=': (issue) => order(issue) >= 0,
      '<': (issue) => order(issue) < 0,
      '<=': (issue) => order(issue) <= 0,
    };
    const test = tests[operator];
    if (!test) throw new JqlError(`The operator '${operator}' is not supported by the '${field}' field.`);
    return test;
  }

  private dateClause(values: (issue: unknown) => readonly Value[], operator: string, wanted: readonly string[]): Test {
    const bound = dateOf(wanted[0] ?? '', this.context);
    const holds: Readonly<Record<string, (ms: number) => boolean>> = {
      '=': (ms) => ms === bound,
      '!=': (ms) => ms !== bound,
      '>': (ms) => ms > bound,
      '>=': (ms) => ms >= bound,
      '<': (ms) => ms < bound,
      '<=': (ms) => ms <= bound,
    };
    const test = holds[operator];
    if (!test) throw new JqlError(`The operator '${operator}' is not supported by dates.`);
    return (issue) => {
      const ms = instant(values(issue)[0]);
      return ms !== undefined && test(ms);
    };
  }

  private operator(): string {
    const word = this.tokens[this.next++]?.toLowerCase() ?? '';
    if (word === 'not' && this.take('in')) return 'not in';
    if (word === 'is') return this.take('not') ? 'is not' : 'is';
    if (!/^(=|!=|<|>|<=|>=|~|in)$/.test(word)) throw unexpected(word);
    return word;
  }

  private operand(): string {
    const token = this.tokens[this.next++];
    if (token === undefined || /^[(),]$/.test(token)) throw unexpected(token);
    return unquote(token);
  }

  private list(): string[] {
    if (!this.take('(')) throw unexpected(this.tokens[this.next]);
    const list = [this.operand()];
    while (this.take(',')) list.push(this.operand());
    if (!this.take(')')) throw unexpected(this.tokens[this.next]);
    return list;
  }
}

const unexpected = (token: string | undefined) =>
  new JqlError(`Error in the JQL Query: Expecting something else but got '${token ?? 'the end of the query'}'.`);

const unquote = (token = ''): string => token.replace(/^(["'])(.*)\1$/s, '$2').replace(/\\(.)/g, '$1');

const aliases: Readonly<Record<string, string>> = {
  issue: 'id',
  issuekey: 'id',
  key: 'id',
  updateddate: 'updated',
  createddate: 'created',
  resolved: 'resolutiondate',
  resolutiondate: 'resolutiondate',
  type: 'issuetype',
};
const canonical = (field: string): string => aliases[field.toLowerCase()] ?? field.toLowerCase();

const dateFields = new Set(['updated', 'created', 'resolutiondate', 'statuscategorychangeddate']);
const paths =
  (...names: readonly string[]) =>
  (issue: unknown): readonly Value[] =>
    names.map((name) => {
      const value = at(issue, name);
      return value === undefined ? undefined : `${value}`;
    });
/** Values that a field is compared with. */
const fields: Readonly<Record<string, (issue: unknown) => readonly Value[]>> = {
  id: paths('id', 'key'),
  updated: paths('fields.updated'),
  created: paths('fields.created'),
  resolutiondate: paths('fields.resolutiondate'),
  statuscategorychangeddate: paths('fields.statuscategorychangedate'),
  project: paths('fields.project.key', 'fields.project.id', 'fields.project.name'),
  status: paths('fields.status.id', 'fields.status.name'),
  statuscategory: paths(
    'fields.status.statusCategory.key',
    'fields.status.statusCategory.id',
    'fields.status.statusCategory.name',
  ),
  issuetype: paths('fields.issuetype.id', 'fields.issuetype.name'),
  priority: paths('fields.priority.id', 'fields.priority.name'),
  resolution: paths('fields.resolution.id', 'fields.resolution.name'),
  assignee: paths('fields.assignee.accountId'),
  reporter: paths('fields.reporter.accountId'),
  summary: paths('fields.summary'),
};

const same = (value: Value, wanted: string): boolean => value?.toLowerCase() === wanted.toLowerCase();

const units: Readonly<Record<string, number>> = { m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };

/** Epoch milliseconds, `-5m`, or a date in the owner's zone, where seconds are an error. */
function dateOf(text: string, { timeZone, now }: Context): number {
  if (/^\d{9,}$/.test(text)) return Number(text);
  const relative = /^([+-]?)(\d+)([mhdw])$/.exec(text);
  if (relative)
    return now.getTime() + (relative[1] === '-' ? -1 : 1) * Number(relative[2]) * (units[relative[3] ?? ''] ?? 0);
  const wall = /^(\d{4})[-/](\d\d?)[-/](\d\d?)(?: (\d\d?):(\d\d))?$/.exec(text);
  if (!wall)
    throw new JqlError(
      `Date value '${text}' for field is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.`,
    );
  const [, year, month, day, hour = 0, minute = 0] = wall.map(Number);
  return localInstant(timeZone, [year ?? 0, month ?? 1, day ?? 1, hour || 0, minute || 0]);
}

/** Values of the sort keys of an issue: instants and ids as numbers. */
export function orderValues(issue: unknown, order: readonly OrderKey[]): readonly (string | number)[] {
  return order.map(({ field }) => {
    if (field === 'id') return Number(at(issue, 'id'));
    const value = fields[field]?.(issue)[0];
    return dateFields.has(field) ? (instant(value) ?? 0) : (value ?? '');
  });
}
