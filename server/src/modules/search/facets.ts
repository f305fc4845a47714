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
  const kept = new Map<number, Attributes>();

  async function fetchUnknown(
    read: Db['read'],
    organisationId: string,
    documents: Iterable<FoundDocument>,
  ): Promise<void> {
    const unknown: number[] = [];
    for (const { no, stamp } of documents) if (kept.get(no)?.stamp !== stamp) unknown.push(no);
    if (unknown.length === 0) return;
    if (kept.size + unknown.length > mostKept) kept.clear();
    for (const attributes of await readAttributes(read, organisationId, unknown)) {
      kept.set(attributes.no, attributes);
    }
  }

  return {
    count: async (read, organisationId, byDocument) => {
      await fetchUnknown(read, organisationId, byDocument.keys());
      const counted = { commission: new Map(), depute: new Map(), type: new Map(), year: new Map() };
      for (const [{ no }, count] of byDocument) {
        const about = kept.get(no);
        if (!about) continue;
        add(counted.commission, about.commission, count);
        add(counted.type, about.type, count);
        add(counted.year, about.year, count);
        for (const person of about.people) add(counted.depute, person, count);
      }
      return {
        commission: mostFrequent(counted.commission),
        depute: mostFrequent(counted.depute),
        type: mostFrequent(counted.type),
        year: mostFrequent(counted.year),
      };
    },
  };
}

function add(counts: Map<string, number>, value: string | null, count: number): void {
  if (value !== null) counts.set(value, (counts.get(value) ?? 0) + count);
}

function mostFrequent(counts: ReadonlyMap<string, number>): FacetCount[] {
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, MOST_VALUES);
}
