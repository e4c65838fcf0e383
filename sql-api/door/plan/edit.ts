// Edits of the client's text: byte ranges replaced, the rest kept byte for byte, and places mapped back.
import type { TwinText } from './contract.ts';

export interface Edit {
  /** Bytes of the client's text. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The part of `bytes` between the two ends, with the edits inside it applied. An edit inside a larger one is part of what that one replaces. */
export function applyEdits(bytes: Buffer, edits: readonly Edit[], from = 0, to = bytes.length): TwinText {
  const inside = edits.filter((edit) => edit.start >= from && edit.end <= to);
  const sorted = inside.toSorted((a, b) => a.start - b.start || (a.start === a.end ? -1 : b.end - a.end));
  const pieces: {
    readonly text: string;
    readonly client: number;
    readonly clientLength: number;
    readonly kept: boolean;
  }[] = [];
  let at = from;
  let client = bytes.toString('utf8', 0, from).length;
  const keep = (end: number) => {
    const text = bytes.toString('utf8', at, end);
    pieces.push({ text, client, clientLength: text.length, kept: true });
    client += text.length;
    at = end;
  };
  for (const edit of sorted) {
    if (edit.start < at && edit.end <= at) continue;
    if (edit.start < at) throw new Error('edits overlap');
    keep(edit.start);
    const clientLength = bytes.toString('utf8', edit.start, edit.end).length;
    pieces.push({ text: edit.text, client, clientLength, kept: false });
    client += clientLength;
    at = edit.end;
  }
  keep(to);
  return {
    text: pieces.map((piece) => piece.text).join(''),
    position: (place) => {
      let left = place - 1;
      for (const piece of pieces) {
        if (left < piece.text.length) return piece.client + (piece.kept ? left : 0) + 1;
        left -= piece.text.length;
      }
      return client + 1;
    },
  };
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A literal that reads the same whatever standard_conforming_strings says. */
export function quoteText(value: string): string {
  const quoted = `'${value.replaceAll("'", "''")}'`;
  return value.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}
