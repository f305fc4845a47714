import type { Actor } from '../../kernel/auth/actor.ts';
import type { Executor, Tx } from '../../kernel/db/db.ts';
import type { BlockReader } from '../../kernel/http/block-reader.ts';
import type { FormPart } from '../../kernel/http/form-parts.ts';
import type { FileReply } from '../../kernel/http/reply-with-file.ts';
import type { ExtractionRequest } from './extraction/request-extraction.ts';
import type { applyRetention, RetentionResult } from './keeping/apply-retention.ts';
import type { CheckOptions, CheckPosition } from './keeping/check-files.ts';
import type { CopyOptions, CopyResult } from './keeping/copy-files.ts';
import type { Remover } from './keeping/trash-recording.ts';
import type { Keeper } from './media-context.ts';
import type { Recording, Visibility } from './recording.ts';
import type { AudioFormat } from './renditions/rendition.ts';
import type { AddressToSign, SignedAddress } from './signing/sign-address.ts';
import type { StreamToSign } from './signing/sign-stream-address.ts';
import type { SigningKeys } from './signing/signing-keys.ts';
import type { Captions } from './sources/fetch-companions.ts';
import type { AskedAudio, AudioFileToSend } from './streaming/open-audio.ts';
import type { OriginalSound } from './streaming/open-original.ts';
import type { TrackResolver } from './streaming/open-track.ts';
import type { LocalFile } from './uploads/upload-file.ts';
import type { Alongside, Uploader } from './uploads/upload-recording.ts';

export {
  PROGRESS_CHANNEL,
  RecordingProgress,
  recordingChanged,
  recordingFailed,
  recordingReady,
} from './events.ts';
export type { ExtractionRequest } from './extraction/request-extraction.ts';
export { adviceOn, CHECK_BEGINNING, type CheckPosition, type FileFault } from './keeping/check-files.ts';
export type { CopyResult } from './keeping/copy-files.ts';
export { type Recording, type RecordingStatus, VISIBILITIES, type Visibility } from './recording.ts';
export { AUDIO_FORMATS, type AudioFormat } from './renditions/rendition.ts';
export { AudioQuery } from './schemas.ts';
export type { AddressToSign, SignedAddress } from './signing/sign-address.ts';
export { type AudioClient, HINT_HEADERS, readAudioClient } from './streaming/client-hints.ts';
export { HLS_FORMATS } from './streaming/hls-quality.ts';
export type { AskedAudio, AudioFileToSend } from './streaming/open-audio.ts';
export type { OriginalSound } from './streaming/open-original.ts';
export type { ResolvedTrack, TrackResolver } from './streaming/open-track.ts';

/** What later modules may ask of media; everything throws media's problems, fit to be shown. */
export interface MediaDoor {
  /** Adds a recording of an address with its job; 409 `media.already-imported` carries `recording_id`. */
  requestExtraction(
    tx: Tx,
    request: ExtractionRequest,
  ): Promise<{ recordingId: string; jobId: string | null }>;
  /** A file of this machine, taken as an upload of the given person is: bytes safe, row and job committed. */
  uploadFile(uploader: Uploader, file: LocalFile): Promise<Recording>;
  /** The one file of a form, as an upload of the given person; what `alongside` writes is committed with it. */
  uploadForm(
    uploader: Uploader,
    parts: AsyncIterable<FormPart>,
    expectedBytes: number,
    alongside: Alongside,
  ): Promise<Recording>;
  cancelExtraction(tx: Tx, organisationId: string, recordingId: string): Promise<void>;
  /** Starts failed or cancelled work again, at the stage it had reached. */
  retry(tx: Tx, organisationId: string, recordingId: string): Promise<void>;
  requestRendition(
    tx: Tx,
    organisationId: string,
    recordingId: string,
    wish: { format?: AudioFormat; quality?: string },
  ): Promise<void>;
  /** Captions that came along with the sound, as they came, in the source's order. */
  captionsOf(q: Executor, organisationId: string, recordingId: string): Promise<Captions[]>;
  getRecording(q: Executor, organisationId: string, recordingId: string): Promise<Recording | null>;
  /** Whether the actor may hear it, by its visibility or by permission. */
  mayRead(actor: Actor, recording: Recording): boolean;
  /** The file as it came, for tools that read all of it; there as soon as it is stored and probed. */
  openOriginal(organisationId: string, recordingId: string): Promise<OriginalSound>;
  setVisibility(tx: Tx, organisationId: string, recordingId: string, visibility: Visibility): Promise<void>;
  /** Hidden at once, and brought back on request for TRASH_DAYS; 409 while a foreign key refers to it. */
  trashRecording(tx: Tx, remover: Remover, recordingId: string): Promise<void>;
  /** Row at once, files by a job of the same transaction; 409 while a foreign key refers to it. */
  removeRecording(tx: Tx, organisationId: string, recordingId: string): Promise<void>;

  /** Compares rows with files, of all organisations; resolves with where it ended. */
  checkFiles(options: CheckOptions): Promise<CheckPosition>;

  /** Brings every file that a row names from one store to the other. */
  copyFiles(options: CopyOptions): Promise<CopyResult>;
  /** Removes, or tells, what the organisations' rules let go. */
  applyRetention(options: Parameters<typeof applyRetention>[1]): Promise<RetentionResult>;
  /** Asked before the original of a recording is let go; called once, when modules are put together. */
  addKeeper(keeper: Keeper): void;

  /** Picks the file to play; who may hear it is the caller's to decide. */
  openAudio(organisationId: string, recordingId: string, asked: AskedAudio): Promise<AudioFileToSend>;
  /** How `replyWithFile` sends it: through nginx when configured. `downloadAs` makes it an attachment. */
  toFileReply(file: AudioFileToSend, options: { isPublic: boolean; downloadAs?: string }): FileReply;
  /** Lets `/hls/{track}` take ids of a later module; called once, when modules are put together. */
  addTracks(resolver: TrackResolver): void;
  /** This process's reader of files, with its block cache. */
  blocks: BlockReader;

  signAddress(address: AddressToSign): SignedAddress;
  /** An address below `/stream` by the organisation's current key; null when it has made none. */
  signStream(organisationId: string, stream: StreamToSign): Promise<SignedAddress | null>;
  /** The organisation's keys: what back ends sign with. Their secrets are for the operator's terminal only. */
  signingKeys: SigningKeys;
  /** `sig` for an address of the caller's own making; `expires` in Unix seconds. */
  sign(recordingId: string, expires: number): string;
  /** Throws 400 for half a signature, 403 for a wrong or late one. */
  verify(recordingId: string, signed: { expires?: string; sig?: string }): void;
}
