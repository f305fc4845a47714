import type { Tx } from '../../kernel/db/db.ts';
import { newId } from '../../kernel/id.ts';
import { JOB_PRIORITY, type JobPriority } from '../../kernel/jobs/job.ts';
import type { Recording } from '../media/public.ts';
import { noEngine, noSound, projectNotFound, recordingNotFound, underWay } from './errors.ts';
import { transcribeJob } from './jobs.ts';
import { ensureDefaultProject, findProject } from './project-repo.ts';
import { tell } from './tell.ts';
import { isUnfinished, type Transcription } from './transcription.ts';
import type { TranscriptionContext } from './transcription-context.ts';
import {
  insertTranscription,
  lockRecordingWork,
  setTranscriptionJob,
  transcriptionsOf,
} from './transcription-repo.ts';

/** For whom it is done; `personId` null when nobody asked. */
export interface Asker {
  organisationId: string;
  personId: string | null;
}

/** How a recording is to be transcribed; absent members take the defaults. */
export interface Wish {
  projectName?: string | undefined;
  language?: string | undefined;
  model?: string | undefined;
  initialPrompt?: string | undefined;
  useVad?: boolean | undefined;
  priority?: JobPriority | undefined;
}

/** Adds a transcription of a recording that is there. Throws what keeps it from being made. */
export async function requestTranscription(
  context: TranscriptionContext,
  asker: Asker,
  recordingId: string,
  wish: Wish,
): Promise<Transcription> {
  const { kernel, media } = context;
  const { organisationId } = asker;
  await refuseUnknown(context, asker, wish);
  return kernel.db.transaction(async (tx) => {
    await lockRecordingWork(tx, organisationId, recordingId);
    const recording = await media.getRecording(tx, organisationId, recordingId);
    if (!recording) throw recordingNotFound();
    await refuseWithoutEngine(context, languageOf(context, recording, wish));
    await refuseTwin(tx, organisationId, recordingId);
    return addTranscription(tx, context, asker, recording, wish);
  });
}

/** Throws what a wish alone cannot have, before anything is kept for it. */
export async function refuseUnknown(
  context: TranscriptionContext,
  { organisationId }: Asker,
  { projectName, language }: Wish,
): Promise<void> {
  if (language !== undefined) await refuseWithoutEngine(context, language);
  const { db, config } = context.kernel;
  if (projectName === undefined || projectName === config.adminProjectName) return;
  if (!(await findProject(db.kysely, organisationId, projectName))) throw projectNotFound();
}

/** As asked for, else as the recording says, else as the installation does. */
export function languageOf(
  { kernel }: TranscriptionContext,
  recording: { language: string | null },
  wish: Wish = {},
): string {
  return wish.language ?? recording.language ?? kernel.config.transcription.language;
}

/** 422 that says how to get an engine. */
export async function refuseWithoutEngine(context: TranscriptionContext, language: string): Promise<void> {
  const engines = await context.engines();
  if (!engines.forLanguage(language)) throw noEngine(language, engines.howToGetOne(language));
}

/** Two at once would do the same work twice, and the slower one would win. */
export async function refuseTwin(tx: Tx, organisationId: string, recordingId: string): Promise<void> {
  const others = await transcriptionsOf(tx, organisationId, recordingId);
  const active = others.find(({ status }) => isUnfinished(status));
  if (active) throw underWay(active);
}

/** Row and job together; until the sound is known it is `pending`, without a job. */
export async function addTranscription(
  tx: Tx,
  context: TranscriptionContext,
  asker: Asker,
  recording: Recording,
  wish: Wish,
): Promise<Transcription> {
  const { organisationId, personId } = asker;
  const added = await insertTranscription(tx, organisationId, {
    id: newId(),
    projectId: await projectOf(tx, context, organisationId, wish.projectName),
    recordingId: recording.id,
    source: 'engine',
    status: statusFor(recording),
    priority: wish.priority ?? 'normal',
    language: languageOf(context, recording, wish),
    model: wish.model ?? null,
    initialPrompt: wish.initialPrompt ?? null,
    useVad: wish.useVad ?? true,
    createdBy: personId,
  });
  const jobId = added.status === 'queued' ? await enqueueTranscription(tx, context, added) : null;
  await tell(tx, context, added);
  return { ...added, jobId };
}

/** The project that a wish names, else the organisation's default one. */
export async function projectOf(
  tx: Tx,
  { kernel }: TranscriptionContext,
  organisationId: string,
  name: string | undefined,
): Promise<string> {
  const named = name === undefined ? null : await findProject(tx, organisationId, name);
  if (named) return named.id;
  const { adminProjectName } = kernel.config;
  const fallback = await ensureDefaultProject(tx, organisationId, adminProjectName);
  if (name !== undefined && name !== fallback.name) throw projectNotFound();
  return fallback.id;
}

/** Sound can be cut as soon as it is stored and known, while its renditions are still being made. */
export function statusFor(recording: Recording): 'pending' | 'queued' {
  if (recording.status === 'error') throw noSound(recording.errorMessage);
  if (recording.status === 'ready') return 'queued';
  const { originalKey, audioStreamIndex, durationMs } = recording;
  return originalKey !== null && audioStreamIndex !== null && durationMs !== null ? 'queued' : 'pending';
}

/** Adds the job and notes its id; null when one already waits or runs. */
export async function enqueueTranscription(
  tx: Tx,
  { kernel }: TranscriptionContext,
  { organisationId, id, priority }: Pick<Transcription, 'organisationId' | 'id' | 'priority'>,
): Promise<string | null> {
  const jobId = await kernel.jobs.enqueue(
    tx,
    transcribeJob,
    { organisationId, transcriptionId: id },
    { priority: JOB_PRIORITY[priority], singletonKey: id },
  );
  if (jobId !== null) await setTranscriptionJob(tx, organisationId, id, jobId);
  return jobId;
}
