// Taking a wall away, by the arguments that the semantic layer has anyway: nothing in the product knows of this.
import { renderModel, subjects } from '@tessera/model';
import type { ServedModel } from '@tessera/platform';
import { actions, type MemberType, type Rights } from '@tessera/security';
import type { Walls } from './messages.ts';
import { asker } from './world.ts';

export const model = renderModel(subjects);

/** Members that no caller can name, which hold the tenant; a gate that is down lets them through. */
export const hiddenMembers: readonly string[] = Object.values(model.tenantMembers).flat();

/** Everything by everybody: what is left of the gate is the form of a query. */
export const gatelessRights: Rights = Object.freeze({
  id: 'no gate',
  policy: 'none',
  roles: ['everybody'],
  members: {
    ...model.members,
    dimensions: new Map<string, MemberType>([
      ...model.members.dimensions,
      ...hiddenMembers.map((name): [string, MemberType] => [name, 'string']),
    ]),
  },
  masked: new Set<string>(),
  rows: {},
  actions: new Set(actions),
});

const tenantColumn = '$' + '{CUBE}.tenant_id';

/** Without the predicate the tenant of every row is the asker's: the condition is written and means nothing. */
export function wallsDown(whole: ServedModel, walls: Walls): ServedModel {
  const tenantMembers = walls.gate
    ? whole.tenantMembers
    : { ...whole.tenantMembers, ...Object.fromEntries(hiddenMembers.map((name) => [name.split('.')[0], [name]])) };
  if (walls.predicate) return { ...whole, tenantMembers };
  const files = whole.files.map(({ fileName, content }) => ({
    fileName,
    content: content.replaceAll(
      `tenant_id: {\n  sql: () => \`${tenantColumn}\``,
      `tenant_id: {\n  sql: () => \`'${asker}'\``,
    ),
  }));
  if (files.some(({ content }, at) => content === whole.files[at]?.content))
    throw new Error('a cube of the model no longer has its tenant where this looks for it');
  return { ...whole, files, hash: `${whole.hash}-open`, tenantMembers };
}
