import Type from 'typebox';
import { LanguageTag, PageMembers, PageQuery } from '../../kernel/http/schemas.ts';
import { WORK_STEPS } from './extraction/work-note.ts';
import { TITLE_LENGTH } from './names.ts';
import { RECORDING_SOURCES, RECORDING_STATUSES, VISIBILITIES } from './recording.ts';
import { AUDIO_FORMATS, LOUDNESS_TARGETS, RENDITION_STATUSES } from './renditions/rendition.ts';
import { FOUND_KINDS } from './sources/found.ts';

const LONGEST_SIGNED_SECONDS = 7 * 86_400;

const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Id = Type.String({ format: 'uuid' });
const Time = Type.String({ format: 'date-time' });
const Format = Type.Enum([...AUDIO_FORMATS]);
const Quality = Type.String({
  maxLength: 10,
  description: 'Bit rate such as `192k`; `lossless` for wav and flac',
});
const Title = Type.String({ minLength: 1, maxLength: TITLE_LENGTH });

const Target = Type.Enum([...LOUDNESS_TARGETS]);

export const RenditionSchema = Type.Object({
  id: Id,
  format: Format,
  quality: Quality,
  normalised: orNull(Target),
  status: Type.Enum([...RENDITION_STATUSES]),
  progress: Type.Integer({ minimum: 0, maximum: 100, description: 'Percent; of those on demand' }),
  error: orNull(Type.String({ description: 'A sentence that can be shown' })),
  file_size: orNull(Type.Integer()),
  url: orNull(Type.String({ description: 'Where it plays, once completed' })),
});

const WorkSchema = Type.Object(
  {
    stage: Type.Enum(['fetch', 'probe', 'encode']),
    step: Type.Enum([...WORK_STEPS]),
    done: orNull(Type.Integer({ description: 'Segments, or bytes where there are none' })),
    total: orNull(Type.Integer()),
    message: Type.String({ description: 'The same in words: `Fetching 12 of 80 segments`' }),
  },
  { description: 'What is being done, while something is' },
);

export const RecordingSchema = Type.Object(
  {
    id: Id,
    title: Type.String(),
    language: orNull(Type.String()),
    visibility: Type.Enum([...VISIBILITIES]),
    status: Type.Enum([...RECORDING_STATUSES]),
    progress: Type.Integer({ minimum: 0, maximum: 100 }),
    work: orNull(WorkSchema),
    error: orNull(Type.String({ description: 'A sentence that can be shown' })),
    error_code: orNull(Type.String()),
    source: Type.Enum([...RECORDING_SOURCES]),
    source_url: orNull(Type.String({ description: 'Told to people of the organisation only' })),
    source_kind: orNull(
      Type.Enum([...FOUND_KINDS], {
        description: 'What the address turned out to be; `site` is a page that yt-dlp knows',
      }),
    ),
    same_source_as: orNull(
      Type.String({
        format: 'uuid',
        description: 'Of one in error: the recording that was made of the same source before',
      }),
    ),
    filename: orNull(Type.String()),
    mime_type: orNull(Type.String()),
    codec: orNull(Type.String()),
    duration_seconds: orNull(Type.Number()),
    sample_rate: orNull(Type.Integer()),
    channels: orNull(Type.Integer()),
    bitrate_kbps: orNull(Type.Integer()),
    file_size: orNull(Type.Integer()),
    sha256: orNull(Type.String()),
    duplicate_of: orNull(
      Type.String({
        format: 'uuid',
        description: 'The first recording of the same bytes in the organisation that the reader may read',
      }),
    ),
    loudness: orNull(
      Type.Object({
        integrated_lufs: Type.Number(),
        range_lu: Type.Number(),
        true_peak_dbtp: Type.Number(),
      }),
    ),
    renditions: Type.Array(RenditionSchema),
    created_at: Time,
    updated_at: Time,
  },
  { $id: 'Recording' },
);

export const RecordingRef = Type.Ref('Recording');

export const RecordingPage = Type.Object({ recordings: Type.Array(RecordingRef), ...PageMembers });

export const TrashQuery = Type.Object(PageQuery);

export const TrashPage = Type.Object({
  recordings: Type.Array(
    Type.Object({
      ...RecordingSchema.properties,
      trashed_at: Time,
      gone_at: Type.String({ format: 'date-time', description: 'From then on nothing brings it back' }),
    }),
  ),
  ...PageMembers,
});

export const RemoveQuery = Type.Object({
  permanently: Type.Optional(
    Type.Boolean({ description: 'Past the trash, or out of it; needs `media.purge`', default: false }),
  ),
});

export const RecordingParams = Type.Object({ id: Type.String({ maxLength: 100 }) });

export const RecordingListQuery = Type.Object({
  ...PageQuery,
  status: Type.Optional(Type.Enum([...RECORDING_STATUSES])),
  q: Type.Optional(Type.String({ maxLength: 200, description: 'Words of the title' })),
});

