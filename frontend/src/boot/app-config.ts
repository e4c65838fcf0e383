// Where to sign in and where the APIs are, asked from the platform at start, so that one build runs anywhere.

export interface AppConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly audience: string;
  /** Base of Cube's REST API, such as '/cubejs-api/v1'. */
  readonly cubeUrl: string;
}

/** unknown → AppConfig; an Error that names the field where it is not one. */
export function parseAppConfig(value: unknown): AppConfig {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const text = (name: string): string => {
    const field = fields[name];
    if (typeof field !== 'string' || field === '') throw new Error(`The platform's configuration has no ${name}.`);
    return field;
  };
  return {
    issuer: text('issuer'),
    clientId: text('clientId'),
    audience: text('audience'),
    cubeUrl: text('apiUrl').replace(/\/+$/, ''),
  };
}

export async function loadAppConfig(): Promise<AppConfig> {
  const response = await fetch('/api/v1/app-config', { headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`The platform answered ${response.status} to the question for its configuration.`);
  return parseAppConfig(await response.json());
}
