// Faults of sql-api: the SQL door.
import { row } from './row.ts';

export const sqlApiFaults = {
  SQL_SYNTAX: row<{ problem: string; position: number }>(400, '42601', false, (p) => p.problem),
  SQL_TOO_LARGE: row<{ what: string; most: number }>(
    400,
    '54000',
    false,
    (p) => `The statement has more than ${p.most} ${p.what}; send less at once, or keep lists in a temporary table.`,
  ),
  SQL_TOO_DEEP: row<Record<string, never>>(
    400,
    '54001',
    false,
    () => 'The statement is nested too deeply to be read; take parts of it into WITH queries.',
  ),
  SQL_TEXT_INVALID: row<Record<string, never>>(
    400,
    '22021',
    false,
    () => 'The statement holds a NUL or half a character; send valid UTF-8.',
  ),
  SQL_STATEMENT_REFUSED: row<{ statement: string; position: number }>(
    403,
    '42501',
    false,
    (p) => `permission denied: ${p.statement} is not served here; docs/reference/sql-api.md lists what is.`,
  ),
  SQL_READ_ONLY: row<{ statement: string; position: number }>(
    403,
    '25006',
    false,
    (p) => `cannot execute ${p.statement}: semantic views are read-only. Only temporary tables take rows.`,
  ),
  SQL_FUNCTION_REFUSED: row<{ name: string; position: number }>(
    403,
    '42501',
    false,
    (p) => `permission denied for function ${p.name}`,
  ),
  SQL_NAME_REFUSED: row<{ name: string; position: number }>(
    403,
    '42501',
    false,
    (p) => `permission denied for ${p.name}`,
  ),
  SQL_SETTING_REFUSED: row<{ name: string; position: number }>(
    403,
    '42501',
    false,
    (p) => `permission denied to set parameter "${p.name}"`,
  ),
  SQL_SETTING_INVALID: row<{ name: string; takes: string; position: number }>(
    400,
    '22023',
    false,
    (p) => `invalid value for parameter "${p.name}": it takes ${p.takes}`,
  ),
  SQL_MASKED: row<{ column: string; position: number }>(
    403,
    '42501',
    false,
    (p) =>
      `Column ${p.column} is shown to you as a token: it may be selected and grouped by, and used in no other place.`,
  ),
  SQL_NOT_EXACT: row<{ clause: string; why: string; hint: string; position: number }>(
    400,
    '0A000',
    false,
    (p) => `${p.clause} cannot be answered exactly: ${p.why}.`,
  ),
  SQL_UNGROUPED: row<{ column: string; hint: string; position: number }>(
    400,
    '42803',
    false,
    (p) => `column "${p.column}" must appear in the GROUP BY clause or be used in an aggregate function`,
  ),
  SQL_VALUE_INVALID: row<{ column: string; takes: string }>(
    400,
    '22P02',
    false,
    (p) => `A value compared with ${p.column} is not ${p.takes}.`,
  ),
  SQL_CHOICE_TOO_LARGE: row<{ column: string; most: number }>(
    400,
    '0A000',
    false,
    (p) =>
      `More than ${p.most} values of ${p.column} meet a condition, and so many are no filter. Filter by ILIKE '%x%', =, IN or a measure that adds up.`,
  ),
  SQL_RELEASE_CHANGED: row<Record<string, never>>(
    503,
    '40001',
    true,
    () => 'New data came between two questions of the statement, so nothing of the answer is shown. Ask again.',
  ),
  SQL_KEY_REPEATED: row<{ view: string; hint: string }>(
    400,
    '0A000',
    false,
    (p) =>
      `This join cannot be answered exactly: rows of ${p.view} share a key, and would repeat what is joined to them.`,
  ),
  SQL_TOO_MANY_ROWS: row<{ view: string; most: number }>(
    400,
    '54000',
    false,
    (p) =>
      `More than ${p.most} rows of ${p.view} would be needed, and no answer is cut silently. Group more coarsely, filter more, or say LIMIT.`,
  ),
  SQL_ANSWER_TOO_LARGE: row<{ megabytes: number }>(
    400,
    '54000',
    false,
    (p) =>
      `The answer is larger than the ${p.megabytes} MB that may wait for a client. Name fewer columns, filter more, or read faster.`,
  ),
  SQL_CATALOG_CHANGED: row<Record<string, never>>(
    503,
    '57P01',
    true,
    () => 'terminating connection: what you may see has changed since you connected. Connect again to see it as it is.',
  ),
  SQL_BACKEND_FAILED: row<{ reason: string }>(
    503,
    '58000',
    true,
    (p) =>
      `The PostgreSQL behind the SQL door does not work (${p.reason}). REST and GraphQL are not affected; it is started again at the next connection.`,
  ),
  SQL_ANSWER_UNFIT: row<{ type: string }>(
    500,
    'XX000',
    false,
    (p) => `A value of the answer is no ${p.type}, so nothing of the answer is shown. Please report the query.`,
  ),
  SQL_ANSWER_SHAPE: row<Record<string, never>>(
    500,
    'XX000',
    false,
    () => 'The answer would have other columns than PostgreSQL promised, so it is not shown. Please report the query.',
  ),
  SQL_PARAM_UNFIT: row<{ type: number }>(
    400,
    '22P03',
    false,
    (p) =>
      `A parameter cannot be read as a value of type ${p.type}; send it as text, or with the type's own binary form.`,
  ),
  SQL_PARAM_COUNT: row<{ given: number; wanted: number }>(
    400,
    '08P01',
    false,
    (p) => `bind message supplies ${p.given} parameters, but prepared statement requires ${p.wanted}`,
  ),
  SQL_EXTENDED_REFUSED: row<{ statement: string }>(
    400,
    '0A000',
    false,
    (p) => `${p.statement} of a semantic view is served by the simple query protocol only; send it without parameters.`,
  ),
  SQL_USER_EXISTS: row<{ tenant: string; user: string }>(
    409,
    '42710',
    false,
    (p) =>
      `Tenant ${p.tenant} has an account ${p.user} already. Use rotate to give it a new password, or another name.`,
  ),
  SQL_USER_UNKNOWN: row<{ tenant: string; user: string }>(
    404,
    '42704',
    false,
    (p) => `Tenant ${p.tenant} has no account ${p.user}. They are listed by: tessera sql-user list`,
  ),
  SQL_USER_INVALID: row<{ problem: string }>(400, '22023', false, (p) => `The account was not made: ${p.problem}.`),
  SQL_USERS_UNREADABLE: row<{ file: string; problem: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `The accounts of the SQL door cannot be read from ${p.file}: ${p.problem}. Nobody signs in with a password until it is mended.`,
  ),
} as const;
