// Application permissions of Graph: what we need, and how to see in a token that it may do more.
export const neededRoles = [
  'DeviceManagementManagedDevices.Read.All',
  'DeviceManagementConfiguration.Read.All',
  'User.Read.All',
] as const;

/** Read-only companions that an administrator may have granted for the MFA registration report and Entra's device objects. */
const toleratedRoles: readonly string[] = ['AuditLog.Read.All', 'Device.Read.All'];

/** Roles of an access token beyond those; none where the token cannot be read (the API decides then). The signature is Graph's business: we only look. */
export function excessRoles(accessToken: string): readonly string[] {
  const payload = accessToken.split('.')[1];
  if (payload === undefined) return [];
  try {
    const { roles } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { roles?: unknown };
    const known = new Set<unknown>([...neededRoles, ...toleratedRoles]);
    return Array.isArray(roles) ? roles.filter((role) => typeof role === 'string' && !known.has(role)).sort() : [];
  } catch {
    return [];
  }
}
