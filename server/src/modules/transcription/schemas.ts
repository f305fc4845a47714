import Type from 'typebox';
import { LanguageTag, PageMembers } from '../../kernel/http/schemas.ts';
import { TRANSCRIPTION_STATUSES } from './transcription.ts';

const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Id = Type.String({ format: 'uuid' });
const Time = Type.String({ format: 'date-time' });
const Seconds = Type.Number({ description: 'Seconds, exact to the millisecond' });
const Later = orNull(Type.String({ description: 'For later: always null' }));
const Status = Type.Enum([...TRANSCRIPTION_STATUSES]);
const Source = Type.Enum(['engine', 'import']);

const Word = Type.Object({
  start: Seconds,
  end: Seconds,
  text: Type.String(),
  confidence: orNull(Type.Number({ minimum: 0, maximum: 1 })),
});

const segment = {
  start: Seconds,
  end: Seconds,
  text: Type.String(),
  speaker: orNull(Type.String()),
  confidence: orNull(Type.Number({ minimum: 0, maximum: 1 })),
  words: orNull(Type.Array(Word)),
};

export const TranscriptionSchema = Type.Object(
  {
    id: Id,
    status: Status,
    progress: Type.Integer({ minimum: 0, maximum: 100 }),
    recording_id: Id,
    recording_title: Type.String(),
    source: Source,
    engine: orNull(Type.String({ description: 'Once it has begun; null for imports' })),
    project_name: Type.String(),
    worker_id: orNull(Type.String()),
    celery_task_id: orNull(Type.String({ description: 'Id of the job' })),
    file_path: Type.String({ description: 'Where the sound plays; never a path of the server' }),
    language: Type.String(),
    duration: orNull(Seconds),
    processing_time: orNull(Seconds),
    queue_wait_time: orNull(Seconds),
    text: orNull(Type.String({ description: 'What is recognised so far; null in lists' })),
    segments: orNull(
      Type.Array(Type.Object(segment), { description: 'What is recognised so far; null in lists' }),
    ),
    segments_count: orNull(Type.Integer({ description: 'Once it is done' })),
    error_message: orNull(Type.String({ description: 'A sentence that can be shown' })),
    error_code: orNull(Type.String()),
    vad_enabled: Type.Boolean(),
    diarization_enabled: Type.Boolean({ description: 'For later: always false' }),
    enrichment_requested: Type.Boolean({ description: 'For later: always false' }),
    text_correction: Type.Boolean({ description: 'For later: always false' }),
    whisper_model: orNull(Type.String({ description: 'As asked for; null leaves it to the engine' })),
    initial_prompt: orNull(Type.String()),
    enrichment_status: Later,
    enrichment_worker_id: Later,
    enrichment_data: Type.Null({ description: 'For later' }),
    enrichment_error: Later,
    enrichment_processing_time: Type.Null({ description: 'For later' }),
    llm_model: Later,
    enrichment_prompts: Type.Null({ description: 'For later' }),
    enriched_text: Later,
    enhanced_text: Later,
    created_at: Time,
    queued_at: orNull(Time),
    processing_start_time: orNull(Time),
    processing_end_time: orNull(Time),
    finished_at: orNull(Time),
  },
  { $id: 'Transcription' },
);

export const TranscriptionRef = Type.Ref('Transcription');

export const TranscriptionPage = Type.Object({
  transcriptions: Type.Array(TranscriptionRef),
  ...PageMembers,
});

const Filter = {
  status: Type.Optional(Status),
  project: Type.Optional(Type.String({ maxLength: 200, description: 'Name of a project' })),
  search: Type.Optional(Type.String({ maxLength: 200, description: 'Words of the recording’s title' })),
  recording_id: Type.Optional(Type.String({ maxLength: 100 })),
};

export const ListQuery = Type.Object({
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, default: 1 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 25 })),
  ...Filter,
});

export const CountQuery = Type.Object(Filter);
export type FilterQuery = Type.Static<typeof CountQuery>;

const Count = Type.Integer({ minimum: 0 });
export const Counts = Type.Object({
  total_filtered: Count,
  pending: Count,
  queued: Count,
  processing: Count,
  transcribed: Count,
  done: Count,
  error: Count,
  total_global: Count,
});

export const IdParams = Type.Object({ id: Type.String({ maxLength: 100 }) });

const NotYet = 'Accepted, without effect in this version';
const wish = {
  project_name: Type.Optional(
    Type.String({ maxLength: 200, description: 'Default: the organisation’s default project' }),
  ),
  language: Type.Optional(LanguageTag),
  use_vad: Type.Optional(Type.Boolean({ default: true, description: 'Leave long silences out' })),
  whisper_model: Type.Optional(
    Type.String({ maxLength: 200, description: 'Default: the engine’s own choice' }),
  ),
  initial_prompt: Type.Optional(
    Type.String({ maxLength: 4000, description: 'Names and words to be expected' }),
  ),
  priority: Type.Optional(Type.Enum(['low', 'normal', 'high', 'urgent'])),
  diarization: Type.Optional(Type.Boolean({ description: NotYet })),
  enrichment: Type.Optional(Type.Boolean({ description: NotYet })),
  text_correction: Type.Optional(Type.Boolean({ description: NotYet })),
  llm_model: Type.Optional(Type.String({ maxLength: 200, description: NotYet })),
  enrichment_prompts: Type.Optional(Type.Unknown({ description: NotYet })),
};

/** What may be wished for, however it is sent. */
export const WishFields = Type.Object(wish);
export type WishFields = Type.Static<typeof WishFields>;

export const RequestBody = Type.Object({ recording_id: Id, ...wish });
export type RequestBody = Type.Static<typeof RequestBody>;

/** Described for clients; the bytes are read as a stream, the fields by hand. */
export const RequestForm = Type.Object({
  file: Type.String({ format: 'binary', description: 'Any audio or video file' }),
  title: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  ...wish,
});

export const Removed = Type.Object({ status: Type.Literal('deleted'), id: Id });

export const ImportForm = Type.Object({
  file: Type.String({ format: 'binary', description: 'SRT, WebVTT or Podcasting 2.0 JSON' }),
  language: Type.Optional(LanguageTag),
});
export const ImportFields = Type.Object({ language: Type.Optional(LanguageTag) });

export const TranscriptSchema = Type.Object(
  {
    recording_id: Id,
    transcription_id: Id,
    version: Type.Integer({ minimum: 1, description: 'Grows with each change of the transcript' }),
    language: Type.String(),
    engine: orNull(Type.String({ description: 'Null for imports' })),
    source: Source,
    segments: Type.Array(Type.Object({ position: Type.Integer({ minimum: 0 }), ...segment })),
    created_at: Time,
    updated_at: Time,
  },
  { $id: 'Transcript' },
);

export const EnginesReply = Type.Object({
  engines: Type.Array(
    Type.Object({
      name: Type.String(),
      languages: Type.Union([Type.Literal('any'), Type.Array(Type.String())]),
      available: Type.Boolean(),
      reason: orNull(Type.String({ description: 'Why it is not available' })),
    }),
  ),
  auto: Type.Boolean({ description: 'Whether what becomes ready is transcribed by itself' }),
  default_language: Type.String({ description: 'Of recordings that do not say theirs' }),
});
