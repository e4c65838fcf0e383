// Entra's users by delta query: the deltaLink is the cursor, and removals come as records.
import { Fault } from '@tessera/base';
import type { StreamDefinition, StreamPage } from '../contract.ts';
import type { GraphClient } from './client.ts';

const select =
  'id,accountEnabled,userPrincipalName,mail,displayName,department,jobTitle,employeeType,userType,createdDateTime';
const start = `/users/delta?$select=${select}`;

/** `next`: in the middle of a round; `delta`: between rounds; `resync`: a forgotten cursor is being replaced by a complete listing, which must be run in one go. */
interface Cursor {
  readonly next?: string;
  readonly delta?: string;
  readonly resync?: true;
}

export const users: StreamDefinition<GraphClient> = {
  name: 'users',
  about: 'Entra users, guests included. Members are joined to other systems by mail or UPN.',
  mode: 'changes',
  endpoint: 'GET /users/delta',
  records: '$.value[*]',
  primaryKey: ['id'],
  deletedBy: '$."@removed"',
  pageSize: 200,
  cursorAbout: 'The deltaLink of the last complete round. A forgotten one (410) is replaced by a complete listing.',
  deletes:
    'A record with @removed (reason changed: in the bin, deleted: for good) is a deletion; after a 410, a user whom the complete listing no longer has.',
  retention: 'Deleted users stay 30 days in the bin; a deltaLink is good for about as long.',
  // Graph's default fields, which come where $select is not honoured.
  alsoKnown:
    '@odata.type @odata.id businessPhones givenName surname mobilePhone officeLocation preferredLanguage'.split(' '),
  columns: {
    id: { type: 'VARCHAR', path: '$.id', required: true, about: 'Entra object id.' },
    user_principal_name: {
      type: 'VARCHAR',
      path: '$.userPrincipalName',
      nullIf: [''],
      about: "Sign-in name; a guest's is name_domain#EXT#@tenant.",
    },
    mail: { type: 'VARCHAR', path: '$.mail', nullIf: [''], about: 'E-mail; often null.' },
    display_name: { type: 'VARCHAR', path: '$.displayName', about: 'Display name.' },
    department: { type: 'VARCHAR', path: '$.department', nullIf: [''], about: 'Department.' },
    job_title: { type: 'VARCHAR', path: '$.jobTitle', nullIf: [''], about: 'Job title.' },
    employee_type: {
      type: 'VARCHAR',
      path: '$.employeeType',
      nullIf: [''],
      about: 'Employee, contractor, … as the tenant writes it.',
    },
    user_type: { type: 'VARCHAR', path: '$.userType', about: 'Member or Guest.' },
    account_enabled: { type: 'BOOLEAN', path: '$.accountEnabled', about: 'May sign in.' },
    created_at: { type: 'TIMESTAMPTZ', path: '$.createdDateTime', about: 'When the account was made.' },
    removed_reason: {
      type: 'VARCHAR',
      path: '$."@removed".reason',
      about: 'changed or deleted on a removal; else null.',
    },
  },
  pages: async function* ({ client, cursor }) {
    const { next, delta, resync } = (cursor ?? {}) as Cursor;
    if (resync) return yield* complete(client);
    try {
      yield* round(client, next ?? delta ?? start);
    } catch (fault) {
      if (!(fault instanceof Fault) || fault.code !== 'CURSOR_EXPIRED') throw fault;
      yield* complete(client);
    }
  },
};

async function* round(client: GraphClient, from: string): AsyncGenerator<StreamPage> {
  for await (const { next, delta, ...page } of client.list(users.name, from)) {
    yield { ...page, cursor: (next === undefined ? { delta } : { next }) satisfies Cursor | { delta: undefined } };
  }
}

// Removals of the time we missed are never told, so the new listing says who is still there; half of one says nothing, hence no `next` in the cursor.
async function* complete(client: GraphClient): AsyncGenerator<StreamPage> {
  for await (const { next, delta, ...page } of client.list(users.name, start)) {
    yield {
      ...page,
      full: true,
      cursor: (next === undefined ? { delta } : { resync: true }) satisfies Cursor | { delta: undefined },
    };
  }
}
