import { typeset } from '../../i18n/typeset.ts';
import { readHighlight } from './highlight.ts';

/** A text of the server's with its marks. */
export function Highlighted({ html }: { html: string }) {
  let from = 0;
  return (
    <>
      {readHighlight(html).map(({ text, isMark }) => {
        const key = from;
        from += text.length;
        return isMark ? <mark key={key}>{text}</mark> : <span key={key}>{typeset(text)}</span>;
      })}
    </>
  );
}
