import Type, { type Static } from 'typebox';
import { PageMembers, PageQuery } from '../../kernel/http/schemas.ts';
import { AUDIO_FORMATS, VISIBILITIES } from '../media/public.ts';
import { DEBAT_STATUSES, DEBAT_TYPES } from './debat.ts';

const EXTRACTION_STATUSES = ['pending', 'extracting', 'completed', 'error'] as const;
export const SORT_KEYS = ['date', 'title', 'created_at', 'view_count', 'duration_minutes'] as const;

const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Id = Type.String({ format: 'uuid' });
const Time = Type.String({ format: 'date-time' });
const Day = Type.String({ format: 'date' });
const Format = Type.Enum([...AUDIO_FORMATS]);
const Quality = Type.String({
  maxLength: 10,
  description: 'Bit rate such as `192k`; `lossless` for wav and flac',
});

// One type list, not a union: the fault then names the rule that was broken, not "anyOf".
const optionalText = (maxLength: number, description?: string) =>
  Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength, description }));
const names = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 200, description }));

/** What a person may write; PUT and PATCH change only what they name. */
const Writable = {
  description: optionalText(20_000),
  type: Type.Optional(Type.Enum([...DEBAT_TYPES])),
  status: Type.Optional(Type.Enum([...DEBAT_STATUSES])),
  visibility: Type.Optional(Type.Enum([...VISIBILITIES])),
  date: Type.Optional(
    Type.String({ format: 'date', description: 'Absent: the day of start_time, else today' }),
  ),
  start_time: optionalText(40, 'ISO 8601; without a zone it is UTC'),
  end_time: optionalText(40, 'ISO 8601; without a zone it is UTC'),
  duration_minutes: Type.Optional(
    Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 0, maximum: 100_000 }),
  ),
  source_url: optionalText(2048, 'Where the sound can be extracted from; unique in the organisation'),
  video_url: optionalText(2048),
  thumbnail_url: optionalText(2048),
  commission: optionalText(200),
  salle: optionalText(200),
  speakers: names('Députés and others who speak'),
  ministers: names('Members of the government'),
  tags: names('Free labels'),
  keywords: names('Words for finding it'),
  metadata: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: 'Anything, up to 32 kB' }),
  ),
  is_live: Type.Optional(Type.Boolean()),
  recording_id: Type.Optional(
    Type.Unsafe<string | null>({
      type: ['string', 'null'],
      format: 'uuid',
      description: 'A recording of the organisation',
    }),
  ),
};

const Title = Type.String({ minLength: 1, maxLength: 500 });
export const NewDebat = Type.Object({ title: Title, ...Writable });
export type NewDebat = Static<typeof NewDebat>;

export const DebatChange = Type.Object({ title: Type.Optional(Title), ...Writable });
export type DebatChange = Static<typeof DebatChange>;

export const AudioFileSchema = Type.Object(
  {
    id: Id,
    debate_id: Id,
    filename: Type.String(),
    file_size: orNull(Type.Integer()),
    file_size_mb: orNull(Type.Number()),
    format: Format,
    quality: Quality,
    duration_seconds: orNull(Type.Integer()),
    duration_formatted: orNull(Type.String({ description: '1:02:03' })),
    extraction_status: Type.Enum([...EXTRACTION_STATUSES]),
    extraction_started_at: orNull(Time),
    extraction_completed_at: orNull(Time),
    extraction_error: orNull(Type.String()),
    stream_url: Type.String({ description: 'Plays for whoever may read the débat; signed ones: /streaming' }),
    download_url: Type.String(),
    download_count: Type.Integer(),
    stream_count: Type.Integer(),
    is_ready: Type.Boolean(),
    is_extracting: Type.Boolean(),
    has_error: Type.Boolean(),
    metadata: Type.Object({}, { additionalProperties: true }),
    created_at: Time,
    updated_at: Time,
  },
  { $id: 'AudioFile' },
);

export type AudioFileReply = Static<typeof AudioFileSchema>;

