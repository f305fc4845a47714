import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Folders that are made, brought or kept, and no part of the project. */
const NOT_OURS = new Set(['.git', '.node', 'node_modules', 'dist', 'coverage', 'data']);

/** Every file of the project; paths from its root. */
function filesBelow(folder = ''): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return [];
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(file) : [file];
  });
}

const all = filesBelow();

/** Text without what is code: examples may hold anything. */
function withoutCode(text: string): string {
  return text.replace(/^(```|~~~)[\s\S]*?^\1[^\n]*$/gm, '').replace(/`[^`\n]*`/g, '');
}

/** Targets of `[…](target)`, `![…](target)` and `[label]: target`. */
function linksIn(text: string): string[] {
  const inline = [...withoutCode(text).matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const labelled = [...withoutCode(text).matchAll(/^\[[^\]]+\]:\s+(\S+)/gm)];
  return [...inline, ...labelled].map((match) => match[1] ?? '');
}

/** Anchors of a document's headings, as forges make them. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutFences(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = plain.replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-');
    let anchor = slug;
    for (let number = 1; anchors.has(anchor); number++) anchor = `${slug}-${number}`;
    anchors.add(anchor);
  }
  return anchors;
}

const withoutFences = (text: string): string => text.replace(/^(```|~~~)[\s\S]*?^\1[^\n]*$/gm, '');

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** What is wrong with a link of a document, or null. */
function faultOf(file: string, link: string): string | null {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return null;
  const [target = '', anchor] = decodeURI(link).split('#', 2);
  const found = target === '' ? file : path.normalize(path.join(path.dirname(file), target));
  if (found.startsWith('..')) return 'leads out of the project';
  if (!existsSync(path.join(ROOT, found))) return 'leads nowhere';
  if (anchor === undefined) return null;
  if (!found.endsWith('.md')) return 'has an anchor into what is no document';
  return anchorsOf(read(found)).has(anchor) ? null : `there is no heading #${anchor}`;
}

describe('documents', () => {
  const files = all.filter((file) => file.endsWith('.md'));

  it('are found', () => {
    expect(files.length).toBeGreaterThan(15);
    expect(files).toEqual(expect.arrayContaining(['README.md', 'README.fr.md', 'ARCHITECTURE.md']));
    expect(files.flatMap((file) => linksIn(read(file))).length).toBeGreaterThan(50);
  });

  it('have links that lead somewhere, headings too', () => {
    const faults = files.flatMap((file) =>
      linksIn(read(file)).flatMap((link) => {
        const fault = faultOf(file, link);
        return fault === null ? [] : [`${file}: ${link} ${fault}`];
      }),
    );
    expect(faults).toEqual([]);
  });

  it('are short enough to be read', () => {
    const long = files.filter((file) => read(file).split('\n').length > 151);
    expect(long).toEqual([]);
  });
});

describe('ARCHITECTURE.md', () => {
  /** Paths of the folder list: a deeper indentation stands inside the line above it. */
  function listedPaths(text: string): string[] {
    const block = /## Folders\s+```\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    const parents: string[] = [];
    return block.split('\n').flatMap((line) => {
      const [, indent = '', first = '', second] = /^( *)(\S+)(?: {2}(\S+\/))?/.exec(line) ?? [];
      if (first === '') return [];
      parents.splice(indent.length / 2, parents.length, first);
      const beside = second === undefined ? [] : [path.join(...parents.slice(0, -1), second)];
      return [path.join(...parents), ...beside];
    });
  }

  /** Files and folders named in the text, in code marks: `modules/media/open-audio.ts`, `kernel/storage/`. */
  function namedPaths(text: string): string[] {
    const prose = text.replace(/## Folders\s+```\n[\s\S]*?```/, '');
    const marks = [...withoutFences(prose).matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
    return marks.filter((mark) => /^[\w./-]+\.(ts|md|json)$|^[\w-]+(\/[\w-]+)+\/?$/.test(mark));
  }

  /** A path from the root or from a folder of sources, or the mere name of a file somewhere in them. */
  function exists(named: string, names: Set<string>): boolean {
    const isThere = ['', 'server', 'server/src', 'web/src'].some((base) =>
      existsSync(path.join(ROOT, base, named)),
    );
    return isThere || names.has(named);
  }

  const text = read('ARCHITECTURE.md');

  it('lists folders that exist', () => {
    const listed = listedPaths(text);
    expect(listed.length).toBeGreaterThan(35);
    expect(listed).toContain('server/src/kernel/db/embedded/');
    expect(listed.filter((each) => !existsSync(path.join(ROOT, each)))).toEqual([]);
  });

  it('leaves out no folder of the kernel, no module and none of the top', () => {
    const listed = new Set(listedPaths(text).map((each) => each.replace(/\/$/, '')));
    const folders = new Set(
      all.flatMap((file) => {
        const [, top] = /^([^./][^/]*)\//.exec(file) ?? [];
        const [, room] = /^(server\/src\/(?:kernel|modules)\/[^/]+)\//.exec(file) ?? [];
        return [top, room].filter((each) => each !== undefined);
      }),
    );
    expect(folders.size).toBeGreaterThan(15);
    const isCovered = (folder: string) =>
      [...listed].some((each) => each === folder || each.startsWith(`${folder}/`));
    expect([...folders].filter((folder) => !isCovered(folder))).toEqual([]);
  });

  it('names files that exist', () => {
    const names = new Set(all.map((file) => path.basename(file)));
    const named = namedPaths(text);
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((each) => !exists(each, names))).toEqual([]);
  });
});
