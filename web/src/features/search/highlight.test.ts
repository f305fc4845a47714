import { expect, test } from 'vitest';
import { readHighlight } from './highlight.ts';

test('marks become pieces, entities become characters, nothing else becomes markup', () => {
  expect(readHighlight('l’<mark>eau</mark> &amp; les &lt;b&gt;')).toEqual([
    { text: 'l’', isMark: false },
    { text: 'eau', isMark: true },
    { text: ' & les <b>', isMark: false },
  ]);
  expect(readHighlight('&amp;lt; <img src=x onerror=alert(1)> &#39;&quot;')).toEqual([
    { text: '&lt; <img src=x onerror=alert(1)> \'"', isMark: false },
  ]);
  expect(readHighlight('')).toEqual([]);
});
