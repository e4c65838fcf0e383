// Privileges of a Jamf Pro API client: what we need, and how to see that it has more.
export const neededPrivileges = ['Read Computers', 'Read Mobile Devices'] as const;

/** Anything found in `/api/v1/auth` that is not reading, and full access by name. Nothing found is nothing known. */
export function excessPrivileges(self: unknown): readonly string[] {
  const excess = new Set<string>();
  collect(self, excess);
  return [...excess].sort();
}

function collect(node: unknown, into: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [name, value] of Object.entries(node)) {
    if (name === 'privilegeSet' && value === 'ADMINISTRATOR') into.add('privilege set ADMINISTRATOR');
    // privileges: [..], and privilegesBySite: { "-1": [..] }
    if (/^privileges(BySite)?$/.test(name) && typeof value === 'object' && value !== null) {
      for (const privilege of Object.values(value).flat()) {
        if (typeof privilege === 'string' && !/^Read /.test(privilege)) into.add(privilege);
      }
    } else {
      collect(value, into);
    }
  }
}
