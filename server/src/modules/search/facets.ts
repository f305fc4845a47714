import type { Db } from '../../kernel/db/db.ts';
import type { FoundDocument } from './found.ts';
import { type Attributes, readAttributes } from './postings-repo.ts';

/** A value, and how many results have it. */
export interface FacetCount {
  value: string;
  count: number;
}

/** The facets of a search; each counts all results, the most frequent values first. */
export interface Facets {
  commission: FacetCount[];
  depute: FacetCount[];
  type: FacetCount[];
  year: FacetCount[];
}

/** Adds up what documents are about; what is known of a document is kept until it changes. */
export interface FacetCounter {
  count(
    read: Db['read'],
    organisationId: string,
    byDocument: ReadonlyMap<FoundDocument, number>,
  ): Promise<Facets>;
}

/** Values shown of each facet. */
export const MOST_VALUES = 50;
const MOST_KEPT = 50_000;

export function createFacetCounter(mostKept = MOST_KEPT): FacetCounter {
  // By the document's number, which is unique in the installation; the stamp says whether it is still so.
  let kept = new Map<number, Known>();
  let values = createValues();

  async function fetchUnknown(
    read: Db['read'],
    organisationId: string,
    documents: Iterable<FoundDocument>,
  ): Promise<void> {
    const unknown: number[] = [];
    for (const { no, stamp } of documents) if (kept.get(no)?.stamp !== stamp) unknown.push(no);
    if (unknown.length === 0) return;
    for (const attributes of await readAttributes(read, organisationId, unknown)) {
      kept.set(attributes.no, toKnown(attributes, values));
    }
  }

  return {
    count: async (read, organisationId, byDocument) => {
      if (kept.size > mostKept) {
        kept = new Map();
        values = createValues();
      }
      await fetchUnknown(read, organisationId, byDocument.keys());
      const counts = new Int32Array(values.names.length);
      for (const [{ no }, count] of byDocument) {
        for (const value of kept.get(no)?.values ?? []) counts[value] = (counts[value] ?? 0) + count;
      }
      return toFacets(values.names, counts);
    },
  };
}

/** A document's values by their numbers: adding up 2,000 documents has to take a moment only. */
interface Known {
  stamp: number;
  values: number[];
}

interface Value {
  facet: keyof Facets;
  value: string;
}

/** Every value of every facet, numbered in the order in which they were met. */
function createValues() {
  const numbers = new Map<string, number>();
  const names: Value[] = [];
  const numberOf = (facet: keyof Facets, value: string): number => {
    const key = `${facet} ${value}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, names.length);
    return names.push({ facet, value }) - 1;
  };
  return { names, numberOf };
}

function toKnown(
  { stamp, commission, type, year, people }: Attributes,
  { numberOf }: ReturnType<typeof createValues>,
): Known {
  const values = people.map((person) => numberOf('depute', person));
  values.push(numberOf('year', year));
  if (commission !== null) values.push(numberOf('commission', commission));
  if (type !== null) values.push(numberOf('type', type));
  return { stamp, values };
}

function toFacets(names: readonly Value[], counts: Int32Array): Facets {
  const facets: Facets = { commission: [], depute: [], type: [], year: [] };
  for (const [number, { facet, value }] of names.entries()) {
    const count = counts[number] ?? 0;
    if (count > 0) facets[facet].push({ value, count });
  }
  for (const facet of ['commission', 'depute', 'type', 'year'] as const) {
    facets[facet] = facets[facet]
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
      .slice(0, MOST_VALUES);
  }
  return facets;
}
