// The small closed vocabularies that several rooms share.
export const sources = ['okta', 'intune', 'jamf', 'elasticsearch', 'jira'] as const;
export type SourceName = (typeof sources)[number];
export const isSourceName = (value: unknown): value is SourceName => sources.includes(value as SourceName);

/** The Delta layers of a tenant's lake, in the order in which data flows. */
export const layers = ['bronze', 'silver', 'gold'] as const;
export type Layer = (typeof layers)[number];