/** Described for clients; the bytes are read as a stream and never validated as one value. */
export const UploadForm = Type.Object({
  file: Type.String({ format: 'binary', description: 'Any audio or video file' }),
  title: Type.Optional(Title),
  language: Type.Optional(LanguageTag),
});

/** The fields of an upload form beside its file, validated by hand after the stream has been read. */
export const UploadFields = Type.Object({
  title: Type.Optional(Title),
  language: Type.Optional(LanguageTag),
});
export type UploadFields = Type.Static<typeof UploadFields>;

export const ImportBody = Type.Object({
  url: Type.String({
    minLength: 1,
    maxLength: 2048,
    description:
      'A file, an HLS or DASH list, a podcast feed (its newest item, or the one whose guid is the fragment), or a page',
  }),
  title: Type.Optional(Title),
  language: Type.Optional(LanguageTag),
  priority: Type.Optional(Type.Enum(['low', 'normal', 'high', 'urgent'])),
  format: Type.Optional(Format),
  quality: Type.Optional(Quality),
});

export const ImportReply = Type.Object({
  job_id: orNull(Type.String()),
  recording_id: Id,
  status: Type.Enum([...RECORDING_STATUSES]),
  recording: RecordingRef,
});

export const ChangeBody = Type.Object({
  title: Type.Optional(Title),
  language: Type.Optional(orNull(LanguageTag)),
  visibility: Type.Optional(Type.Enum([...VISIBILITIES])),
});
export type ChangeBody = Type.Static<typeof ChangeBody>;

export const RenditionBody = Type.Object({
  format: Type.Optional(Format),
  quality: Type.Optional(Quality),
  normalise: Type.Optional(
    Type.Union([Type.Boolean(), Target], {
      description: 'To how many LUFS: -16 (`true`), -23 (EBU R128), or -19 for sound of one channel',
    }),
  ),
});

export const RenditionParams = Type.Object({
  id: Type.String({ maxLength: 100 }),
  rendition: Type.String({ maxLength: 100 }),
});

export const RenditionList = Type.Object({ renditions: Type.Array(RenditionSchema) });

export const RenditionReply = Type.Object({
  ...RenditionSchema.properties,
  recording_id: Id,
  job_id: orNull(Type.String()),
});

const Signed = {
  expires: Type.Optional(Type.String({ maxLength: 20, description: 'Unix seconds' })),
  sig: Type.Optional(Type.String({ maxLength: 128 })),
  kid: Type.Optional(Type.String({ maxLength: 64, description: 'Which key signed' })),
};
const Asked = {
  format: Type.Optional(Format),
  quality: Type.Optional(
    Type.String({
      maxLength: 10,
      description: 'Bit rate such as `192k`, `lossless`, `high`, `medium`, `low`, `mobile`, or `auto`',
    }),
  ),
  normalise: Type.Optional(
    Type.String({
      pattern: '^(true|false|0|1|-16|-19|-23)$',
      description: '`true` for any loudness that there is, or its LUFS; without it, sound as loud as it came',
    }),
  ),
};

/** Query of every address of bytes: which rendition, and by what signature. */
export const AudioQuery = Type.Object({ ...Asked, ...Signed });
export type AudioQuery = Type.Static<typeof AudioQuery>;

export const WaveformQuery = Type.Object({
  resolution: Type.Optional(Type.Integer({ minimum: 10, maximum: 20_000, default: 2000 })),
  ...Signed,
});
export const SignedQuery = Type.Object(Signed);

export const ChaptersSchema = Type.Object(
  {
    recording_id: Id,
    source: orNull(
      Type.Enum(['source', 'file'], {
        description: 'Told by the feed or site, or marked in the file; null without any',
      }),
    ),
    chapters: Type.Array(
      Type.Object({
        start: Type.Number({ description: 'Seconds' }),
        end: Type.Number({ description: 'Seconds' }),
        title: Type.String(),
      }),
    ),
  },
  { $id: 'Chapters' },
);

export const WaveformSchema = Type.Object(
  {
    peaks: Type.Array(Type.Number(), {
      description: 'Lowest and highest value of each point in turn, −1 to 1',
    }),
    rms: Type.Array(Type.Number(), { description: '0 to 1' }),
    sample_rate: Type.Integer(),
    duration_ms: Type.Integer(),
    generated_at: Time,
  },
  { $id: 'Waveform' },
);

export const SignBody = Type.Object({
  path: Type.Optional(
    Type.Enum(['audio', 'download', 'waveform', 'waveform.dat', 'spectrogram.png', 'cover']),
  ),
  ...Asked,
  expires_in_seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: LONGEST_SIGNED_SECONDS })),
});

export const SignReply = Type.Object({
  url: Type.String({ description: 'Path and query, good on any host name of this installation' }),
  expires: Type.Integer({ description: 'Unix seconds' }),
});
