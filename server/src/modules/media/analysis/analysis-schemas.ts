import Type from 'typebox';
import { FAULT_CODES } from './analysis.ts';

const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Seconds = Type.Number({ minimum: 0 });
const Time = Type.String({ format: 'date-time' });

export const LoudnessSchema = Type.Object(
  {
    state: Type.Enum(['measured', 'silent', 'too-short'], {
      description: 'Only `measured` has an integrated loudness; `too-short` is less than 0.4 s',
    }),
    integrated_lufs: orNull(Type.Number({ description: 'EBU R128' })),
    range_lu: orNull(Type.Number({ description: 'EBU Tech 3342; 0 for less than 3 s' })),
    true_peak_dbtp: orNull(Type.Number({ description: 'BS.1770, four times oversampled' })),
    sample_peak_dbfs: orNull(Type.Number()),
    max_momentary_lufs: orNull(Type.Number()),
    max_short_term_lufs: orNull(Type.Number()),
    short_term: Type.Object({
      seconds_per_point: Type.Integer(),
      lufs: Type.Array(orNull(Type.Number()), { description: 'null where it is silent' }),
    }),
    clipping: Type.Object({
      runs: Type.Integer({ description: 'Three samples or more in a row at full scale' }),
      samples: Type.Integer(),
      places: Type.Array(Type.Object({ start: Seconds, end: Seconds, runs: Type.Integer() })),
    }),
    faults: Type.Array(
      Type.Object({
        code: Type.Enum([...FAULT_CODES]),
        share: orNull(Type.Number({ minimum: 0, maximum: 1, description: 'Of the seconds with sound' })),
        start: orNull(Seconds),
      }),
    ),
    sample_rate: Type.Integer(),
    channels: Type.Integer({ description: 'As measured: more than two are mixed to two' }),
    generated_at: Time,
  },
  { $id: 'Loudness' },
);

export const SilencesSchema = Type.Object(
  {
    threshold_dbfs: Type.Number(),
    shortest_seconds: Type.Number({ description: 'Shorter ones are not listed' }),
    total_seconds: Seconds,
    silences: Type.Array(Type.Object({ start: Seconds, end: Seconds })),
    generated_at: Time,
  },
  { $id: 'Silences' },
);

export const SpectrumSchema = Type.Object(
  {
    centroid_hz: orNull(Type.Number()),
    bandwidth_hz: orNull(Type.Number({ description: 'Standard deviation around the centroid' })),
    rolloff_hz: orNull(Type.Number({ description: '85 % of the energy is below' })),
    band_limit_hz: orNull(
      Type.Number({ description: 'A guess where the sound was cut off; null when it was not' }),
    ),
    nyquist_hz: Type.Number({ description: 'Half the sample rate: the top of the spectrogram' }),
    bands: Type.Array(Type.Object({ centre_hz: Type.Number(), level_dbfs: orNull(Type.Number()) }), {
      description: 'Third octaves; mean square relative to full scale',
    }),
    generated_at: Time,
  },
  { $id: 'Spectrum' },
);

export const AudioMetadataSchema = Type.Object(
  {
    duration_seconds: Type.Number(),
    sample_rate: orNull(Type.Integer()),
    channels: orNull(Type.Integer()),
    bitrate_kbps: orNull(Type.Integer()),
    codec: orNull(Type.String()),
    title: orNull(Type.String()),
    artist: orNull(Type.String()),
    album: orNull(Type.String()),
    year: orNull(Type.Integer()),
    genre: orNull(Type.String()),
    artwork_available: Type.Boolean(),
    file_size: orNull(Type.Integer()),
    last_modified: Time,
  },
  { $id: 'AudioMetadata' },
);

export const FileParams = Type.Object({
  file: Type.String({ maxLength: 300, description: 'Id of a recording, or the file name of a rendition' }),
});
