// Dates by which Graph says "never" or "none" (the list gives seconds, single entities give seven digits).
export const never = [
  '0001-01-01T00:00:00Z',
  '0001-01-01T00:00:00.0000000Z',
  '9999-12-31T23:59:59Z',
  '9999-12-31T23:59:59.9999999Z',
  '',
] as const;
