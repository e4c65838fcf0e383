// Texts by which Jamf Pro says "nothing here": empty, or the word itself.
export const missing = ['', 'null'] as const;
