/** MPEG time stamps tick so often a second, and begin again after 33 bits. */
const TICKS_PER_SECOND = 90_000;
const TICKS_MODULO = 2 ** 33;
/** The owner under which HLS clients look for the time of a packed segment (RFC 8216 §3.4). */
const OWNER = 'com.apple.streaming.transportStreamTimestamp\0';
const FRAME_HEADER_BYTES = 10;
const CONTENT_BYTES = OWNER.length + 8;

/** Length of {@link makeTimeTag}'s tag. */
export const TIME_TAG_BYTES = 10 + FRAME_HEADER_BYTES + CONTENT_BYTES;

/** The ID3v2.4 tag that stands before the frames of a packed segment and says when its first one is heard. */
export function makeTimeTag(seconds: number): Buffer {
  const tag = Buffer.alloc(TIME_TAG_BYTES);
  tag.write('ID3\x04\0\0', 0, 'latin1');
  // Sizes of seven bits a byte; both are below 128.
  tag[9] = FRAME_HEADER_BYTES + CONTENT_BYTES;
  tag.write('PRIV', 10, 'latin1');
  tag[17] = CONTENT_BYTES;
  tag.write(OWNER, 20, 'latin1');
  const ticks = Math.round(seconds * TICKS_PER_SECOND) % TICKS_MODULO;
  tag.writeBigUInt64BE(BigInt(ticks), 20 + OWNER.length);
  return tag;
}
