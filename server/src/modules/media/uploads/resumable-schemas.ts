import Type from 'typebox';

const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const TusResumable = Type.Literal('1.0.0', { description: 'Version of the protocol' });
const Metadata = Type.String({
  maxLength: 8192,
  description:
    'Pairs of a key and a base64 value: `filename`, `title`, `language`. Others are given back, not used',
});
const Checksum = Type.String({
  maxLength: 200,
  description: '`sha1`, `sha256` or `md5`, a space, and the sum of the piece in base64',
});

/** Headers, for the documentation: they are read by hand, so that each refusal names what is wrong. */
export const CreationHeaders = Type.Object({
  'Tus-Resumable': TusResumable,
  'Upload-Length': Type.Integer({ minimum: 1, description: 'Bytes of the file' }),
  'Upload-Metadata': Type.Optional(Metadata),
  'Upload-Checksum': Type.Optional(Checksum),
});
/** See {@link CreationHeaders}. */
export const PieceHeaders = Type.Object({
  'Tus-Resumable': TusResumable,
  'Upload-Offset': Type.Integer({ minimum: 0, description: 'Where the piece begins; HEAD tells it' }),
  'Upload-Checksum': Type.Optional(Checksum),
});
/** See {@link CreationHeaders}. */
export const TusHeaders = Type.Object({ 'Tus-Resumable': TusResumable });

export const UploadParams = Type.Object({ id: Type.String({ maxLength: 100 }) });

export const UploadSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    url: Type.String({ description: 'Where the pieces go, as in `Location`' }),
    offset: Type.Integer({ minimum: 0, description: 'Bytes that are safe' }),
    size: Type.Integer({ minimum: 1 }),
    expires_at: Type.String({ format: 'date-time' }),
    recording_id: orNull(Type.String({ format: 'uuid', description: 'Once all bytes are here' })),
  },
  { $id: 'Upload' },
);
