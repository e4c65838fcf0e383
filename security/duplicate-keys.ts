// Finds a key that occurs twice in one JSON object: parsers disagree on which wins, so a signed payload with one is refused.
/** True where any object of the JSON text names a key twice. The text must be valid JSON. */
export function hasDuplicateKeys(json: string): boolean {
  const stack: (Set<string> | undefined)[] = [];
  let at = 0;
  while (at < json.length) {
    const char = json[at];
    if (char === '{') stack.push(new Set());
    else if (char === '[') stack.push(undefined);
    else if (char === '}' || char === ']') stack.pop();
    else if (char === '"') {
      const end = endOfString(json, at);
      const keys = stack.at(-1);
      if (keys && /^\s*:/.test(json.slice(end, end + 64))) {
        const key = JSON.parse(json.slice(at, end)) as string;
        if (keys.has(key)) return true;
        keys.add(key);
      }
      at = end;
      continue;
    }
    at += 1;
  }
  return false;
}

function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}
