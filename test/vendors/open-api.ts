// OpenAPI 3.0 documents as JSON Schema validators of responses.
import { Ajv, type ValidateFunction } from 'ajv';

type Node = Record<string, unknown>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Gives a check of one operation's 200 response: the list of what is wrong, empty for nothing.
 * A null member counts as absent: the captured responses of these vendors are full of nulls where their specifications know only the type.
 */
export function responseChecks(document: Node): (method: string, path: string, body: unknown) => readonly string[] {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true, logger: false });
  for (const [name, test] of Object.entries(formats)) ajv.addFormat(name, test);
  ajv.addSchema(toJsonSchema(document) as Node, 'spec');
  const compiled = new Map<string, ValidateFunction>();
  return (method, path, body) => {
    const key = `${method} ${path}`;
    let validate = compiled.get(key);
    if (!validate) {
      validate = ajv.compile({ $ref: `spec#${responsePointer(document, method, path)}` });
      compiled.set(key, validate);
    }
    if (validate(withoutNulls(body))) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${key} ${instancePath.replace(/\/\d+/g, '/n')} ${message} ${JSON.stringify(params)}`,
    );
  };
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isNode(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (one === null ? [] : [[name, withoutNulls(one)]])),
  );
}

const formats: Readonly<Record<string, RegExp>> = {
  // Jira writes offsets without a colon.
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  email: /@/,
};

/** JSON pointer of the schema of the 200 response. */
function responsePointer(document: Node, method: string, path: string): string {
  const operation = pick(document, 'paths', path, method.toLowerCase());
  let pointer = `/paths/${escapePart(path)}/${method.toLowerCase()}/responses/200`;
  let response = pick(operation, 'responses', '200');
  const reference = isNode(response) ? response.$ref : undefined;
  if (typeof reference === 'string') {
    pointer = reference.slice(1);
    response = pick(document, ...reference.slice(2).split('/'));
  }
  const media = Object.keys((pick(response, 'content') ?? {}) as Node)[0];
  if (media === undefined) throw new Error(`The specification has no response body for ${method} ${path}`);
  return `${pointer}/content/${escapePart(media)}/schema`
    .split('/')
    .map((part) => part.replace(/[{}]/g, encodeURIComponent))
    .join('/');
}

const escapePart = (text: string): string => text.replace(/~/g, '~0').replace(/\//g, '~1');

function pick(node: unknown, ...path: readonly string[]): unknown {
  return path.reduce((value: unknown, name) => (isNode(value) ? value[name] : undefined), node);
}

/** `nullable` becomes a type; examples and what only confuses a JSON Schema validator go. */
function toJsonSchema(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(toJsonSchema);
  if (!isNode(node)) return node;
  const copy: Node = {};
  for (const [name, value] of Object.entries(node)) {
    if (name === 'example' || name === 'examples' || name === 'discriminator' || name === 'xml' || name === 'default') {
      // A property may be called so too.
      if (isNode(value) && (value.type !== undefined || value.$ref !== undefined)) copy[name] = toJsonSchema(value);
      continue;
    }
    // Meant as "one of these shapes", told apart by a discriminator: that only one may fit is more than the authors say.
    copy[name === 'oneOf' ? 'anyOf' : name] = toJsonSchema(value);
  }
  if (copy.nullable !== true) return copy;
  const { nullable: _, ...schema } = copy;
  return { anyOf: [schema, { type: 'null' }] };
}
