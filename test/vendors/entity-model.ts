// Graph's entity model (CSDL): whether an object has only the properties of its type, with values of their types.
import { XMLParser } from 'fast-xml-parser';

interface Property {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
}
interface Model {
  readonly structures: ReadonlyMap<
    string,
    { readonly base: string | undefined; readonly properties: readonly Property[] }
  >;
  readonly enums: ReadonlyMap<string, ReadonlySet<string>>;
}
interface Xml {
  readonly [name: string]: Xml | string | readonly Xml[] | undefined;
}

/** What is wrong with an object of a type; nothing is an empty list. */
export function entityChecks(csdl: string): (type: string, object: unknown) => readonly string[] {
  const model = readModel(csdl);
  return (type, object) => check(model, type, object, type);
}

function readModel(csdl: string): Model {
  const isArray = (name: string) => /^(EntityType|ComplexType|EnumType|Property|NavigationProperty|Member)$/.test(name);
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '', isArray });
  const schema = (parser.parse(csdl) as Xml).Schema as Xml;
  const list = (xml: Xml, name: string) => (xml[name] ?? []) as readonly Xml[];
  const structures = [...list(schema, 'EntityType'), ...list(schema, 'ComplexType')].map((one) => {
    const properties = list(one, 'Property').map((property) => ({
      name: `${property.Name}`,
      type: `${property.Type}`,
      nullable: property.Nullable !== 'false',
    }));
    const base = typeof one.BaseType === 'string' ? one.BaseType.replace('graph.', '') : undefined;
    return [`${one.Name}`, { base, properties }] as const;
  });
  const key = { name: 'id', type: 'Edm.String', nullable: true };
  const deleted = { name: 'deletedDateTime', type: 'Edm.DateTimeOffset', nullable: true };
  return {
    structures: new Map([
      ['entity', { base: undefined, properties: [key] }],
      ['directoryObject', { base: 'entity', properties: [deleted] }],
      ...structures,
    ]),
    enums: new Map(
      list(schema, 'EnumType').map((one) => [`${one.Name}`, new Set(list(one, 'Member').map(({ Name }) => `${Name}`))]),
    ),
  };
}

function check(model: Model, type: string, object: unknown, where: string): readonly string[] {
  if (typeof object !== 'object' || object === null) return [`${where} is no object`];
  const known = new Map(propertiesOf(model, type).map((property) => [property.name, property]));
  // Of a derived type that the model does not hold, only what it inherits can be checked.
  const derived = '@odata.type' in object;
  return Object.entries(object).flatMap(([name, value]) => {
    const property = known.get(name);
    if (name.startsWith('@')) return [];
    if (!property) return derived ? [] : [`${where}.${name} is no property of ${type}`];
    return checkValue(model, property, value, `${where}.${name}`);
  });
}

function propertiesOf(model: Model, type: string): readonly Property[] {
  const structure = model.structures.get(type);
  return structure ? [...(structure.base ? propertiesOf(model, structure.base) : []), ...structure.properties] : [];
}

const primitives: Readonly<Record<string, (value: unknown) => boolean>> = {
  'Edm.String': (value) => typeof value === 'string',
  'Edm.Boolean': (value) => typeof value === 'boolean',
  'Edm.Int32': Number.isInteger,
  'Edm.Int64': Number.isInteger,
  'Edm.Double': (value) => typeof value === 'number',
  'Edm.DateTimeOffset': (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value),
};

function checkValue(
  model: Model,
  { type, nullable }: Pick<Property, 'type' | 'nullable'>,
  value: unknown,
  where: string,
): readonly string[] {
  if (value === null) return nullable ? [] : [`${where} is null`];
  const element = /^Collection\((.+)\)$/.exec(type)?.[1];
  if (element !== undefined) {
    if (!Array.isArray(value)) return [`${where} is no array`];
    return value.flatMap((one) => checkValue(model, { type: element, nullable: false }, one, `${where}[]`));
  }
  const primitive = primitives[type];
  if (primitive) return primitive(value) ? [] : [`${where} is no ${type}`];
  const name = type.replace('graph.', '');
  const members = model.enums.get(name);
  if (members) return members.has(`${value}`) ? [] : [`${where} is no ${name}: ${value}`];
  return model.structures.has(name) ? check(model, name, value, where) : [];
}
