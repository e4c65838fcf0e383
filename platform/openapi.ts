// The platform API's OpenAPI description, made from the route table.
import { z } from 'zod';
import { describeHooks } from './describe-hooks.ts';
import { hookPath } from './hooks-door.ts';
import { routes } from './routes.ts';

const problem = (description: string) => ({
  description,
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['error', 'code'],
        properties: { error: { type: 'string' }, code: { type: 'string' } },
      },
    },
  },
});

const parametersOf = (path: string) =>
  [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));

/** OpenAPI 3.1 document of the routes. */
export function renderOpenApi(): object {
  const paths = routes.map(({ path, method = 'get', body, about, answer }) => [
    path.replace(/:(\w+)/g, '{$1}'),
    {
      [method]: {
        summary: about,
        ...(path.includes(':') ? { parameters: parametersOf(path) } : {}),
        ...(body
          ? { requestBody: { required: true, content: { 'application/json': { schema: z.toJSONSchema(body) } } } }
          : {}),
        ...('signedIn' in answer ? { security: [{ accessToken: [] }] } : {}),
        responses: {
          200: { description: 'The answer.', content: { 'application/json': { schema: { type: 'object' } } } },
          ...('signedIn' in answer
            ? {
                401: problem('No access token, or one that is not valid.'),
                403: problem(`A valid token without the right ${answer.right}, or whose claims are not usable.`),
              }
            : {}),
          ...(path === '/readyz' ? { 503: problem('Not ready yet.') } : {}),
        },
      },
    },
  ]);
  return {
    openapi: '3.1.0',
    info: { title: 'Tessera platform API', version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths: { ...Object.fromEntries(paths), [hookPath.replace(/:(\w+)/g, '{$1}')]: describeHooks() },
    components: { securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  };
}
