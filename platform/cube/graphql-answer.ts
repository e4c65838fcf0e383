// Errors inside a GraphQL answer: Cube's are 500 and bare, whoever is to blame; here each carries its code, and the answer the status of the first.
import type { Fault } from '@tessera/base';
import type { Request, Response } from 'express';

/** What Cube's context of a request carries for us: the faults of its questions, as the gateway met them. */
export interface FaultNotes {
  readonly faults: Fault[];
}

interface GraphQlError {
  readonly message: string;
  readonly path?: readonly unknown[];
}
interface GraphQlAnswer {
  readonly errors?: readonly GraphQlError[];
}

/** Replaces `response.json` by one that looks at the answer first. Nothing changes in an answer without errors. */
export function presentGraphQlFaults(request: Request, response: Response): void {
  const send = response.json.bind(response);
  response.json = (answer: GraphQlAnswer) => {
    const { errors = [] } = answer ?? {};
    const [first] = errors;
    if (!first) return send(answer);
    const { faults = [] } = (request as { context?: Partial<FaultNotes> }).context ?? {};
    const read = errors.map((error) => ({ ...error, ...blame(error, faults) }));
    response.status(read[0]?.status ?? 500);
    return send({ ...answer, errors: read.map(({ status: _, ...error }) => error) });
  };
}

function blame(error: GraphQlError, faults: readonly Fault[]): { status: number; extensions?: { code: string } } {
  const fault = faults.find(({ message }) => message === error.message);
  if (fault) return { status: fault.status, extensions: { code: fault.code } };
  // Without a path no question was reached: GraphQL itself refused a name, a type or a variable.
  if (error.path === undefined) return { status: 400, extensions: { code: 'GRAPHQL_REFUSED' } };
  return { status: error.message === 'Continue wait' ? 503 : 500 };
}
