// Three invented tenants whose gold tables overlap on purpose: the one who asks, a twin with the same keys, mails and serials, and one whose every text is a canary.
import { must, parseTenant, type Tenant } from '@tessera/base';
import { type ColumnMeta, type GoldTable, goldTables } from '@tessera/transforms/gold-meta';

export const asker = must(parseTenant('acme-corp'));
export const twin = must(parseTenant('initech'));
export const marked = must(parseTenant('globex-inc'));
export const tenants = [asker, twin, marked] as const;

/** Stands in every text of the marked tenant and nowhere else; no uuid, hash or base64 of a signature is this long by chance. */
export const canary = 'zq9Canary';
export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;

/** Rows of each table of the asker; the marked tenant has these many twins of them and twice as many of its own. */
const rowCount = 24;
const words: Readonly<Record<string, readonly (string | null)[]>> = {
  department: ['IT', 'Sales', "O'Hara", 'unknown'],
  country: ['US', 'DE', 'IN', 'unknown'],
  outcome: ['success', 'failure', 'denied', 'locked', 'abandoned'],
  reason: ['INVALID_CREDENTIALS', 'VERIFICATION_ERROR', null],
  mfa_state: ['enrolled', 'not_enrolled', 'delegated', 'unknown'],
  strongest_factor: ['webauthn', 'push', 'none'],
  exclusion_reason: [null, 'suspended', 'retired'],
  platform: ['windows', 'macos', 'ios'],
  ownership: ['corporate', 'personal'],
  managed_by: ['intune', 'jamf'],
  compliance_state: ['compliant', 'noncompliant', 'unknown'],
  issue_type: ['bug', 'task'],
  priority: ['High', 'Low', 'Medium'],
  status_category: ['new', 'indeterminate', 'done'],
  to_category: ['new', 'indeterminate', 'done'],
};

/** The rows of a tenant in a table, the same whenever they are asked for. */
export function rowsOf(tenant: Tenant, table: GoldTable): readonly Row[] {
  const shared = Array.from({ length: rowCount }, (_, at) => row(tenant, table, at, false));
  const own = Array.from({ length: 2 * rowCount }, (_, at) => row(tenant, table, rowCount + at, true));
  return tenant === marked ? [...shared, ...own] : shared;
}

function row(tenant: Tenant, table: GoldTable, at: number, isMarked: boolean): Row {
  const columns = Object.entries<ColumnMeta>(goldTables[table].columns);
  return Object.fromEntries(
    columns.map(([name, column], nth) => [name, cell(tenant, table, at, name, column, nth, isMarked)]),
  );
}

function cell(
  tenant: Tenant,
  table: GoldTable,
  at: number,
  name: string,
  { type, nullable }: ColumnMeta,
  nth: number,
  isMarked: boolean,
): Cell {
  const key: readonly string[] = goldTables[table].key;
  if (name === 'tenant_id') return tenant;
  if (type === 'VARCHAR' && isMarked) return `${canary}-${table}-${name}-${at}`;
  if (name === 'org_id') return `${asker}-${at % 3 === 0 ? 'lab' : 'hq'}`;
  if (key.includes(name)) return type === 'DATE' ? day(at % 12) : `k${at}`;
  const random = noise(`${table}.${name}.${at}`);
  if (type === 'DATE') return nullable && random % 5 === 0 ? null : day(random % 20);
  if (type === 'TIMESTAMPTZ') return nullable && random % 5 === 0 ? null : `${day(random % 20)} ${clock(random)}+00`;
  if (type === 'BOOLEAN') return (random + (tenant === asker ? 0 : 1)) % 2 === 0;
  if (type !== 'VARCHAR') return tenant === asker ? random % 50 : (primes[(at * 41 + nth * 7) % primes.length] ?? 0);
  const known = words[name];
  if (known) return known[random % known.length] ?? (nullable ? null : 'unknown');
  if (/(^|_)key$/.test(name) || name === 'project_id' || name === 'issue_id') return `k${random % 6}`;
  if (/mail|login/.test(name)) return `p${random % 9}@shared.example`;
  return nullable && random % 7 === 0 ? null : `${name} ${random % 5}`;
}

const day = (at: number) => `2026-01-${String(at + 1).padStart(2, '0')}`;
const clock = (random: number) => `${String(random % 24).padStart(2, '0')}:${String(random % 60).padStart(2, '0')}:07`;

/** FNV-1a: a number that looks like chance and is always the same. */
function noise(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Numbers of the other tenants: primes of seven digits, which no count, sum or share of the asker's small numbers is. */
export const primes: readonly number[] = (() => {
  const found: number[] = [];
  const isPrime = (n: number) => {
    for (let d = 3; d * d <= n; d += 2) if (n % d === 0) return false;
    return true;
  };
  for (let n = 1_000_003; found.length < 600; n += 2) if (isPrime(n)) found.push(n);
  return found;
})();
