// The demo's exact answers, asked for in SQL: a case's query as a statement, and its rows as REST would name them.
import pg from 'pg';

interface CaseQuery {
  readonly measures: readonly string[];
  readonly dimensions?: readonly string[];
  readonly segments?: readonly string[];
  readonly timeDimensions?: readonly {
    readonly dimension: string;
    readonly dateRange?: readonly [string, string];
    readonly granularity?: string;
  }[];
  readonly filters?: readonly {
    readonly member: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

const short = (member: string) => member.slice(member.indexOf('.') + 1);
const quoted = (values: readonly string[] = []) => values.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ');
const conditions: Readonly<Record<string, (member: string, values?: readonly string[]) => string>> = {
  set: (member) => `${short(member)} is not null`,
  notSet: (member) => `${short(member)} is null`,
  equals: (member, values) => `${short(member)} in (${quoted(values)})`,
};

/** The statement and the names of its columns; undefined for an operator that no case has yet. */
export function asSql(query: CaseQuery): { readonly sql: string; readonly names: readonly string[] } | undefined {
  const { measures, dimensions = [], segments = [], timeDimensions = [], filters = [] } = query;
  const filtered = filters.map(({ member, operator, values }) => conditions[operator]?.(member, values));
  if (filtered.includes(undefined)) return undefined;
  const keys = [
    ...dimensions.map((member) => ({ name: member, text: short(member) })),
    ...timeDimensions.flatMap(({ dimension, granularity }) =>
      granularity === undefined
        ? []
        : [
            {
              name: `${dimension}.${granularity}`,
              text: `date_trunc('${granularity}', ${short(dimension)})::timestamp`,
            },
          ],
    ),
  ];
  const ranges = timeDimensions.flatMap(({ dimension, dateRange }) =>
    dateRange ? [`${short(dimension)} between date '${dateRange[0]}' and date '${dateRange[1]}'`] : [],
  );
  const where = [...filtered, ...ranges, ...segments.map(short)];
  const shown = [
    ...keys.map(({ text }, i) => `${text} as c${i}`),
    ...measures.map((member) => `measure(${short(member)})`),
  ];
  const view = (measures[0] ?? '').split('.')[0];
  const group = keys.length > 0 ? ` group by ${keys.map((_, i) => i + 1).join(', ')}` : '';
  return {
    sql: `select ${shown.join(', ')} from ${view}${where.length > 0 ? ` where ${where.join(' and ')}` : ''}${group}`,
    names: [...keys.map(({ name }) => name), ...measures],
  };
}

/** Rows with REST's names and texts: numbers as text, times as `yyyy-mm-ddThh:mm:ss.SSS`. */
export async function askInSql(
  url: string,
  questions: readonly { readonly sql: string; readonly names: readonly string[] }[],
): Promise<Record<string, unknown>[][]> {
  // Texts as they came: a number that JavaScript had read would hide a digit.
  const types = { getTypeParser: (oid: number) => (text: string) => (oid === 16 ? text === 't' : text) };
  const client = new pg.Client({ connectionString: url, types: types as unknown as pg.CustomTypesConfig });
  await client.connect();
  try {
    const answers: Record<string, unknown>[][] = [];
    for (const { sql, names } of questions) {
      const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
      answers.push(rows.map((row) => Object.fromEntries(row.map((value, i) => [names[i] ?? '', inRest(value)]))));
    }
    return answers;
  } finally {
    await client.end();
  }
}

const inRest = (value: unknown) =>
  typeof value === 'string' ? value.replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/, '$1T$2.000') : value;

/** What REST gives, in an order of its own and without the name that a grouped time has besides. */
export function unordered(rows: readonly Readonly<Record<string, unknown>>[], names: readonly string[]): string[] {
  return rows.map((row) => JSON.stringify(names.map((name) => row[name] ?? null))).toSorted();
}
