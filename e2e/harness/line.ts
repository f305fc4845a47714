import { connect, createServer, type Socket } from 'node:net';

/** A line between a reader and the station, which may be slow, and may be cut. */
export interface Line {
  base: string;
  /** How fast each connection goes, in each direction. */
  setPace(bytesPerSecond: number): void;
  /** Ends every connection and refuses new ones. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Relays TCP on a port of its own, so that the loss of a network is real and not a browser's imitation of it. */
export async function layLine(port: number): Promise<Line> {
  const ends = new Set<Socket>();
  let isCut = false;
  let pace = Number.POSITIVE_INFINITY;

  const relay = (from: Socket, to: Socket) => {
    from.on('data', (chunk) => {
      to.write(chunk);
      const heldMs = (chunk.length / pace) * 1_000;
      if (heldMs < 1) return;
      from.pause();
      setTimeout(() => from.resume(), heldMs);
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      ends.delete(from);
      to.destroy();
    });
    ends.add(from);
  };
  const server = createServer((reader) => {
    if (isCut) return void reader.destroy();
    const station = connect(port, '127.0.0.1');
    relay(reader, station);
    relay(station, reader);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  const cut = () => {
    isCut = true;
    for (const end of ends) end.destroy();
  };
  return {
    base: `http://127.0.0.1:${address.port}`,
    setPace: (bytesPerSecond) => {
      pace = bytesPerSecond;
    },
    cut,
    mend: () => {
      isCut = false;
    },
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
