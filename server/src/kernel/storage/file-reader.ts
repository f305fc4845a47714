import { open } from 'node:fs/promises';
import type { FilePlace, RemoteFile } from './storage.ts';

/** Reads any stretch of a file, wherever it lies; the part of a FileHandle that readers of tables need. */
export interface FileReader {
  stat(): Promise<{ size: number }>;
  /** Fewer bytes than asked for only at the end of the file. */
  read(
    into: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ buffer: Buffer; bytesRead: number }>;
  close(): Promise<void>;
}

/** One request brings so much, since tables are read in many small pieces. */
const WINDOW_BYTES = 256 * 1024;

/** Opens a file for reading here and there. Throws ENOENT or StorageMissingError when it is gone. */
export async function openReader(place: FilePlace): Promise<FileReader> {
  return typeof place === 'string' ? open(place, 'r') : openRemoteReader(place);
}

/** All bytes of a small file. Throws when there are more than `mostBytes`. */
export async function readWhole(place: FilePlace, mostBytes: number): Promise<Buffer> {
  const reader = await openReader(place);
  try {
    const { size } = await reader.stat();
    if (size > mostBytes) throw new Error(`the file has ${size} bytes, more than ${mostBytes}`);
    const { buffer, bytesRead } = await reader.read(Buffer.allocUnsafe(size), 0, size, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await reader.close();
  }
}

async function openRemoteReader(file: RemoteFile): Promise<FileReader> {
  const { sizeBytes } = await file.stat();
  let window = { start: 0, bytes: Buffer.alloc(0) };

  /** Moves the window so that it begins at `position`. */
  async function look(position: number): Promise<void> {
    const bytes = Buffer.allocUnsafe(Math.min(WINDOW_BYTES, sizeBytes - position));
    await mustRead(file, bytes, bytes.length, position);
    window = { start: position, bytes };
  }

  return {
    stat: async () => ({ size: sizeBytes }),
    read: async (buffer, offset, length, position) => {
      const wanted = Math.max(0, Math.min(length, sizeBytes - position));
      const part = buffer.subarray(offset, offset + wanted);
      if (wanted >= WINDOW_BYTES) await mustRead(file, part, wanted, position);
      else if (wanted > 0) {
        const isInside = position >= window.start && position + wanted <= window.start + window.bytes.length;
        if (!isInside) await look(position);
        window.bytes.copy(part, 0, position - window.start, position - window.start + wanted);
      }
      return { buffer, bytesRead: wanted };
    },
    close: async () => {},
  };
}

async function mustRead(file: RemoteFile, into: Buffer, length: number, position: number): Promise<void> {
  if (!(await file.readFully(into, length, position)))
    throw new Error(`${file.name} became shorter while it was read`);
}
