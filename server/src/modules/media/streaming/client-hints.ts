import type { IncomingHttpHeaders } from 'node:http';
import type { ClientHints } from './stream-quality.ts';

/** Everything of a request that `quality=auto` looks at: what its reply varies by. */
export const HINT_HEADERS = [
  'save-data',
  'downlink',
  'ect',
  'rtt',
  'sec-ch-ua-mobile',
  'sec-ch-viewport-width',
  'viewport-width',
] as const;

/** What a player says of itself and of what it holds already. */
export interface AudioClient {
  hints: ClientHints;
  /** Strong tags of the sound that it has begun to fetch: what follows has to come from the same file. */
  held: readonly string[];
}

const PHONE_PIXELS = 600;

/** Reads the client hints (Network Information, Save-Data, viewport) and the validators of a range that goes on. */
export function readAudioClient(headers: IncomingHttpHeaders): AudioClient {
  const widths = [headers['sec-ch-viewport-width'], headers['viewport-width']];
  const width = widths.map(numberOf).find((each) => each !== null) ?? null;
  return {
    hints: {
      saveData: textOf(headers['save-data']).trim().toLowerCase() === 'on',
      downlinkMbps: numberOf(headers.downlink),
      rttMs: numberOf(headers.rtt),
      effectiveType: textOf(headers.ect).trim().toLowerCase() || null,
      isPhone: headers['sec-ch-ua-mobile'] === '?1' || (width !== null && width < PHONE_PIXELS),
    },
    held: [...strongTags(headers['if-range']), ...strongTags(headers['if-match'])],
  };
}

function strongTags(header: string | string[] | undefined): string[] {
  return [...textOf(header).matchAll(/(?<!W\/)"[\x21\x23-\x7e]*"/g)].map(([tag]) => tag);
}

function textOf(header: string | string[] | undefined): string {
  return Array.isArray(header) ? header.join(', ') : (header ?? '');
}

/** Null for what is missing or no number above zero. */
function numberOf(header: string | string[] | undefined): number | null {
  const number = Number(textOf(header) || Number.NaN);
  return number > 0 && number < Number.POSITIVE_INFINITY ? number : null;
}
