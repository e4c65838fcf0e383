// Settings that a session may change, and to what. Everything else is the house's business.

export interface SettingRule {
  readonly takes: string;
  /** `values` as texts; empty for SET … TO DEFAULT and RESET, which are always fine. */
  readonly fits: (values: readonly string[]) => boolean;
}

const oneOf = (...words: string[]): SettingRule => ({
  takes: words.join(', '),
  fits: (values) => values.length === 1 && words.includes(values[0]!.toLowerCase()),
});
const anything = (most: number): SettingRule => ({
  takes: `at most ${most} characters`,
  fits: (values) => values.join(',').length <= most,
});
const number = (least: number, most: number): SettingRule => ({
  takes: `a number from ${least} to ${most}`,
  fits: ([value = '']) => /^-?\d+$/.test(value) && Number(value) >= least && Number(value) <= most,
});

/** Zones as IANA names them; offsets too. */
const zone: SettingRule = {
  takes: 'the name of a time zone (Europe/Berlin, UTC)',
  fits: ([value = '']) => isZone(value),
};
function isZone(value: string): boolean {
  if (/^(utc|gmt|z|default|local)$/i.test(value)) return true;
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/.test(value)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }) !== undefined;
  } catch {
    return false;
  }
}

const onOff = oneOf('on', 'off', 'true', 'false', '1', '0', 'yes', 'no');
const levels = oneOf(
  'debug5',
  'debug4',
  'debug3',
  'debug2',
  'debug1',
  'debug',
  'log',
  'info',
  'notice',
  'warning',
  'error',
);

/** Longest time that a statement may be given by its client; the door's own clock is not moved by it. */
export const longestStatementMs = 600_000;

export const allowedSettings: Readonly<Record<string, SettingRule>> = {
  application_name: anything(200),
  extra_float_digits: number(-15, 3),
  datestyle: {
    takes: 'ISO, SQL, Postgres or German, with MDY, DMY or YMD',
    fits: (values) =>
      values.every((value) =>
        /^(iso|sql|postgres|german|mdy|dmy|ymd|us|european|default)(\s*,\s*(mdy|dmy|ymd|us|european))?$/i.test(value),
      ),
  },
  intervalstyle: oneOf('postgres', 'postgres_verbose', 'sql_standard', 'iso_8601'),
  timezone: zone,
  client_encoding: oneOf('utf8', 'utf-8', 'unicode'),
  standard_conforming_strings: oneOf('on', 'true', '1'),
  bytea_output: oneOf('hex', 'escape'),
  client_min_messages: levels,
  statement_timeout: {
    takes: `at most ${longestStatementMs} ms`,
    fits: ([value = '']) =>
      /^\d+(ms)?$/.test(value) ||
      (/^\d+\s*(s|min)$/.test(value) &&
        Number.parseInt(value, 10) * (value.endsWith('s') ? 1000 : 60_000) <= longestStatementMs),
  },
  lock_timeout: anything(20),
  idle_in_transaction_session_timeout: anything(20),
  search_path: {
    takes: 'public, pg_catalog and "$user"',
    fits: (values) =>
      values.every((value) => /^(\s*("?\$user"?|public|pg_catalog|information_schema|pg_temp|'')\s*,?)*$/i.test(value)),
  },
  default_transaction_isolation: oneOf('read committed', 'repeatable read', 'serializable', 'read uncommitted'),
  default_transaction_read_only: onOff,
  transaction_read_only: onOff,
  transaction_isolation: oneOf('read committed', 'repeatable read', 'serializable', 'read uncommitted'),
  row_security: oneOf('on', 'true', '1'),
  geqo: onOff,
  jit: oneOf('off', 'false', '0'),
  lc_messages: anything(40),
  lc_monetary: anything(40),
  lc_numeric: anything(40),
  lc_time: anything(40),
  xmloption: oneOf('document', 'content'),
  escape_string_warning: onOff,
  quote_all_identifiers: onOff,
  cursor_tuple_fraction: anything(10),
};
