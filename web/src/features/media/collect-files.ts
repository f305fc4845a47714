/** What was chosen or dropped: what may be sound, and the names of what is not. */
export interface Collected {
  files: File[];
  skipped: string[];
}

const soundEndings =
  /\.(mp3|mp2|mpga|m4a|m4b|aac|adts|ac3|eac3|ogg|oga|opus|spx|flac|wav|wave|bwf|w64|rf64|aif|aiff|aifc|caf|au|snd|wma|wv|ape|tta|amr|mka|weba|webm|mkv|mp4|m4v|mov|avi|wmv|asf|flv|mpg|mpeg|mts|m2ts|ts|mxf|3gp|3g2|ogv|vob|dv|gsm|dss|ra|rm)$/i;
/** Files that systems put into folders by themselves: nobody misses them. */
const systemFiles = /^(\.|thumbs\.db$|desktop\.ini$)/i;

/** Whether a file may be sound by its type and name; what it is really is found out by the server. */
function looksLikeSound({ name, type }: File, isFromFolder: boolean): boolean {
  if (/^(audio|video)\//.test(type) || soundEndings.test(name)) return true;
  const isUnknown = type === '' || type === 'application/octet-stream' || type === 'application/ogg';
  // Someone who chose this very file means it; a folder holds all kinds of things.
  return isUnknown && !isFromFolder;
}

function sort(found: readonly { file: File; path: string; isFromFolder: boolean }[]): Collected {
  const inOrder = found.toSorted((one, other) =>
    one.path.localeCompare(other.path, undefined, { numeric: true }),
  );
  const collected: Collected = { files: [], skipped: [] };
  for (const { file, isFromFolder } of inOrder) {
    if (systemFiles.test(file.name)) continue;
    if (file.size > 0 && looksLikeSound(file, isFromFolder)) collected.files.push(file);
    else collected.skipped.push(file.name);
  }
  return collected;
}

/** What a file or folder picker gave, folders in the order of their paths. */
export function collectChosen(files: Iterable<File>): Collected {
  return sort(
    [...files].map((file) => ({
      file,
      path: file.webkitRelativePath || file.name,
      isFromFolder: file.webkitRelativePath !== '',
    })),
  );
}

/** What was dropped, folders to their depths. Called in the event itself: afterwards browsers forget the things. */
export async function collectDropped({ items, files }: DataTransfer): Promise<Collected> {
  const entries = [...items].filter(({ kind }) => kind === 'file').map((item) => item.webkitGetAsEntry());
  // What a script dropped, or an old browser: files without folders.
  if (entries.some((entry) => entry === null)) return collectChosen([...files]);
  const found = await Promise.all(entries.map((entry) => (entry === null ? [] : filesUnder(entry, false))));
  return sort(found.flat());
}

type Found = { file: File; path: string; isFromFolder: boolean };

async function filesUnder(entry: FileSystemEntry, isFromFolder: boolean): Promise<Found[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ file, path: entry.fullPath, isFromFolder }];
  }
  if (!isFolder(entry)) return [];
  const found: Found[] = [];
  for (const child of await childrenOf(entry)) found.push(...(await filesUnder(child, true)));
  return found;
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

/** A reader gives a hundred or so at a time, and none when it has given all. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return children;
    children.push(...some);
  }
}
