import Type, { type Static, type TSchema } from 'typebox';
import { Check, Errors } from 'typebox/value';

const LONGEST_SOUND_SECONDS = 7 * 86_400;

const Track = Type.String({ minLength: 1, maxLength: 100 });
const Position = Type.Number({ minimum: 0, maximum: LONGEST_SOUND_SECONDS });
const Channel = Type.Enum(['playback', 'progress', 'stats']);
const Channels = Type.Object({ channels: Type.Array(Channel, { minItems: 1, maxItems: 3 }) });

/** What each command takes beside its name and `command_id`; what else a client sends is not looked at. */
const COMMANDS = {
  Play: Type.Object({ track_id: Type.Optional(Track), position_seconds: Type.Optional(Position) }),
  Pause: Type.Object({}),
  Stop: Type.Object({}),
  Seek: Type.Object({ position_seconds: Position }),
  AddToPlaylist: Type.Object({ track_id: Track, index: Type.Optional(Type.Integer({ minimum: 0 })) }),
  RemoveFromPlaylist: Type.Object({
    track_id: Type.Optional(Track),
    index: Type.Optional(Type.Integer({ minimum: 0 })),
  }),
  Subscribe: Channels,
  Unsubscribe: Channels,
  GetStatus: Type.Object({}),
  Ping: Type.Object({}),
} satisfies Record<string, TSchema>;

/** What a player may follow beside its own doings. */
export type PlayerChannel = Static<typeof Channel>;
type Name = keyof typeof COMMANDS;
type CommandOf<N extends Name> = N extends Name ? { name: N; with: Static<(typeof COMMANDS)[N]> } : never;

/** A command that makes sense. */
export type PlayerCommand = CommandOf<Name>;

/** What a text turned out to be; `id` is null where there was none to be read. */
export type ReadCommand = { id: string; command: PlayerCommand } | { id: string | null; fault: string };

const NAMES = Object.keys(COMMANDS) as Name[];
const BY_SPELLING = new Map(NAMES.map((name) => [name.toLowerCase(), name]));
const LONGEST_ID = 100;

/**
 * Reads one message. The name stands under `command` or `type`, as `AddToPlaylist` or `add_to_playlist`; arguments
 * beside it or within `data` or `payload`, as older clients write them.
 */
export function readPlayerCommand(text: string): ReadCommand {
  const message = parse(text);
  if (message === null) return { id: null, fault: 'Send JSON, one object per message.' };
  const id = idOf(message.command_id);
  const given = message.command ?? message.type;
  const name =
    typeof given === 'string' ? BY_SPELLING.get(given.replace(/[_-]/g, '').toLowerCase()) : undefined;
  if (name === undefined)
    return { id, fault: `The commands are ${NAMES.join(', ')}, under \`command\` or \`type\`.` };
  if (id === null)
    return { id, fault: `A command needs a \`command_id\`, a text of at most ${LONGEST_ID} characters.` };
  const args = argumentsOf(name, message);
  const schema = COMMANDS[name];
  if (Check(schema, args)) return { id, command: { name, with: args } as PlayerCommand };
  const [first] = Errors(schema, args);
  const place = first?.instancePath.replace(/^\//, '').replaceAll('/', '.') || 'it';
  return { id, fault: `${name}: ${place} ${first?.message ?? 'does not fit'}.` };
}

function parse(text: string): Record<string, unknown> | null {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null;
  }
}

function asObject(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function idOf(given: unknown): string | null {
  const id = typeof given === 'number' ? String(given) : given;
  return typeof id === 'string' && id !== '' && id.length <= LONGEST_ID ? id : null;
}

/** Under the names of our schemas; null counts as not given. */
function argumentsOf(name: Name, message: Record<string, unknown>): Record<string, unknown> {
  const all = { ...asObject(message.data), ...asObject(message.payload), ...message };
  const wanted = Object.keys(COMMANDS[name].properties);
  const renamed: Record<string, unknown> = {
    ...all,
    position_seconds: all.position_seconds ?? all.position,
    channels: all.channels ?? (all.channel === undefined ? undefined : [all.channel]),
  };
  return Object.fromEntries(
    wanted.flatMap((key) =>
      renamed[key] === undefined || renamed[key] === null ? [] : [[key, renamed[key]]],
    ),
  );
}
