import { expect, test } from 'vitest';
import { collectChosen, collectDropped } from './collect-files.ts';

const file = (name: string, type = '', path = '') => {
  const made = new File(['x'], name, { type });
  Object.defineProperty(made, 'webkitRelativePath', { value: path });
  return made;
};
const names = (files: File[]) => files.map(({ name }) => name);

test('what may be sound is taken, by its type or its name; the rest is named', () => {
  const { files, skipped } = collectChosen([
    file('conseil.wav'),
    file('film', 'video/mp4'),
    file('NOTES.TXT', 'text/plain'),
    file('affiche.jpg', 'image/jpeg'),
    file('bande.MXF', 'application/octet-stream'),
    new File([], 'vide.mp3', { type: 'audio/mpeg' }),
  ]);
  expect(names(files)).toEqual(['bande.MXF', 'conseil.wav', 'film']);
  expect(skipped).toEqual(['affiche.jpg', 'NOTES.TXT', 'vide.mp3']);
});

test('a file without ending is taken from whoever chose it, not from a folder', () => {
  expect(names(collectChosen([file('bande')]).files)).toEqual(['bande']);
  expect(collectChosen([file('bande', '', 'dossier/bande')]).skipped).toEqual(['bande']);
});

test('a folder comes in the order that a person would put it in, without what the system left there', () => {
  const folder = ['f/10.mp3', 'f/2.mp3', 'f/.DS_Store', 'e/1.mp3', 'f/Thumbs.db'].map((path) =>
    file(path.slice(2), '', path),
  );
  const { files, skipped } = collectChosen(folder);
  expect(names(files)).toEqual(['1.mp3', '2.mp3', '10.mp3']);
  expect(skipped).toEqual([]);
});

/** As a browser gives them: a reader hands out two children at a time. */
function entryOf(name: string, children?: object[]): object {
  if (children === undefined) {
    const give = (resolve: (given: File) => void) => resolve(file(name));
    return { isFile: true, isDirectory: false, fullPath: `/${name}`, file: give };
  }
  const left = [...children];
  const readEntries = (resolve: (given: object[]) => void) => resolve(left.splice(0, 2));
  return { isFile: false, isDirectory: true, createReader: () => ({ readEntries }) };
}

test('folders that were dropped are read to their depths and ends', async () => {
  const folder = entryOf('f', [
    entryOf('1.mp3'),
    entryOf('2.mp3'),
    entryOf('3.txt'),
    entryOf('g', [entryOf('4.mp3'), entryOf('sans-nom')]),
  ]);
  const items = [folder, entryOf('seul')].map((entry) => ({ kind: 'file', webkitGetAsEntry: () => entry }));
  const dropped = { items, files: [] } as unknown as DataTransfer;
  const { files, skipped } = await collectDropped(dropped);
  expect(names(files)).toEqual(['1.mp3', '2.mp3', '4.mp3', 'seul']);
  expect(skipped).toEqual(['3.txt', 'sans-nom']);
});

test('a drop without entries is taken as plain files', async () => {
  const items = [{ kind: 'file', webkitGetAsEntry: () => null }];
  const dropped = { items, files: [file('a.mp3')] } as unknown as DataTransfer;
  expect(names((await collectDropped(dropped)).files)).toEqual(['a.mp3']);
});
