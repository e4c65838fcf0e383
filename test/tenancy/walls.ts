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

/** What a SQL door without a gate shows beside the views: the tables behind them, with what no caller can name. */
export const hiddenViews: ServedModel['described'] = hiddenMembers.map((member) => {
  const [name = '', column = ''] = member.split('.');
  return {
    name,
    title: name,
    about: '',
    columns: [{ name: column, kind: 'dimension', type: 'text', title: column, about: '' }],
    primaryKey: [],
    rowCount: undefined,
    foreignKeys: [],
  };
});

const tenantColumn = '$' + '{CUBE}.tenant_id';

type File = ServedModel['files'][number];
const withoutPredicate = (content: string) =>
  content.replaceAll(`tenant_id: {\n  sql: () => \`${tenantColumn}\``, `tenant_id: {\n  sql: () => \`'${asker}'\``);
const withoutHiding = (content: string) => content.replaceAll('public: false', 'public: true');
function rewritten(files: readonly File[], rewrite: (content: string) => string): readonly File[] {
  const made = files.map(({ fileName, content }) => ({ fileName, content: rewrite(content) }));
  if (made.some(({ content }, at) => content === files[at]?.content))
    throw new Error('a cube of the model no longer has what this looks for');
  return made;
}

/**
 * Without the predicate the tenant of every row is the asker's: the condition is written and means nothing. Without the gate the model hides nothing either, which
 * would refuse what the gate lets through, and the SQL door shows the tables behind the views.
 */
export function wallsDown(whole: ServedModel, walls: Walls): ServedModel {
  const predicate = walls.predicate
    ? whole
    : { ...whole, files: rewritten(whole.files, withoutPredicate), hash: `${whole.hash}-open` };
  if (walls.gate) return predicate;
  return {
    ...predicate,
    files: rewritten(predicate.files, withoutHiding),
    hash: `${predicate.hash}-bare`,
    tenantMembers: {
      ...whole.tenantMembers,
      ...Object.fromEntries(hiddenMembers.map((name) => [name.split('.')[0], [name]])),
    },
    described: [...whole.described, ...hiddenViews],
  };
}