export const DebatSchema = Type.Object(
  {
    id: Id,
    title: Type.String(),
    description: orNull(Type.String()),
    type: Type.Enum([...DEBAT_TYPES]),
    status: Type.Enum([...DEBAT_STATUSES]),
    visibility: Type.Enum([...VISIBILITIES]),
    date: Day,
    start_time: orNull(Time),
    end_time: orNull(Time),
    duration_minutes: orNull(Type.Integer()),
    display_duration: orNull(Type.String({ description: '3h 30min' })),
    source_url: orNull(Type.String()),
    video_url: orNull(Type.String()),
    thumbnail_url: orNull(Type.String()),
    commission: orNull(Type.String()),
    salle: orNull(Type.String()),
    speakers: Type.Array(Type.String()),
    ministers: Type.Array(Type.String()),
    tags: Type.Array(Type.String()),
    keywords: Type.Array(Type.String()),
    metadata: Type.Object({}, { additionalProperties: true }),
    is_live: Type.Boolean(),
    has_audio: Type.Boolean(),
    recording_id: orNull(Id),
    view_count: Type.Integer(),
    download_count: Type.Integer(),
    audio_files: Type.Array(Type.Ref('AudioFile')),
    created_at: Time,
    updated_at: Time,
  },
  { $id: 'Debat' },
);

export const DebatRef = Type.Ref('Debat');
export const DebatPage = Type.Object({ debats: Type.Array(DebatRef), ...PageMembers }, { $id: 'DebatPage' });

export const DebatParams = Type.Object({ id: Type.String({ maxLength: 100 }) });

export const DebatListQuery = Type.Object({
  ...PageQuery,
  q: Type.Optional(
    Type.String({ maxLength: 200, description: 'Words of title and description; case and accents ignored' }),
  ),
  type: Type.Optional(Type.Enum([...DEBAT_TYPES])),
  status: Type.Optional(Type.Enum([...DEBAT_STATUSES])),
  commission: Type.Optional(
    Type.String({ maxLength: 200, description: 'Its name; case and accents ignored' }),
  ),
  depute: Type.Optional(
    Type.String({ maxLength: 200, description: 'Part of a speaker’s or minister’s name' }),
  ),
  date_start: Type.Optional(Type.String({ format: 'date', description: 'First day, included' })),
  date_end: Type.Optional(Type.String({ format: 'date', description: 'Last day, included' })),
  has_audio: Type.Optional(Type.Boolean()),
  sort_by: Type.Optional(Type.Enum([...SORT_KEYS], { default: 'date' })),
  sort_order: Type.Optional(Type.Enum(['asc', 'desc'], { default: 'desc' })),
});
export type DebatListQuery = Static<typeof DebatListQuery>;

/** One rendition as the players choose among them; the addresses are signed. */
const StreamingRendition = Type.Object({
  format: Format,
  quality: Quality,
  normalised: orNull(Type.Integer({ description: 'LUFS that it was brought to; null: as loud as it came' })),
  file_size: orNull(Type.Integer()),
  duration_seconds: orNull(Type.Integer()),
  stream_url: Type.String(),
  download_url: Type.String(),
});

export const Streaming = Type.Object(
  {
    debate_id: Id,
    audio_available: Type.Boolean(),
    stream_url: orNull(Type.String({ description: 'Signed; good without a token until it expires' })),
    download_url: orNull(Type.String()),
    hls_url: orNull(Type.String()),
    file_size: orNull(Type.Integer()),
    duration_seconds: orNull(Type.Integer()),
    format: orNull(Format),
    quality: orNull(Quality),
    extraction_status: orNull(Type.Enum([...EXTRACTION_STATUSES])),
    message: Type.String(),
    renditions: Type.Array(StreamingRendition),
  },
  { $id: 'DebatStreaming' },
);

export const ExtractBody = Type.Object({
  priority: Type.Optional(Type.Enum(['low', 'normal', 'high', 'urgent'])),
  format: Type.Optional(Format),
  quality: Type.Optional(Quality),
});
export type ExtractBody = Static<typeof ExtractBody>;

export const Extraction = Type.Object(
  {
    extraction_id: Type.String({ description: 'The id of the recording that is being made' }),
    debate_id: Id,
    status: Type.Enum([...EXTRACTION_STATUSES]),
    message: Type.String(),
    estimated_duration: orNull(Type.Integer({ description: 'Seconds still to go, when it can be told' })),
    progress: Type.Integer({ minimum: 0, maximum: 100 }),
    error: orNull(Type.String()),
    audio_file: orNull(Type.Ref('AudioFile')),
  },
  { $id: 'DebatExtraction' },
);
export type Extraction = Static<typeof Extraction>;

export const SocketQuery = Type.Object({
  client_id: Type.Optional(Type.String({ maxLength: 200 })),
  token: Type.Optional(Type.String({ maxLength: 4096 })),
});
