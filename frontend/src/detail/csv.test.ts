// Tables that leave the page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toCsv } from './csv.ts';

test('quotes, commas and line breaks are kept inside their field', () => {
  assert.equal(
    toCsv(
      ['a', 'b'],
      [
        ['x,y', 'say "no"'],
        ['two\nlines', null],
      ],
    ),
    'a,b\r\n"x,y","say ""no"""\r\n"two\nlines",\r\n',
  );
});

test('text that a spreadsheet would run is defused, negative numbers are not (attacks 157, 177)', () => {
  for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1']) {
    assert.ok(toCsv(['t'], [[text]]).includes(`'${text}`), text);
  }
  assert.equal(toCsv(['n'], [[-36.2]]), 'n\r\n-36.2\r\n');
});
