import type { Tx } from '../../kernel/db/db.ts';
import { columnsOf, isWanted, type LiveDocument, placesOfWords, wordRows } from './document.ts';
import {
  addVocabulary,
  countGeneration,
  deleteDocument,
  lockDocuments,
  readLive,
  readSegments,
  readSpeakers,
  replaceWords,
  type Subjects,
  type WordName,
  widenSubjects,
  writeDocument,
} from './index-repo.ts';
import { familyOf } from './lexemes.ts';
import type { Search } from './search.ts';

type Indexing = Pick<Search, 'db' | 'config' | 'lexemes' | 'vocabulary'>;

/**
 * Brings the documents of some débats and recordings to what these are now, in one transaction. It reads the live
 * tables after it holds the documents, so that it may run twice, late or beside itself: the last one to write has
 * seen everything before it. Words are made anew only when their text changed, or when they
 * were made before `madeBefore`.
 */
export async function indexSubjects(
  search: Indexing,
  organisationId: string,
  subjects: Subjects,
  madeBefore: Date | null = null,
): Promise<void> {
  const added = await search.db.transaction(async (tx) => {
    const touched = await widenSubjects(tx, organisationId, subjects);
    const nos = await lockDocuments(tx, organisationId, touched);
    const vocabulary: WordName[] = [];
    for (const live of await readLive(tx, organisationId, nos)) {
      if (isWanted(live)) await indexOne(search, tx, organisationId, live, madeBefore, vocabulary);
      else await deleteDocument(tx, organisationId, live.no);
    }
    const unknown = search.vocabulary.unknown(organisationId, vocabulary);
    if (unknown.length > 0) await addVocabulary(tx, organisationId, unknown);
    await countGeneration(tx, organisationId);
    return unknown;
  });
  search.vocabulary.add(organisationId, added);
}

async function indexOne(
  { config, lexemes }: Indexing,
  tx: Tx,
  organisationId: string,
  live: LiveDocument,
  madeBefore: Date | null,
  vocabulary: WordName[],
): Promise<void> {
  const { no, madeFrom, indexedAt } = live;
  const speakers = await speakersOf(tx, organisationId, live);
  const columns = columnsOf(live, speakers, config.transcription.language);
  await writeDocument(tx, organisationId, no, columns);
  const isOld = madeBefore !== null && indexedAt < madeBefore;
  if (columns.madeFrom === madeFrom && !isOld) return;
  const { transcriptionId, version, recordingId, title, language } = columns;
  const segments =
    transcriptionId === null || version === null || recordingId === null
      ? []
      : await readSegments(tx, organisationId, recordingId, { transcriptionId, version });
  const places = placesOfWords(title, segments);
  const names = await lexemes.of(tx, familyOf(language), places.keys());
  await replaceWords(tx, organisationId, no, wordRows(places, names));
  for (const [word, lexeme] of names) if (lexeme !== null) vocabulary.push({ word, lexeme });
}

function speakersOf(tx: Tx, organisationId: string, live: LiveDocument): Promise<string[]> {
  const { recording, transcript, debatId } = live;
  if (!recording || !transcript || recording.holderId !== debatId) return Promise.resolve([]);
  return readSpeakers(tx, organisationId, recording.id, transcript.transcriptionId);
}
