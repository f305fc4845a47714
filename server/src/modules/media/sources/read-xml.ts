import { XMLParser } from 'fast-xml-parser';
import { SourceFault } from './source-fault.ts';

/** An element: its attributes under `@name`, its children under their names, its text under `#text`. */
export type XmlElement = Readonly<Record<string, unknown>>;

const deepest = 64;

const parser = new XMLParser({
  attributeNamePrefix: '@',
  ignoreAttributes: false,
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  alwaysCreateTextNode: true,
  isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
  maxNestedTags: deepest,
  // A document may define entities that grow without end; none of ours needs any but the five of XML (`plain`).
  processEntities: false,
});

/** The root element of this name, null when the document has another. Throws SourceFault for what is no XML. */
export function readXml(text: string, rootName: string): XmlElement | null {
  let parsed: unknown;
  try {
    parsed = parser.parse(text);
  } catch (cause) {
    throw new SourceFault('bad-playlist', 'The document at this address cannot be read.', { cause });
  }
  return isElement(parsed) ? (childrenOf(parsed, rootName)[0] ?? null) : null;
}

/** Child elements of this name, in order. */
export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  const found = Object.hasOwn(element, name) ? element[name] : undefined;
  return Array.isArray(found) ? found.filter(isElement) : [];
}

/** The first child of this name. */
export const childOf = (element: XmlElement, name: string): XmlElement | undefined =>
  childrenOf(element, name)[0];

/** An attribute's text, undefined when absent. */
export function attributeOf(element: XmlElement | undefined, name: string): string | undefined {
  const found = element !== undefined && Object.hasOwn(element, `@${name}`) ? element[`@${name}`] : undefined;
  return typeof found === 'string' ? plain(found) : undefined;
}

/** An element's own text, '' when it has none. */
export function textOf(element: XmlElement | undefined): string {
  const found = element?.['#text'];
  return typeof found === 'string' ? plain(found).trim() : '';
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The five entities of XML and characters by number; everything else stays as it is written. */
function plain(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi,
    (all, hex, decimal, name) => {
      if (typeof name === 'string') return entities[name.toLowerCase()] ?? all;
      const point = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
      return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : '';
    },
  );
}

const isElement = (value: unknown): value is XmlElement => typeof value === 'object' && value !== null;
