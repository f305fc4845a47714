import {
  inputArgs,
  type MediaContext,
  quietArgs,
  runTool,
  samplesOut,
  workDeadlineMs,
} from './media-context.ts';

/** What decoded sound is measured and drawn from: mono, signed 16 bit little endian, this many samples a second. */
export const pcmRate = 8000;
const bytesPerSample = 2;

/** A stream of a local file, and who takes its samples. */
export interface DecodeRequest {
  inputPath: string;
  demuxer: string;
  audioStreamIndex: number;
  /** Only sets the deadline; the truth comes out of the decoding. */
  expectedMs: number;
  /** Begin here, as far as the container can seek. */
  fromMs?: number;
  signal?: AbortSignal | undefined;
  onSamples?: (samples: Int16Array) => void;
}

/** Decodes one stream and returns how long it really is, in milliseconds (fractions included). */
export async function decodePcm(context: MediaContext, request: DecodeRequest): Promise<number> {
  const { inputPath, demuxer, audioStreamIndex, fromMs = 0, onSamples } = request;
  const aligner = new SampleAligner();
  let bytes = 0;
  await runTool(
    context,
    {
      command: context.info.ffmpegPath,
      args: [
        ...quietArgs,
        ...['-threads', '1'],
        ...(fromMs > 0 ? ['-ss', (fromMs / 1000).toFixed(3)] : []),
        ...inputArgs(inputPath, demuxer),
        ...['-map', `0:${audioStreamIndex}`, '-ac', '1', '-ar', String(pcmRate)],
        ...samplesOut('s16le'),
      ],
      deadlineMs: workDeadlineMs({ durationMs: request.expectedMs }),
      signal: request.signal,
      onStdout: (chunk) => {
        bytes += chunk.length;
        if (onSamples) onSamples(aligner.take(chunk));
      },
    },
    'broken',
  );
  return (bytes / bytesPerSample / pcmRate) * 1000;
}

/** Pipes cut where they like: keeps an odd byte for the next chunk, and moves samples to an even address. */
class SampleAligner {
  #odd: Buffer = Buffer.alloc(0);

  take(chunk: Buffer): Int16Array {
    const joined =
      this.#odd.length === 0 && chunk.byteOffset % 2 === 0 ? chunk : Buffer.concat([this.#odd, chunk]);
    const whole = joined.length - (joined.length % bytesPerSample);
    this.#odd = Buffer.from(joined.subarray(whole));
    const aligned = joined.byteOffset % 2 === 0 ? joined : Buffer.from(Uint8Array.from(joined).buffer);
    return new Int16Array(aligned.buffer, aligned.byteOffset, whole / bytesPerSample);
  }
}
