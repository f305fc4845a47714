import type { Side } from './servers.ts';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|\+00:00)$/;
const PAGES = [
  '',
  '?page=3&commission=Finances',
  '?page=2&per_page=50&commission=D%C3%A9fense',
  '?page=2500&per_page=20',
];

/** Where ours lacks or changes what the peer says; fields that only ours has are no difference. */
export function differences(peer: unknown, ours: unknown, at = '$'): string[] {
  if (Array.isArray(peer)) {
    if (!Array.isArray(ours) || ours.length !== peer.length) return [`${at}: not the same items`];
    return peer.flatMap((item, index) => differences(item, ours[index], `${at}[${index}]`));
  }
  if (typeof peer === 'object' && peer !== null) {
    if (typeof ours !== 'object' || ours === null) return [`${at}: ${JSON.stringify(ours)}`];
    const members = new Map(Object.entries(ours));
    return Object.entries(peer).flatMap(([key, value]) =>
      differences(value, members.get(key), `${at}.${key}`),
    );
  }
  return sameValue(peer, ours) ? [] : [`${at}: ${JSON.stringify(peer)} ≠ ${JSON.stringify(ours)}`];
}

/** Both sides write ISO 8601 in UTC, one with `+00:00`, one with `Z`. */
function sameValue(peer: unknown, ours: unknown): boolean {
  if (typeof peer === 'string' && typeof ours === 'string' && INSTANT.test(peer) && INSTANT.test(ours)) {
    return Date.parse(peer) === Date.parse(ours);
  }
  return Object.is(peer, ours);
}

/** Asks both sides for the same débats and pages; returns every difference and how many children were compared. */
export async function compareReplies(
  peer: Side,
  ours: Side,
  ids: readonly string[],
): Promise<{ replies: number; children: number; found: string[] }> {
  const paths = [...ids.map((id) => `/api/debats/${id}`), ...PAGES.map((query) => `/api/debats/${query}`)];
  const found: string[] = [];
  let children = 0;
  for (const path of paths) {
    const [theirs, mine] = await Promise.all([ask(peer, path), ask(ours, path)]);
    children += JSON.stringify(theirs).split('"debate_id"').length - 1;
    found.push(...differences(theirs, mine).map((difference) => `${path} ${difference}`));
  }
  return { replies: paths.length, children, found };
}

async function ask(side: Side, path: string): Promise<unknown> {
  const headers = new Headers();
  if (side.token !== '') headers.set('authorization', `Bearer ${side.token}`);
  const reply = await fetch(side.base + path, { headers });
  if (reply.status !== 200) throw new Error(`${side.name} answered ${path} with ${reply.status}`);
  return reply.json();
}
