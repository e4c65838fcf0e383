// The hooks' door in the OpenAPI description: not in the route table, since its callers have no token but sign.
const answer = (description: string) => ({ description });
const parameter = (name: string, description: string) => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string' },
});
const parameters = [
  parameter('source', 'okta, elasticsearch or jira'),
  parameter('hook', 'the part of the address that `tessera hook create` printed'),
];
const unknown = answer('There is no such hook.');

/** The path item of the door. */
export const describeHooks = (): object => ({
  get: {
    summary: "Answers the challenge of Okta's event hooks.",
    parameters,
    responses: { 200: answer('The challenge, as `verification`.'), 400: answer('No challenge.'), 404: unknown },
  },
  post: {
    summary:
      'Takes a delivery; signed by Standard Webhooks, X-Hub-Signature, a bearer or Authorization, as the hook was made.',
    parameters,
    requestBody: {
      required: true,
      content: { 'application/json': { schema: {} }, 'application/x-ndjson': { schema: { type: 'string' } } },
    },
    responses: {
      200: answer('It is on the disk, and is counted once.'),
      400: answer('Not of the shape that the source delivers; says where and not what.'),
      401: answer('Not signed, or too old. Empty.'),
      404: unknown,
      413: answer('Larger than 1 MB.'),
      429: answer("Over the tenant's share; Retry-After says when."),
      503: answer('Could not be kept in time; send it again after Retry-After.'),
    },
  },
});
