import { readAttributes } from './hls-attributes.ts';
import { badPlaylist, protectedStream } from './source-fault.ts';
import { webAddress } from './web-address.ts';

/** One `EXT-X-STREAM-INF`. */
interface Variant {
  address: string;
  bandwidth: number;
  isSoundAlone: boolean;
  audioGroup: string | null;
}

/** One `EXT-X-MEDIA`. */
interface Rendition {
  type: string;
  group: string;
  address: string | null;
  language: string | null;
  isDefault: boolean;
  isDescription: boolean;
  name: string;
}

/** Captions that a list offers, as a list of their own. */
export interface HlsCaptions {
  address: string;
  language: string | null;
}

/** Which list of a master to fetch. */
export interface HlsChoice {
  address: string;
  captions: HlsCaptions[];
}

const mostLines = 20_000;
/** A variant of sound alone below this is for bad telephone lines: the film's sound is better. */
const poorSound = 96_000;
/** Above this a film's sound is as good as it gets; only the picture grows. */
const enoughForFilm = 600_000;

/** Chooses the best sound of a master playlist: sound by itself where there is some, in the language asked for. */
export function chooseHls(text: string, base: string, language: string | null): HlsChoice {
  const lines = text.split(/\r?\n/, mostLines).map((line) => line.trim());
  if (lines.some((line) => /^#EXT-X-SESSION-KEY:/.test(line) && !/METHOD=(AES-128|NONE)/.test(line))) {
    throw protectedStream();
  }
  const variants = readVariants(lines, base);
  const renditions = readRenditions(lines, base);
  if (variants.length === 0) throw badPlaylist('it names no stream');
  const captions = renditions.flatMap(({ type, address, language: spoken }) =>
    type === 'SUBTITLES' && address !== null ? [{ address, language: spoken }] : [],
  );
  const address = chooseRendition(variants, renditions, language) ?? chooseVariant(variants);
  return { address, captions: captions.slice(0, 10) };
}

function readVariants(lines: readonly string[], base: string): Variant[] {
  return lines.flatMap((line, index) => {
    if (!line.startsWith('#EXT-X-STREAM-INF:')) return [];
    const reference = lines.slice(index + 1).find((next) => next !== '' && !next.startsWith('#'));
    const address = webAddress(reference, base);
    if (address === null) throw badPlaylist('it points to something that is not on the web');
    const found = readAttributes(line.slice(line.indexOf(':') + 1));
    const codecs = (found.get('CODECS') ?? '').split(',').map((codec) => codec.trim().toLowerCase());
    const isSoundAlone =
      found.get('RESOLUTION') === undefined &&
      codecs[0] !== '' &&
      codecs.every((codec) => soundCodec.test(codec));
    const bandwidth = Number(found.get('AVERAGE-BANDWIDTH') ?? found.get('BANDWIDTH') ?? 0) || 0;
    return [{ address, bandwidth, isSoundAlone, audioGroup: found.get('AUDIO') ?? null }];
  });
}

const soundCodec = /^(mp4a|ac-3|ec-3|opus|flac|fLaC|alac|mp3)/i;

function readRenditions(lines: readonly string[], base: string): Rendition[] {
  return lines.flatMap((line) => {
    if (!line.startsWith('#EXT-X-MEDIA:')) return [];
    const found = readAttributes(line.slice(line.indexOf(':') + 1));
    const reference = found.get('URI');
    const address = webAddress(reference, base);
    if (reference !== undefined && address === null)
      throw badPlaylist('it points to something that is not on the web');
    return [
      {
        type: found.get('TYPE') ?? '',
        group: found.get('GROUP-ID') ?? '',
        address,
        language: found.get('LANGUAGE') ?? null,
        isDefault: found.get('DEFAULT') === 'YES',
        isDescription: /describes-video/.test(found.get('CHARACTERISTICS') ?? ''),
        name: found.get('NAME') ?? '',
      },
    ];
  });
}

/** Of the group that the best variant plays: what was asked for, then what the maker prefers. */
function chooseRendition(
  variants: readonly Variant[],
  renditions: readonly Rendition[],
  language: string | null,
): string | null {
  const sounds = renditions.filter(({ type, address }) => type === 'AUDIO' && address !== null);
  const best = [...variants]
    .sort((one, other) => other.bandwidth - one.bandwidth)
    .find(({ audioGroup }) => sounds.some(({ group }) => group === audioGroup));
  if (best === undefined) return null;
  const group = sounds.filter((sound) => sound.group === best.audioGroup);
  const score = (sound: Rendition) =>
    (speaks(sound.language, language) ? 4 : 0) + (sound.isDescription ? -2 : 0) + (sound.isDefault ? 1 : 0);
  return group.reduce((one, other) => (score(other) > score(one) ? other : one)).address;
}

/** Without sound by itself: a film that is large enough for good sound and no larger. */
function chooseVariant(variants: readonly Variant[]): string {
  const byBandwidth = [...variants].sort((one, other) => one.bandwidth - other.bandwidth);
  const alone = byBandwidth.filter(({ isSoundAlone }) => isSoundAlone).at(-1);
  const films = byBandwidth.filter(({ isSoundAlone }) => !isSoundAlone);
  if (alone !== undefined && (alone.bandwidth >= poorSound || films.length === 0)) return alone.address;
  const film = films.find(({ bandwidth }) => bandwidth >= enoughForFilm) ?? films.at(-1) ?? alone;
  if (film === undefined) throw badPlaylist('it names no stream');
  return film.address;
}

/** `fr` asks for `fr-FR` too. */
export function speaks(spoken: string | null, wanted: string | null): boolean {
  if (spoken === null || wanted === null) return false;
  return primary(spoken) === primary(wanted);
}

const primary = (tag: string) => tag.toLowerCase().split('-')[0];
