// Whether two sets of table versions are one.
type Versions = Readonly<Record<string, number>>;

export const isSameVersions = (a: Versions, b: Versions): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, version]) => b[name] === version);
