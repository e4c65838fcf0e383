// What the fixed table's rows refer to: regions by their name, shops by region and platform; some are missing on either side.
import type { SemanticView } from '../../contract.ts';
import { column, type Source, type Value, view } from './fixed-table.ts';

type Row = Readonly<Record<string, Value>>;
const regions: readonly Row[] = [
  { region: 'north', zone: 'cold', size: 3, twin: 'South' },
  { region: 'South', zone: 'warm', size: 5, twin: 'north' },
  { region: 'née', zone: null, size: 3, twin: null },
  { region: 'west', zone: 'warm', size: null, twin: 'north' },
  { region: 'nowhere', zone: 'cold', size: 7, twin: 'gone' },
];
const shops: readonly Row[] = [
  { region: 'north', platform: 'mac', grade: 'a', seats: 1 },
  { region: 'north', platform: 'win', grade: 'b', seats: 2 },
  { region: 'South', platform: 'mac', grade: 'a', seats: null },
  { region: 'east', platform: 'ios', grade: null, seats: 4 },
  { region: 'west', platform: 'ios', grade: 'c', seats: 8 },
];
const count = (rows: readonly Row[]) => rows.length;

export const lookups: Readonly<Record<string, Source>> = {
  regions: { rows: regions, measures: { region_count: count } },
  shops: { rows: shops, measures: { shop_count: count } },
};
const counted = (name: string) => column(name, 'measure', 'int8', { additive: 'sum', aggregate: 'count' });
const text = (name: string) => column(name, 'dimension', 'text');
const number = (name: string) => column(name, 'dimension', 'float8');

export const lookupViews: readonly SemanticView[] = [
  view('regions', {
    columns: [counted('region_count'), text('region'), text('zone'), number('size'), text('twin')],
    primaryKey: ['region'],
    rowCount: 'region_count',
  }),
  view('shops', {
    columns: [counted('shop_count'), text('region'), text('platform'), text('grade'), number('seats')],
    primaryKey: ['region', 'platform'],
    rowCount: 'shop_count',
  }),
];

const literal = (value: Value) => (value === null ? 'null' : `'${String(value)}'`);
const values = (rows: readonly Row[]) =>
  rows.map((row) => `(${Object.values(row).map(literal).join(', ')})`).join(', ');

/** The same rows as tables of PostgreSQL. */
export const rawLookupsSql = `create table public.raw_regions (region text, zone text, size float8, twin text);
insert into public.raw_regions values ${values(regions)};
create table public.raw_shops (region text, platform text, grade text, seats float8);
insert into public.raw_shops values ${values(shops)};`;
