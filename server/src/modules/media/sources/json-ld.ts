import type { PageMedia } from './read-page.ts';
import { webAddress } from './web-address.ts';

const deepest = 8;
const mostNodes = 2000;

/** The sounds of a page's JSON-LD: AudioObject before VideoObject, wherever they stand in it. */
export function mediaOfJsonLd(json: string, base: string): PageMedia[] {
  const found: PageMedia[] = [];
  let visited = 0;
  const visit = (node: unknown, depth: number): void => {
    if (depth > deepest || ++visited > mostNodes || typeof node !== 'object' || node === null) return;
    const one = Array.isArray(node) ? null : mediaOf(node, base);
    if (one) found.push(one);
    for (const value of Object.values(node)) visit(value, depth + 1);
  };
  visit(parsed(json), 0);
  return found.sort((one, other) => Number(other.isSound) - Number(one.isSound));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

function mediaOf(node: object, base: string): PageMedia | null {
  const types = [Reflect.get(node, '@type')].flat();
  const isSound = types.includes('AudioObject');
  if (!isSound && !types.includes('VideoObject')) return null;
  const content = [Reflect.get(node, 'contentUrl')].flat().find((value) => typeof value === 'string');
  const address = webAddress(content, base);
  if (address === null) return null;
  const name: unknown = Reflect.get(node, 'name');
  const title = typeof name === 'string' && name.trim() !== '' ? name.trim() : null;
  return { address, from: 'json-ld', title, isSound, captions: [] };
}
