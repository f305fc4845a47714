import { BlockReader } from '../../kernel/http/block-reader.ts';
import { startUpkeep } from '../../kernel/jobs/upkeep.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Module, Role } from '../../kernel/module.ts';
import { analyseRecordingHandler } from './analysis/analyse-recording.job.ts';
import { recordingNotFound } from './errors.ts';
import { recordingChanged } from './events.ts';
import { cancelExtraction } from './extraction/cancel-extraction.ts';
import { extractRecordingHandler } from './extraction/extract-recording.job.ts';
import { requestExtraction } from './extraction/request-extraction.ts';
import { retryExtraction } from './extraction/retry-extraction.ts';
import { listCaptions } from './extraction/source-repo.ts';
import { applyRetention } from './keeping/apply-retention.ts';
import { checkFiles } from './keeping/check-files.ts';
import { copyFiles } from './keeping/copy-files.ts';
import { removeFilesHandler } from './keeping/remove-files.job.ts';
import { removeRecording } from './keeping/remove-recording.ts';
import { trashRecording } from './keeping/trash-recording.ts';
import { type AccountsForMedia, createMediaContext, type MediaContext } from './media-context.ts';
import { findPlayerTrack } from './player/find-track.ts';
import { openPlayers } from './player/player-room.ts';
import { mayRead } from './policy.ts';
import type { MediaDoor } from './public.ts';
import { findRecording, updateRecording } from './recording-repo.ts';
import { makeRenditionHandler } from './renditions/make-rendition.job.ts';
import { requestRendition } from './renditions/request-rendition.ts';
import { mediaRoutes } from './routes.ts';
import { createAccessLog } from './signing/access-log.ts';
import { signAddress } from './signing/sign-address.ts';
import { signStreamAddress } from './signing/sign-stream-address.ts';
import { makeSignature } from './signing/signature.ts';
import { fingerprintRecordingHandler } from './similar/fingerprint-recording.job.ts';
import { toFileReply } from './streaming/file-reply.ts';
import { createHlsSounds } from './streaming/hls-sound.ts';
import { openAudio } from './streaming/open-audio.ts';
import { verifySignature } from './streaming/open-for-reader.ts';
import { openOriginal } from './streaming/open-original.ts';
import type { TrackResolver } from './streaming/open-track.ts';
import { mediaChores, uploadChores } from './upkeep.ts';
import { uploadFile } from './uploads/upload-file.ts';
import { uploadRecording } from './uploads/upload-recording.ts';

/** Recordings, their renditions, and the bytes of both. */
export function mediaModule(
  kernel: Kernel,
  { accounts }: { accounts: AccountsForMedia },
): Module & { door: MediaDoor } {
  const context = createMediaContext(kernel, accounts);
  const blocks = new BlockReader();
  const resolvers: TrackResolver[] = [];
  const accesses = createAccessLog({ ...kernel, log: context.log, accounts });
  const hls = { context, sounds: createHlsSounds(context), resolvers };
  const players = openPlayers({
    ...kernel,
    log: context.log,
    findTrack: (actor, id) => findPlayerTrack(context, resolvers, actor, id),
  });
  const upkeep: { stop: () => Promise<void> }[] = [];
  return {
    name: 'media',
    door: openDoor(context, blocks, resolvers),
    routes: (app) => mediaRoutes(app, context, { blocks, hls, accesses, players: players.dialect }),
    jobs: [
      extractRecordingHandler(context),
      makeRenditionHandler(context),
      analyseRecordingHandler(context),
      fingerprintRecordingHandler(context),
      removeFilesHandler(context),
    ],
    start: async (role: Role) => {
      if (role === 'worker') upkeep.push(startUpkeep(mediaChores(context), context.log));
      if (role === 'api') upkeep.push(startUpkeep(uploadChores(context), context.log));
    },
    stop: async () => {
      await Promise.all(upkeep.map(({ stop }) => stop()));
      players.close();
      await accesses.stop();
      await context.uses.flush();
      await context.fetch.close();
    },
  };
}

function openDoor(context: MediaContext, blocks: BlockReader, resolvers: TrackResolver[]): MediaDoor {
  return {
    requestExtraction: async (tx, request) => {
      const { recording, jobId } = await requestExtraction(tx, context, request);
      return { recordingId: recording.id, jobId };
    },
    uploadFile: (uploader, file) => uploadFile(context, uploader, file),
    uploadForm: (uploader, parts, expectedBytes, alongside) =>
      uploadRecording(context, uploader, parts, expectedBytes, alongside),
    cancelExtraction: async (tx, organisationId, id) => {
      await cancelExtraction(tx, context, organisationId, id);
    },
    retry: async (tx, organisationId, id) => {
      await retryExtraction(tx, context, organisationId, id);
    },
    requestRendition: async (tx, organisationId, id, wish) => {
      await requestRendition(tx, context, organisationId, id, wish);
    },
    captionsOf: listCaptions,
    getRecording: findRecording,
    mayRead,
    openOriginal: (organisationId, id) => openOriginal(context, organisationId, id),
    setVisibility: async (tx, organisationId, id, visibility) => {
      if (!(await updateRecording(tx, organisationId, id, { visibility }))) throw recordingNotFound();
      await context.kernel.events.emit(tx, recordingChanged, { organisationId, recordingId: id });
    },
    trashRecording: (tx, remover, id) => trashRecording(tx, context, remover, id),
    removeRecording: (tx, organisationId, id) => removeRecording(tx, context, organisationId, id),
    applyRetention: (options) => applyRetention(context, options),
    addKeeper: (keeper) => void context.keepers.push(keeper),
    copyFiles: (options) => copyFiles(context, options),
    checkFiles: (options) => checkFiles(context, options),
    openAudio: (organisationId, id, asked) => openAudio(context, organisationId, id, asked),
    toFileReply: (file, options) => toFileReply(context, file, options),
    blocks,
    addTracks: (resolver) => void resolvers.push(resolver),
    signAddress: (address) => signAddress(context, address),
    signStream: (organisationId, stream) => signStreamAddress(context, organisationId, stream),
    signingKeys: context.keys,
    sign: (recordingId, expires) => makeSignature(context.kernel.config.signingKey, recordingId, expires),
    verify: (recordingId, signed) => verifySignature(context, recordingId, signed),
  };
}
