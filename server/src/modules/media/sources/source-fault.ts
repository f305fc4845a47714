/** Why an address leads to no sound that may be kept. */
export type SourceFaultCode =
  | 'no-sound-found'
  | 'live-stream'
  | 'protected'
  | 'bad-playlist'
  | 'disguised'
  | 'already-imported';

/** What an address answered cannot be used, now or later. The message is a sentence for whoever asked. */
export class SourceFault extends Error {
  readonly code: SourceFaultCode;
  /** About a page for people, of which a program that knows sites may make more. */
  readonly isOfPage: boolean;
  constructor(
    code: SourceFaultCode,
    message: string,
    { isOfPage = false, ...options }: ErrorOptions & { isOfPage?: boolean } = {},
  ) {
    super(message, options);
    this.name = 'SourceFault';
    this.code = code;
    this.isOfPage = isOfPage;
  }
}

export const badPlaylist = (why: string): SourceFault =>
  new SourceFault('bad-playlist', `The playlist cannot be used: ${why}.`);
export const liveStream = (): SourceFault =>
  new SourceFault(
    'live-stream',
    'This is a live stream, which has no end. Give the address of a finished recording.',
  );
export const protectedStream = (): SourceFault =>
  new SourceFault('protected', 'This stream is protected (DRM) and cannot be fetched.');
